// Healthy clients in one room who send at a steady rate while something else happens to the server. Their logs tell what
// they saw of it: nothing should be.
import { performance } from 'node:perf_hooks';
import { Client } from '../support/client.mjs';
import { sleep } from '../support/time.mjs';

const room = 'canaries';
const count = 50;
const messages_a_second = 20; // of all together

export class Canaries {
    #clients = [];
    #seen = []; // for each: how many items of its log were looked at
    #cut = [];
    #refused = [];
    #sent = new Map(); // by content: when
    #latencies = [];
    #sending;

    // `token_of`: gives a user's token, where logins need one.
    static async enter(server, token_of = () => undefined) {
        const canaries = new Canaries();
        for (let i = 0; i < count; ++i) {
            const id = `canary-${i}`;
            const client = await Client.login(server, id, { token: token_of(id) });
            client.closed.then(({ code }) => canaries.#is_over || canaries.#cut.push(code));
            await client.join(room);
            client.socket.on('message', () => canaries.#look(i));
            canaries.#clients.push(client);
            canaries.#seen.push(0);
        }
        return canaries;
    }

    #is_over = false;

    sing() {
        const begin = performance.now();
        const send = () => {
            // As many as should have been sent by now, so that a late timer does not lower the rate.
            const due = ((performance.now() - begin) / 1000) * messages_a_second;
            while (this.#sent.size < due) {
                const n = this.#sent.size;
                const content = `song ${n}`;
                this.#sent.set(content, performance.now());
                const sender = this.#clients[n % count];
                sender.send_room(room, content).catch((failure) => this.#refused.push(failure.message));
            }
        };
        this.#sending = setInterval(send, 10);
    }

    // Ends the song, waits for what is on its way, and tells what all of them saw.
    async end() {
        clearInterval(this.#sending);
        const expected = this.#sent.size;
        for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(20)) {
            if (this.#clients.every((client, i) => this.#cut.length > 0 || this.#seen[i] >= expected)) break;
        }
        this.#is_over = true;
        const faults = [...this.#cut.map((code) => `cut with ${code}`), ...this.#refused];
        let lost = 0;
        this.#clients.forEach((client, i) => {
            const items = client.items();
            lost += expected - new Set(items.map((item) => item.content)).size;
            items.forEach((item, at) => {
                if (item.sequence !== at + 1) faults.push(`canary ${i} got sequence ${item.sequence} as number ${at + 1}`);
            });
            const wrong = items.find((item) => !this.#sent.has(item.content));
            if (wrong) faults.push(`canary ${i} got what nobody sent: ${wrong.content}`);
            client.socket.terminate();
        });
        const sorted = this.#latencies.sort((a, b) => a - b);
        const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Infinity;
        return { sent: expected, delivered: sorted.length, lost, p99_ms: p99, faults: faults.slice(0, 10) };
    }

    #look(i) {
        const now = performance.now();
        const items = this.#clients[i].packets.flatMap((packet) => packet.items);
        for (const item of items.slice(this.#seen[i])) this.#latencies.push(now - (this.#sent.get(item.content) ?? now));
        this.#seen[i] = items.length;
    }
}
