// Redis' protocol, version 2, from the client's side: as much of it as tests need.
import net from 'node:net';
import { within } from './time.mjs';

// An answer that begins with `-`, as `OOM command not allowed when used memory > 'maxmemory'.`
export class RedisError extends Error {}

// Takes one reply off `bytes`, from `at` on: { value, end }; nothing if it is not whole yet.
function take_reply(bytes, at) {
    const line_end = bytes.indexOf('\r\n', at);
    if (line_end < 0) return undefined;
    const line = bytes.toString('utf8', at + 1, line_end);
    const next = line_end + 2;
    switch (String.fromCharCode(bytes[at])) {
        case '+':
            return { value: line, end: next };
        case '-':
            return { value: new RedisError(line), end: next };
        case ':':
            return { value: Number(line), end: next };
        case '$': {
            const length = Number(line);
            if (length < 0) return { value: null, end: next };
            if (bytes.length < next + length + 2) return undefined;
            return { value: bytes.toString('utf8', next, next + length), end: next + length + 2 };
        }
        case '*': {
            if (Number(line) < 0) return { value: null, end: next };
            const value = [];
            let end = next;
            for (let left = Number(line); left > 0; --left) {
                const one = take_reply(bytes, end);
                if (!one) return undefined;
                value.push(one.value);
                end = one.end;
            }
            return { value, end };
        }
        default:
            throw new Error(`not a reply of Redis: ${JSON.stringify(bytes.toString('latin1', at, at + 80))}`);
    }
}

export function encode_command(args) {
    const pieces = args.map((arg) => (Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg))));
    const parts = [Buffer.from(`*${pieces.length}\r\n`)];
    for (const piece of pieces) parts.push(Buffer.from(`$${piece.length}\r\n`), piece, Buffer.from('\r\n'));
    return Buffer.concat(parts);
}

// A connection. Commands may be given without waiting for the replies of those before.
export class RespConnection {
    #received = Buffer.alloc(0);
    #waiting = [];

    static async connect(port, host = '127.0.0.1') {
        const connection = new RespConnection();
        connection.socket = net.connect({ port, host, noDelay: true });
        connection.socket.on('data', (bytes) => connection.#on_data(bytes));
        connection.closed = new Promise((resolve) => connection.socket.on('close', resolve));
        const open = new Promise((resolve, reject) => connection.socket.on('connect', resolve).on('error', reject));
        connection.closed.then(() => connection.#fail_all('the connection to Redis has ended'));
        await within(10_000, open, () => `no connection to Redis at port ${port}`);
        return connection;
    }

    get is_open() {
        return !this.socket.destroyed;
    }

    // The reply: text, a number, null, or a list of these. Throws RedisError for an error.
    command(...args) {
        const reply = new Promise((resolve, reject) => {
            if (this.is_open) this.#waiting.push({ resolve, reject });
            else reject(new Error('the connection to Redis has ended'));
        });
        this.socket.write(encode_command(args));
        return within(20_000, reply, () => `no reply of Redis to ${args[0]}`);
    }

    close() {
        this.socket.destroy();
        return this.closed;
    }

    #on_data(bytes) {
        this.#received = Buffer.concat([this.#received, bytes]);
        let at = 0;
        try {
            for (let reply; at < this.#received.length && (reply = take_reply(this.#received, at)); at = reply.end) {
                const { resolve, reject } = this.#waiting.shift();
                if (reply.value instanceof RedisError) reject(reply.value);
                else resolve(reply.value);
            }
        } catch (failure) {
            this.#fail_all(failure.message);
            this.socket.destroy();
        }
        this.#received = this.#received.subarray(at);
    }

    #fail_all(why) {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(why));
    }
}
