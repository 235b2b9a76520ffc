// A client that stays: when its connection ends it comes back, to whatever node it is given, and reads what it missed.
// All that it sees and is promised is logged.
import { Client } from './client.mjs';
import { private_session } from './history_log.mjs';
import { op } from './ops.mjs';
import { sleep } from './time.mjs';

const state_lost = 4003;
const is_private = (session) => session.startsWith('2:');

// Thrown when a device is stopped in the middle of something.
export class Stopped extends Error {}

export class Device {
    rooms = new Set(); // that it joined and did not leave
    is_stopped = false;
    refusals = new Map(); // code and message -> how often
    #last = new Map(); // session -> the newest sequence it was pushed or read
    #missing_after = new Map(); // session -> what it must still read the history after
    #epochs = new Map(); // session -> epoch
    #requests = 0;
    #arriving; // a client that has not logged in yet

    // `pick()` gives the server to connect to; `form` is one of forms.mjs.
    constructor(log, user, pick, { form = 'object' } = {}) {
        Object.assign(this, { log, user, pick, form });
        this.name = log.name('device');
    }

    // Begins; it is there from then on, until stop().
    async start() {
        this.online = this.#connect();
        await this.online;
    }

    // Ends its connection, as phones do, and comes back.
    drop() {
        this.client?.socket.terminate();
    }

    // Its connection is logged as one that was there at the end.
    async stop() {
        this.is_stopped = true;
        this.#arriving?.socket.terminate();
        this.client?.socket.terminate();
        await this.online?.catch(() => {});
        await this.client?.end();
    }

