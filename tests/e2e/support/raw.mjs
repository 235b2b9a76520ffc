// Bytes on a socket: for what no proper client sends.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { within } from './time.mjs';

// A TCP connection that collects what comes.
export class Raw {
    received = Buffer.alloc(0);
    #watchers = new Set();

    static async connect(port, host = '127.0.0.1', from = undefined) {
        const raw = new Raw();
        raw.socket = net.connect({ host, port, noDelay: true, localAddress: from });
        raw.socket.on('data', (bytes) => {
            raw.received = Buffer.concat([raw.received, bytes]);
            raw.#notify();
        });
        // A reset counts as closed: a server may close while bytes it will not read are on their way.
        raw.socket.on('error', () => {});
        raw.closed = new Promise((resolve) =>
            raw.socket.on('close', () => {
                raw.is_closed = true;
                resolve();
                raw.#notify();
            }),
        );
        const open = new Promise((resolve, reject) => raw.socket.on('connect', resolve).on('error', reject));
        await within(10_000, open, () => `no connection to port ${port}`);
        return raw;
    }

    write(bytes) {
        this.socket.write(bytes);
    }

    get text() {
        return this.received.toString('latin1');
    }

    // Waits until `reached(this)`; an error if the server closes before.
    async until(reached, what, ms = 20_000) {
        let watch;
        const done = new Promise((resolve, reject) => {
            watch = () => {
                if (reached(this)) resolve();
                else if (this.is_closed) reject(new Error(`closed while waiting for ${what}; got ${JSON.stringify(this.text)}`));
            };
            this.#watchers.add(watch);
            watch();
        });
        try {
            await within(ms, done, () => `${what}; got ${JSON.stringify(this.text)}`);
        } finally {
            this.#watchers.delete(watch);
        }
    }

    // Waits until the server has closed; gives all that came.
    async end(ms = 20_000) {
        await within(ms, this.closed, () => `the server does not close; got ${JSON.stringify(this.text)}`);
        return this.text;
    }

    destroy() {
        this.socket.destroy();
    }

    #notify() {
        for (const watch of [...this.#watchers]) watch();
    }
}

// Sends bytes and gives all that comes until the server closes.
export async function exchange(port, bytes) {
    const raw = await Raw.connect(port);
    raw.write(bytes);
    return raw.end();
}

export const upgrade_request = (extra = '') =>
    'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n${extra}\r\n`;

// One frame of a client (RFC 6455, 5.2). `declared` lies about the length.
export function frame_bytes(opcode, payload = '', { fin = true, masked = true, rsv = 0, declared } = {}) {
    const data = Buffer.from(payload);
    const length = declared ?? BigInt(data.length);
    const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
    const mask_bit = masked ? 0x80 : 0;
    let extended = Buffer.alloc(0);
    if (length < 126n) {
        head.push(mask_bit | Number(length));
    } else if (length < 65536n) {
        head.push(mask_bit | 126);
        extended = Buffer.alloc(2);
        extended.writeUInt16BE(Number(length));
    } else {
        head.push(mask_bit | 127);
        extended = Buffer.alloc(8);
        extended.writeBigUInt64BE(length);
    }
    if (!masked) return Buffer.concat([Buffer.from(head), extended, data]);
    const key = randomBytes(4);
    const hidden = data.map((byte, i) => byte ^ key[i % 4]);
    return Buffer.concat([Buffer.from(head), extended, key, hidden]);
}

// A WebSocket whose frames are written by hand, and which answers nothing by itself.
export class RawWebSocket {
    static async connect(server) {
        const socket = new RawWebSocket();
        socket.raw = await Raw.connect(server.gateway_port);
        socket.raw.write(upgrade_request());
        await socket.raw.until(({ text }) => text.includes('\r\n\r\n'), 'the answer to the upgrade');
        if (!/^HTTP\/1\.1 101 /.test(socket.raw.text)) throw new Error(`no upgrade: ${socket.raw.text}`);
        socket.begin = socket.raw.text.indexOf('\r\n\r\n') + 4;
        return socket;
    }

    send(opcode, payload, options) {
        this.raw.write(frame_bytes(opcode, payload, options));
    }

    text(value) {
        this.send(1, typeof value === 'string' ? value : JSON.stringify(value));
    }

    // The frames that came so far: [{ opcode, payload }, ...].
    get frames() {
        const found = [];
        const bytes = this.raw.received;
        for (let at = this.begin; at + 2 <= bytes.length; ) {
            let length = bytes[at + 1] & 0x7f;
            let head = 2;
            if (length === 126) {
                if (at + 4 > bytes.length) break;
                length = bytes.readUInt16BE(at + 2);
                head = 4;
            } else if (length === 127) {
                if (at + 10 > bytes.length) break;
                length = Number(bytes.readBigUInt64BE(at + 2));
                head = 10;
            }
            if (at + head + length > bytes.length) break;
            found.push({ opcode: bytes[at] & 0x0f, payload: bytes.subarray(at + head, at + head + length) });
            at += head + length;
        }
        return found;
    }

    async await_frame(wanted, what, ms) {
        await this.raw.until(() => this.frames.some(wanted), what, ms);
        return this.frames.find(wanted);
    }

    // The code of the close frame that the server sends; then the server must end the connection.
    async close_code(ms = 20_000) {
        const frame = await this.await_frame(({ opcode }) => opcode === 8, 'a close frame', ms);
        const code = frame.payload.readUInt16BE(0);
        this.send(8, frame.payload.subarray(0, 2));
        await this.raw.end(ms);
        return code;
    }
}
