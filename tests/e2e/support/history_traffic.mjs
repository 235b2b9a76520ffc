// Users on several devices who chat, come and go until they are stopped; and what their history is held against.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add_to } from './failures.mjs';
import { check, describe } from './history_checker.mjs';
import { Device } from './history_device.mjs';
import { HistoryLog } from './history_log.mjs';
import { choose_seed, Random } from './random.mjs';
import { sleep, within } from './time.mjs';

// Runs `body(log, random)`. When it fails, it says how to have it again and where the history is.
export async function with_history(body, { mode = 'full' } = {}) {
    const seed = choose_seed();
    const log = new HistoryLog({ seed, mode });
    try {
        await body(log, new Random(seed));
    } catch (failure) {
        const path = join(tmpdir(), `gim-history-${seed}.jsonl`);
        log.write(path);
        add_to(failure, `--- GIM_SEED=${seed} takes the same seed; the history is in ${path}`);
        throw failure;
    }
}

// What the checker counted in a history with which nothing is wrong.
export function assert_good(log) {
    const { violations, counts } = check(log.events);
    assert.equal(describe(violations), '');
    return counts;
}

// Users who talk as Traffic says, while `body(traffic)` runs. Gives what the checker counted.
export async function with_traffic(log, random, pick, options, body) {
    const traffic = new Traffic(log, random, pick, options);
    try {
        await traffic.start();
        await body(traffic);
        return await traffic.stop();
    } catch (failure) {
        await traffic.kill();
        throw failure;
    }
}

export class Traffic {
    devices = [];
    #lives = [];
    #messages = 0;

    // `pick()` gives the node to connect to. With `coming_and_going` they leave and join, hang up and come back.
    constructor(log, random, pick, { users = 10, devices_of_each = 1, rooms = 3, pause_ms = 40, coming_and_going = true } = {}) {
        Object.assign(this, { log, random, pause_ms, coming_and_going });
        this.users = Array.from({ length: users }, (_, i) => `user-${i}`);
        this.rooms = Array.from({ length: rooms }, (_, i) => `room-${i}`);
        const forms = ['object', 'text', 'protobuf'];
        for (const user of this.users) {
            for (let i = 0; i < devices_of_each; ++i) this.devices.push(new Device(log, user, pick, { form: random.any_of(forms) }));
        }
    }

    // All are there, in all rooms, and begin to talk.
    async start() {
        await Promise.all(this.devices.map((device) => device.start()));
        await Promise.all(this.devices.map((device) => this.#join_all(device)));
        this.#lives = this.devices.map((device) => this.#live(device));
        for (const life of this.#lives) life.catch(() => {}); // stop() throws it
    }

    // Everybody has written to everybody.
    async acquaint() {
        await Promise.all(
            this.devices.map(async (device) => {
                for (const user of this.users) await device.send_private(user, this.#content(device));
            }),
        );
    }

    // Everybody writes some messages to whom comes `places` later: to a stranger, if that is new.
    async greet(places, messages) {
        await Promise.all(
            this.devices.map(async (device, i) => {
                const user = this.users[(i + places) % this.users.length];
                for (let n = 0; n < messages; ++n) await device.send_private(user, this.#content(device));
            }),
        );
    }

    get accepted() {
        return this.log.answers().filter(({ code }) => code === 0).length;
    }

    // Waits until so many more messages were accepted, to know that all goes on.
    async more(messages = 100, ms = 60_000) {
        const wanted = this.accepted + messages;
        for (const end = Date.now() + ms; this.accepted < wanted; await sleep(20)) {
            assert.ok(Date.now() < end, `only ${this.accepted} of ${wanted} messages were accepted; refused: ${JSON.stringify(this.refusals())}`);
        }
    }

    // How often sends were refused, by code and message.
    refusals() {
        const all = {};
        for (const { refusals } of this.devices) for (const [why, times] of refusals) all[why] = (all[why] ?? 0) + times;
        return all;
    }

    slowest_answer_ms() {
        return Math.max(...this.log.answers().map(({ took_ms }) => took_ms));
    }

    // Lets everybody finish, waits for what was promised, and hangs up. Gives what the checker counted.
    async stop(ms = 30_000) {
        this.is_ending = true;
        await within(ms, Promise.all(this.#lives), () => `some still try; refused were ${JSON.stringify(this.refusals())}`);
        const is_missing = () => check(this.log.events).violations.some(({ rule }) => rule === 'promises');
        for (const end = Date.now() + ms; is_missing() && Date.now() < end; ) await sleep(200);
        await sleep(300); // for what must not come
        await this.kill();
        return assert_good(this.log);
    }

    // Hangs up at once.
    kill() {
        return Promise.all(this.devices.map((device) => device.stop()));
    }

    async #join_all(device) {
        for (const room of this.rooms) await device.join(room);
    }

    async #live(device) {
        while (!this.is_ending) {
            await sleep(this.random.below(2 * this.pause_ms));
            const what = this.random.below(100);
            if (this.coming_and_going && what < 2) device.drop();
            else if (this.coming_and_going && what < 4) await this.#pause_in(device, this.random.any_of(this.rooms));
            else if (what < 30) await device.send_private(this.random.any_of(this.users), this.#content(device));
            else await this.#send_to_some_room(device);
        }
    }

    // A user's devices are all in the rooms or all out of them.
    async #pause_in(device, room) {
        const same = this.devices.filter(({ user }) => user === device.user);
        if (!same.every(({ rooms }) => rooms.has(room))) return;
        for (const { rooms } of same) rooms.delete(room);
        await device.leave(room);
        await sleep(this.random.below(100));
        await device.join(room, same);
    }

    async #send_to_some_room(device) {
        const rooms = [...device.rooms];
        if (rooms.length === 0) return;
        // Between its decision and the send another device of the user may have left: then it is refused, which is well.
        await device.send_room(this.random.any_of(rooms), this.#content(device));
    }

    #content(device) {
        return `${device.name} ${++this.#messages} ${'x'.repeat(this.random.below(100))}`;
    }
}