    // `devices` are all those of the user for which it joins.
    join(room, devices = [this]) {
        return this.#persist(async () => {
            const { connection } = this;
            this.log.add('joining', { user: this.user, session: `1:${room}` });
            await this.#ask(op.join, { id: room });
            this.log.add('join', { connection, user: this.user, session: `1:${room}` });
            for (const { rooms } of devices) rooms.add(room);
            await this.#read(`1:${room}`, { limit: 1 });
        });
    }

    leave(room) {
        this.rooms.delete(room);
        return this.#persist(async (tries) => {
            this.log.add('leaving', { user: this.user, session: `1:${room}` });
            const { client, connection } = this;
            const { code } = await client.request(op.leave, { id: room });
            // Another device of the user may have been faster, and so may the try before.
            if (code !== 0 && !(code === 409 || (tries > 0 && code === 404))) throw new Error(`leave: ${code}`);
            this.log.add('left', { connection, user: this.user, session: `1:${room}` });
        });
    }

    send_room(room, content) {
        return this.#send(`1:${room}`, { type: 1, target_id: room, content });
    }

    send_private(user, content) {
        return this.#send(private_session(this.user, user), { type: 2, target_id: user, content });
    }

    // One try. `is_sure`: a refusal with a 5xx has stored nothing either. The answer, or nothing if the connection ended before.
    async send_once(session, body, { is_sure = false } = {}) {
        const request = this.log.name('r');
        const { user, client, connection } = this;
        const { content, request_id } = body;
        this.log.add('send', { request, connection, user, session, request_id, content });
        const begun = performance.now();
        try {
            const { code, msg, data } = await client.request(op.send, body);
            const took_ms = Math.round(performance.now() - begun);
            this.log.add('answer', { request, took_ms, code, msg, id: data?.id, sequence: data?.sequence, is_sure: is_sure || code < 500 });
            if (code !== 0) this.refusals.set(`${code} ${msg}`, (this.refusals.get(`${code} ${msg}`) ?? 0) + 1);
            return { code, msg, data };
        } catch (failure) {
            this.log.add('answer', { request, code: null, msg: failure.message });
            if (!/^closed with/.test(failure.message)) throw failure;
            return undefined;
        }
    }

    // Until it is accepted, or refused for good.
    #send(session, body) {
        const request_id = `${this.name}-${++this.#requests}`;
        return this.#persist(async () => {
            const answer = await this.send_once(session, { ...body, request_id });
            if (!answer || answer.code >= 500) throw new Error(`no message: ${answer?.msg}`);
            return answer;
        });
    }

    // Does `work(tries)` again and again, on whatever connection there is, until it does not throw.
    async #persist(work) {
        for (let tries = 0; ; ++tries) {
            await this.online;
            try {
                return await work(tries);
            } catch (failure) {
                if (this.is_stopped) throw new Stopped(failure.message);
                await sleep(Math.min(50 * 2 ** tries, 400));
            }
        }
    }

    async #ask(request_op, body) {
        const { code, msg, data } = await this.client.request(request_op, body);
        if (code !== 0) throw Object.assign(new Error(`${request_op}: ${code} ${msg}`), { code });
        return data;
    }

    async #connect() {
        // What comes on the new connection must not hide what was missed before it.
        for (const [session, sequence] of this.#last) if (!this.#missing_after.has(session)) this.#missing_after.set(session, sequence);
        for (let tries = 0; ; ++tries) {
            if (this.is_stopped) throw new Stopped('stopped');
            const node = this.pick();
            let client;
            try {
                client = this.#arriving = await Client.connect(node, { form: this.form });
                await client.expect(op.login, { id: this.user });
                this.#follow(client, node);
                if (this.is_stopped) this.drop();
                break;
            } catch {
                client?.socket.terminate();
                await sleep(Math.min(20 * 2 ** tries, 400));
            }
        }
        const { client } = this;
        try {
            await this.#recover();
        } catch (failure) {
            if (this.is_stopped || client.socket.readyState === client.socket.OPEN) throw failure;
            await client.closed;
            if (this.is_stopped) throw new Stopped('stopped');
            return this.online; // another beginning
        }
    }

    #follow(client, node) {
        const connection = this.log.name('c');
        Object.assign(this, { client, connection });
        this.log.add('login', { connection, device: this.name, user: this.user, node: node.name });
        const on_packet = (packet) => {
            const { sequence } = packet.items.at(-1);
            if (sequence !== undefined) this.#last.set(packet.session.id, sequence);
            this.log.push(connection, packet);
        };
        client.packets.forEach(on_packet);
        client.on_packet = on_packet;
        client.closed.then(({ code }) => {
            if (this.is_stopped) return;
            this.log.add('closed', { connection, code });
            if (code === state_lost) this.#forget();
            this.online = this.#connect();
            this.online.catch(() => {});
        });
    }

    // What it missed may be older than the newest that it knows: all is read from the beginning.
    #forget() {
        this.#last.clear();
        this.#missing_after.clear();
    }

    // Reads what was said in all its sessions while it was not there.
    async #recover() {
        const sessions = new Set([...this.rooms].map((room) => `1:${room}`));
        for (const { id } of (await this.#patiently(() => this.#ask(op.sessions, { limit: 300 }))).items) sessions.add(id);
        for (const session of sessions) {
            if (is_private(session) || this.rooms.has(session.slice(2))) await this.#catch_up(session);
        }
        this.#missing_after.clear();
    }

    async #catch_up(session) {
        let after = this.#missing_after.get(session) ?? 0;
        for (;;) {
            const epoch = this.#epochs.get(session);
            const page = await this.#patiently(() => this.#read(session, { after, limit: 300 }));
            if (epoch !== undefined && page.epoch !== epoch && after > 0) after = 0; // all that it knew is void
            else if (!page.has_more) return;
            else after = page.items.at(-1).sequence;
        }
    }

    async #read(session, query) {
        const begun = this.log.events.length;
        const { connection } = this;
        const page = await this.#ask(op.history, { session_id: session, ...query });
        this.log.history(connection, session, begun, query, page);
        this.#epochs.set(session, page.epoch);
        return page;
    }

    // Again while the service says that it cannot now. Who is no member any more, as all was lost, becomes one again.
    async #patiently(ask) {
        const { client } = this;
        for (let tries = 0; ; ++tries) {
            try {
                return await ask();
            } catch (failure) {
                if (this.is_stopped || client !== this.client || client.socket.readyState !== client.socket.OPEN) throw failure;
                if (failure.code === 403 || failure.code === 404) await this.#join_again();
                else if (!(failure.code >= 500)) throw failure;
                await sleep(Math.min(50 * 2 ** tries, 400));
            }
        }
    }

    async #join_again() {
        for (const room of this.rooms) {
            const { client, connection } = this;
            this.log.add('joining', { user: this.user, session: `1:${room}` });
            const { code } = await client.request(op.join, { id: room });
            if (code === 0) this.log.add('join', { connection, user: this.user, session: `1:${room}` });
        }
    }
}
