// A socket of an attacker: it keeps no more of what comes than it must, and says when and how it was cut.
import net from 'node:net';
import { frame_bytes, upgrade_request } from '../support/raw.mjs';
import { within } from '../support/time.mjs';

// Attackers come from many addresses, none of them that of the canaries.
let next_address = 0;
const address = () => `127.0.${1 + (++next_address % 4)}.${1 + (next_address % 200)}`;

export const opcode = { more: 0, text: 1, binary: 2, close: 8, ping: 9 };

export class Peer {
    code = undefined; // of the close frame that came
    messages = 0; // text and binary frames that came
    is_closed = false;
    #rest = Buffer.alloc(0);
    #head;
    #told;

    // A TCP connection. `stays_open`: our side does not end when the server's does.
    static async connect(port, { stays_open = false } = {}) {
        const peer = new Peer();
        const options = { host: '127.0.0.1', port, localAddress: address(), noDelay: true, allowHalfOpen: stays_open };
        peer.socket = net.connect(options);
        peer.socket.on('error', () => {});
        peer.closed = new Promise((resolve) =>
            peer.socket.on('close', () => {
                peer.is_closed = true;
                resolve();
            }),
        );
        // The server's end of the stream, however it comes.
        peer.ended = Promise.race([peer.closed, new Promise((resolve) => peer.socket.on('end', resolve))]);
        peer.told = new Promise((resolve) => (peer.#told = resolve)); // a close frame came
        peer.head = new Promise((resolve) => (peer.#head = resolve));
        peer.socket.on('data', (bytes) => peer.#take(bytes));
        const open = new Promise((resolve, reject) => peer.socket.on('connect', resolve).on('close', () => reject(new Error('refused'))));
        await within(10_000, open, () => 'no connection');
        return peer;
    }

    // A WebSocket.
    static async upgraded(port, { more = '', ...options } = {}) {
        const peer = await Peer.connect(port, options);
        peer.write(upgrade_request(more));
        const head = await within(10_000, Promise.race([peer.head, peer.closed]), () => 'no answer to the upgrade');
        if (!/^HTTP\/1\.1 101 /.test(head ?? '')) throw new Error(`no upgrade: ${head}`);
        return peer;
    }

    // A user.
    static async logged_in(port, id, options) {
        const peer = await Peer.upgraded(port, options);
        peer.ask(101, { id });
        await peer.until(() => peer.messages > 0);
        return peer;
    }

    write(bytes) {
        return this.socket.write(bytes);
    }

    // Writes in a loop, as fast as the server takes it, until that time or until it is cut.
    async flood(make, until) {
        for (let n = 0; Date.now() < until && !this.is_closed; ++n) {
            if (this.write(make(n))) {
                if (n % 16 === 15) await new Promise(setImmediate);
                continue;
            }
            let wake;
            const drained = new Promise((resolve) => this.socket.once('drain', (wake = resolve)));
            const timer = setTimeout(wake, Math.max(0, until - Date.now()));
            await Promise.race([drained, this.closed]);
            clearTimeout(timer);
        }
    }

    frame(kind, payload, options) {
        return this.write(frame_bytes(kind, payload, options));
    }

    ask(op, body, seq = 1) {
        return this.frame(opcode.text, JSON.stringify({ op, seq, body }));
    }

    async until(reached, ms = 10_000) {
        for (const end = Date.now() + ms; !reached(); await new Promise((resolve) => setTimeout(resolve, 5))) {
            if (Date.now() > end || this.is_closed) throw new Error('what was waited for did not come');
        }
    }

    // True if the server has cut it by then.
    async is_cut(ms) {
        const over = await within(ms, this.ended.then(() => true), () => '').catch(() => false);
        this.socket.destroy();
        return over;
    }

    #take(bytes) {
        this.#rest = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
        if (this.#head) {
            const end = this.#rest.indexOf('\r\n\r\n');
            if (end < 0) return;
            this.#head(this.#rest.subarray(0, end).toString('latin1'));
            this.#head = undefined;
            this.#rest = this.#rest.subarray(end + 4);
        }
        let at = 0;
        while (this.#rest.length - at >= 2) {
            let length = this.#rest[at + 1] & 0x7f;
            let head = 2;
            if (length === 126) head = 4;
            if (length === 127) head = 10;
            if (this.#rest.length - at < head) break;
            if (head === 4) length = this.#rest.readUInt16BE(at + 2);
            if (head === 10) length = Number(this.#rest.readBigUInt64BE(at + 2));
            if (this.#rest.length - at < head + length) break;
            const kind = this.#rest[at] & 0x0f;
            if (kind === opcode.close) {
                this.code = length >= 2 ? this.#rest.readUInt16BE(at + head) : 1005;
                this.#told();
            } else if (kind === opcode.text || kind === opcode.binary) ++this.messages;
            at += head + length;
        }
        this.#rest = this.#rest.subarray(at);
    }
}

// The peer, or nothing if the server had enough of such as come: then after a rest.
export async function unless_refused(coming) {
    try {
        return await coming;
    } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return undefined;
    }
}

// Runs `body` again and again on so many lanes at once, until that time. Gives how often.
export async function lanes(count, until, body) {
    let rounds = 0;
    const lane = async (n) => {
        while (Date.now() < until) {
            await body(n, rounds++);
        }
    };
    await Promise.all(Array.from({ length: count }, (_, n) => lane(n)));
    return rounds;
}

// Counts of the codes with which these were closed; 'none' stands for a connection that just ended.
export function codes_of(peers) {
    const codes = {};
    for (const { code } of peers) codes[code ?? 'none'] = (codes[code ?? 'none'] ?? 0) + 1;
    return codes;
}
