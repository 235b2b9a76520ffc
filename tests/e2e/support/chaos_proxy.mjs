// A TCP proxy between a client and a server that does to them what networks do.
import { once } from 'node:events';
import net from 'node:net';
import { free_port } from './ports.mjs';
import { sleep, within } from './time.mjs';

const most_waiting_bytes = 1 << 20; // of one direction; beyond it the proxy does not read on

function writable_again(socket) {
    return new Promise((resolve) => {
        const done = () => {
            socket.off('drain', done).off('close', done);
            resolve();
        };
        socket.on('drain', done).on('close', done);
    });
}

// Tells the other end that this one is gone. Node loses a socket that is reset while its end is under way: it stays open, and
// the process does not end but spins, waiting for it.
function reset(socket) {
    if (socket.writableEnded && !socket.writableFinished) socket.destroy();
    else socket.resetAndDestroy();
}

// One direction of a connection. What came leaves in the same order, when the proxy lets it.
class Flow {
    #waiting = [];
    #waiting_bytes = 0;
    #is_pumping = false;

    constructor(proxy, from, to) {
        this.proxy = proxy;
        this.from = from;
        this.to = to;
        this.cut = undefined; // { left, done }: so many bytes pass, then the connection is reset
        from.on('data', (bytes) => {
            this.#waiting.push({ bytes, at: Date.now() + proxy.latency_ms });
            this.#waiting_bytes += bytes.length;
            if (this.#waiting_bytes > most_waiting_bytes) from.pause();
            this.#pump();
        });
        from.on('end', () => {
            this.has_ended = true;
            this.#pump();
        });
    }

    async #pump() {
        if (this.#is_pumping) return;
        this.#is_pumping = true;
        while (this.#waiting.length > 0 && !this.to.destroyed) {
            const { bytes, at } = this.#waiting.shift();
            this.#waiting_bytes -= bytes.length;
            if (at > Date.now()) await sleep(at - Date.now());
            await this.#forward(bytes);
            if (this.#waiting_bytes <= most_waiting_bytes) this.from.resume();
        }
        this.#is_pumping = false;
        if (this.has_ended) this.to.end();
    }

    async #forward(bytes) {
        while (bytes.length > 0) {
            await this.proxy.hanging;
            const limit = this.proxy.bytes_per_second;
            const piece = bytes.subarray(0, Math.min(limit ? Math.ceil(limit / 50) : bytes.length, this.cut?.left ?? bytes.length));
            if (this.to.destroyed) return;
            if (!this.to.write(piece)) await writable_again(this.to);
            bytes = bytes.subarray(piece.length);
            if (this.cut && (this.cut.left -= piece.length) === 0) return this.#cut_off();
            if (limit) await sleep((piece.length / limit) * 1000);
        }
    }

    // What was written has left before the connection is reset.
    async #cut_off() {
        const { done } = this.cut;
        this.cut = undefined;
        this.#waiting = [];
        await new Promise((resolve) => this.to.end(resolve));
        this.from.destroy();
        this.to.destroy();
        done();
    }
}

export class ChaosProxy {
    latency_ms = 0; // of whatever comes from now on, in both directions
    bytes_per_second = 0; // of each direction of each connection; 0: no limit
    hanging = undefined; // while it hangs: a promise of the end of that
    accepted = 0;
    #connections = new Set(); // { client, server, requests, replies }

    static async start(target_port) {
        const proxy = new ChaosProxy();
        proxy.target_port = target_port;
        proxy.port = await free_port();
        await proxy.accept();
        return proxy;
    }

    get url() {
        return `redis://127.0.0.1:${this.port}/0`;
    }

    get connections() {
        return this.#connections.size;
    }

    // Nothing passes, nobody is told, until resume(). New connections are accepted, and hang too.
    hang() {
        this.hanging ??= new Promise((resolve) => (this.resume_all = resolve));
    }

    resume() {
        this.hanging = undefined;
        this.resume_all?.();
    }

    // Both ends of every connection are told that the other is gone.
    reset_all() {
        for (const { client, server } of this.#connections) {
            reset(client);
            reset(server);
        }
    }

    // Each connection that is open now ends when so many more bytes of replies have passed. Waits until one has ended.
    cut_replies_after(bytes) {
        const cut = new Promise((done) => {
            for (const { replies } of this.#connections) replies.cut = { left: bytes, done };
        });
        return within(20_000, cut, () => `none of ${this.connections} connections has ended after ${bytes} bytes of replies`);
    }

    // Nobody listens any more, and every connection is reset, until accept().
    async refuse() {
        const closed = once(this.listener, 'close');
        this.listener.close();
        this.reset_all();
        await closed;
    }

    async accept() {
        this.listener = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#on_client(client));
        this.listener.listen(this.port, '127.0.0.1');
        await once(this.listener, 'listening');
    }

    async stop() {
        this.resume();
        if (this.listener.listening) await this.refuse();
    }

    #on_client(client) {
        ++this.accepted;
        const server = net.connect({ port: this.target_port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
        const connection = { client, server };
        connection.requests = new Flow(this, client, server);
        connection.replies = new Flow(this, server, client);
        this.#connections.add(connection);
        for (const [one, other] of [
            [client, server],
            [server, client],
        ]) {
            // A reset on one side is one on the other.
            one.on('error', () => reset(other));
            one.on('close', () => {
                this.#connections.delete(connection);
                connection.replies.cut?.done();
                if (!one.readableEnded) other.destroy();
            });
        }
    }
}

// Runs `body(proxy)` with a proxy in front of this port.
export async function with_proxy(target_port, body) {
    const proxy = await ChaosProxy.start(target_port);
    try {
        await body(proxy);
    } finally {
        await proxy.stop();
    }
}
