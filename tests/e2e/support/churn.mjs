// Users who connect, join, send, leave and die, many at once and in every way; and what must be true when they rest.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from './client.mjs';
import { op } from './ops.mjs';
import { sleep } from './time.mjs';

// Flags of a server for it. Two hundred who come at once on a busy machine may take longer than the server waits by default.
export const patient = ['--http-header-timeout=1m', '--login-timeout=1m'];

const below = (n) => Math.floor(Math.random() * n);
const any_of = (list) => list[below(list.length)];

export function descriptors(pid) {
    return readdirSync(`/proc/${pid}/fd`).length;
}

export function resident_mib(pid) {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

class User {
    constructor(number) {
        this.number = number;
        this.id = `user-${number}`;
        this.rooms = new Map(); // of each room whether it is a member; undefined: it died before it was told
    }
}

export class Churn {
    lives = 0;
    requests = 0;

    constructor(server, { users = 200, rooms = 20 } = {}) {
        this.server = server;
        this.pid = server.process.child.pid;
        this.descriptors_before = descriptors(this.pid);
        this.users = Array.from({ length: users }, (_, i) => new User(i));
        this.rooms = Array.from({ length: rooms }, (_, i) => `room-${i}`);
    }

    // Lets everybody live and die for so long; then all are gone.
    async run(ms) {
        const until = Date.now() + ms;
        await Promise.all(
            this.users.map(async (user) => {
                while (Date.now() < until) {
                    await sleep(below(500));
                    await this.#life(user);
                    ++this.lives;
                }
            }),
        );
    }

    async #life(user) {
        const client = await this.#login(user);
        const second = below(4) === 0 ? await this.#login(user) : undefined;
        for (let steps = 1 + below(8); steps > 0; --steps) {
            await this.#step(user, client);
            await sleep(below(100));
        }
        if (second && below(2)) second.socket.terminate();
        await this.#die(user, client);
        second?.socket.terminate();
    }

    #login(user) {
        return Client.login(this.server, user.id, { form: any_of(['text', 'object', 'protobuf']) });
    }

    async #step(user, client) {
        ++this.requests;
        const room = any_of(this.rooms);
        const is_member = user.rooms.get(room);
        switch (below(6)) {
            case 0:
                if (is_member) {
                    await client.expect(op.leave, { id: room });
                    user.rooms.set(room, false);
                    break;
                }
            // falls through
            case 1:
                await client.join(room);
                user.rooms.set(room, true);
                break;
            case 2:
                if (is_member) await client.expect(op.members, { id: room });
                break;
            case 3:
                // Always the same few, so that what is kept is bounded. The other may never have been there yet.
                await client.request(op.send, { type: 2, target_id: `user-${(user.number + 1) % this.users.length}`, content: 'psst' });
                break;
            default:
                if (is_member) await client.send_room(room, `${user.id} says ${this.requests}`);
        }
    }

    async #die(user, client) {
        switch (below(4)) {
            case 0:
                await client.close();
                break;
            case 1:
                await client.expect(op.logout);
                client.socket.terminate();
                break;
            case 2: {
                // In the middle of a request: whether it was done, nobody can tell.
                const room = any_of(this.rooms);
                user.rooms.set(room, undefined);
                client.join(room).catch(() => {});
                await sleep(below(3));
                client.socket.terminate();
                break;
            }
            default:
                client.socket.terminate();
        }
    }

    // When all are gone, half of the users come back, some twice: they are who is online, the members are who was told
    // so, and each connection of a member is told a room's news once.
    async check() {
        const live = this.users.filter(({ number }) => number % 2 === 0);
        const clients = [];
        for (const user of live) {
            for (let devices = 1 + below(2); devices > 0; --devices) clients.push({ user, client: await this.#login(user) });
        }
        const watcher = await Client.login(this.server, 'watcher');
        for (const room of this.rooms) await watcher.join(room);

        for (const room of this.rooms) await this.#check_members(watcher, room, new Set(live.map(({ id }) => id)));
        await until_equal(() => descriptors(this.pid), this.descriptors_before + clients.length + 1, 'descriptors');

        for (const room of this.rooms) await watcher.send_room(room, `the end of ${room}`);
        for (const { user, client } of clients) {
            const sure = this.rooms.filter((room) => user.rooms.get(room));
            const ends = () => client.contents().filter((content) => content.startsWith('the end of '));
            await client.until(() => ends().length >= sure.length, `the end of ${sure.length} rooms`);
        }
        await sleep(300); // for what must not come
        for (const { user, client } of clients) {
            const ends = client.contents().filter((content) => content.startsWith('the end of '));
            for (const room of this.rooms) {
                const times = ends.filter((content) => content === `the end of ${room}`).length;
                const is_member = user.rooms.get(room);
                if (is_member !== undefined || !user.rooms.has(room)) {
                    assert.equal(times, is_member ? 1 : 0, `${user.id}, ${room}`);
                } else {
                    assert.ok(times <= 1, `${user.id}, ${room}: ${times} times`);
                }
            }
        }
        await Promise.all([watcher, ...clients.map(({ client }) => client)].map((client) => client.close()));
        await this.all_gone();
    }

    // Waits until the server has let go of every connection.
    all_gone() {
        return until_equal(() => descriptors(this.pid), this.descriptors_before, 'descriptors');
    }

    async #check_members(watcher, room, live) {
        const wrong = async () => {
            const { items } = await watcher.expect(op.members, { id: room, limit: 300 });
            const members = new Map(items.map((member) => [member.id, member.online]));
            const found = [];
            for (const user of this.users) {
                const expected = user.rooms.get(room);
                const is_known = expected !== undefined || !user.rooms.has(room);
                if (is_known && members.has(user.id) !== (expected ?? false)) found.push(`${user.id} is ${expected ? 'no' : 'a'} member`);
                if (members.has(user.id) && members.get(user.id) !== live.has(user.id)) found.push(`${user.id} is a ghost`);
            }
            return found.join(', ');
        };
        await until_equal(wrong, '', room);
    }
}

async function until_equal(look, expected, what, ms = 20_000) {
    let seen = await look();
    for (const end = Date.now() + ms; seen !== expected && Date.now() < end; seen = await look()) await sleep(50);
    assert.equal(seen, expected, what);
}
