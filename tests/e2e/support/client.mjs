// A client of the gateway, on the npm package ws. Requests are matched with replies by seq; pushes are collected.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { op, op_of } from './ops.mjs';
import { forms } from './forms.mjs';
import { within } from './time.mjs';

export class Client {
    packets = []; // what was pushed: { form, session, items, skipped }, oldest first
    notices = []; // of a close to come: { form, reason, retry_after_ms }
    strays = []; // replies that answer no request of ours, as those with op 0
    pings = 0;
    on_packet = () => {}; // is given each push as it comes
    #seq = 0;
    #waiting = new Map();
    #watchers = new Set();

    // `form` is how requests are written: 'text' (JSON body in a string), 'object' (JSON body) or 'protobuf'.
    // `socket` are options of ws, such as whom to trust over TLS; `protocols` are what the upgrade offers.
    static async connect(server, { form = 'text', url = server.url, socket = {}, protocols = [] } = {}) {
        const client = new Client();
        client.form = form;
        client.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...socket });
        client.closed = new Promise((resolve) =>
            client.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
        );
        client.socket.on('message', (bytes, binary) => client.#receive(bytes, binary));
        client.socket.on('ping', () => ++client.pings);
        const open = new Promise((resolve, reject) => client.socket.on('open', resolve).on('error', reject));
        await within(30_000, open, () => `no connection to ${url}`);
        client.closed.then(({ code }) => client.#fail_all(code));
        return client;
    }

    // A connected client that is logged in as `id`.
    static async login(server, id, options = {}) {
        const client = await Client.connect(server, options);
        client.id = id;
        const { user, token } = await client.expect(op.login, { id, name: options.name, token: options.token });
        assert.equal(user.id, id);
        client.token = token;
        return client;
    }

    // Sends a request and waits for its reply: { op, seq, form, code, msg, data }.
    request(request_op, body) {
        const seq = ++this.#seq;
        const reply = new Promise((resolve, reject) => this.#waiting.set(seq, { resolve, reject }));
        if (this.socket.readyState === WebSocket.CLOSED) this.closed.then(({ code }) => this.#fail_all(code));
        else this.socket.send(forms[this.form].encode({ op: request_op, seq, body }));
        return within(20_000, reply, () => `no reply to ${op_of(request_op)} ${JSON.stringify(body)}`);
    }

    // The data of a reply that must be a success.
    async expect(request_op, body) {
        const reply = await this.request(request_op, body);
        assert.equal(reply.code, 0, `${op_of(request_op)} ${JSON.stringify(body)}: ${reply.code} ${reply.msg}`);
        assert.equal(reply.op, request_op + 1);
        return reply.data;
    }

    // The message of a reply that must have this error code.
    async refused(code, request_op, body) {
        const reply = await this.request(request_op, body);
        assert.equal(reply.code, code, `${op_of(request_op)} ${JSON.stringify(body)}: ${reply.code} ${reply.msg}`);
        assert.equal(reply.op, request_op + 1);
        return reply.msg;
    }

    send_private(target_id, content, more = {}) {
        return this.expect(op.send, { type: 2, target_id, category: 'text', content, ...more });
    }

    send_room(target_id, content, more = {}) {
        return this.expect(op.send, { type: 1, target_id, category: 'text', content, ...more });
    }

    join(id) {
        return this.expect(op.join, { id });
    }

    history(session_id, query = {}) {
        return this.expect(op.history, { session_id, ...query });
    }

    // The items of all packets so far, in the order they came; of one session if it is named.
    items(session) {
        return this.packets.filter((p) => !session || p.session.id === session).flatMap((p) => p.items);
    }

    contents(session) {
        return this.items(session).map((item) => item.content);
    }

    // Waits until `reached(this)`, which is asked after everything that comes.
    async until(reached, what, ms = 20_000) {
        if (reached(this)) return;
        let watch;
        const done = new Promise((resolve, reject) => {
            watch = () => {
                if (this.socket.readyState > WebSocket.OPEN) reject(new Error(`closed while waiting for ${what}`));
                else if (reached(this)) resolve();
            };
            this.#watchers.add(watch);
        });
        try {
            await within(ms, done, () => `${what}; got ${JSON.stringify(this.packets).slice(0, 2000)}`);
        } finally {
            this.#watchers.delete(watch);
        }
    }

    // Waits for `count` items, of one session if it is named, and gives them.
    async await_items(count, session) {
        await this.until(() => this.items(session).length >= count, `${count} items were expected`);
        return this.items(session);
    }

    // Waits until the connection has ended: { code, reason }.
    end() {
        return within(20_000, this.closed, () => 'the connection was expected to end');
    }

    close() {
        this.socket.close();
        return this.end();
    }

    #receive(bytes, binary) {
        const frame = binary ? forms.protobuf.decode(bytes) : forms.text.decode(bytes);
        if (frame.op === op.push) {
            this.packets.push({ form: frame.form, ...frame.body });
            this.on_packet(frame.body);
        } else if (frame.op === op.notice) {
            this.notices.push({ form: frame.form, ...frame.body });
        } else {
            const reply = { op: frame.op, seq: frame.seq, form: frame.form, ...frame.body };
            const waiting = this.#waiting.get(frame.seq);
            this.#waiting.delete(frame.seq);
            if (waiting) waiting.resolve(reply);
            else this.strays.push(reply);
        }
        this.#notify();
    }

    #notify() {
        for (const watch of [...this.#watchers]) watch();
    }

    #fail_all(code) {
        for (const { reject } of this.#waiting.values()) reject(new Error(`closed with ${code} before the reply`));
        this.#waiting.clear();
        this.#notify();
    }
}
