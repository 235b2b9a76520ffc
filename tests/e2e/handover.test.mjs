// With --snapshot a new process goes on with the memory of the one that it replaces.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import WebSocket from 'ws';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { is_alive, until, with_copy } from './support/successors.mjs';
import { sleep, within } from './support/time.mjs';

const key = '0123456789abcdef';
const memory_of = (folder) => join(folder, 'memory', 'gim');

// A server that keeps its memory in a folder of its own.
const with_memory = (body, ...more) =>
    with_copy(
        (server, path, successors) => body(server, path, successors, memory_of(dirname(path))),
        (folder) => {
            mkdirSync(dirname(memory_of(folder)));
            return [`--snapshot=${memory_of(folder)}`, `--api-key=shop=${key}`, ...more];
        },
    );

// What one server or the other says to somebody who must come again: closed, or told that a new one takes over.
const is_moved = (failure) => /closed with 1001|: 503 this server is being replaced/.test(failure.message);

// A user who goes on whatever happens to the connection: each message is sent until it is acknowledged.
class Sender {
    acknowledged = []; // { content, sequence }
    failures = [];
    moves = 0;

    constructor(server, name) {
        this.server = server;
        this.name = name;
    }

    async #with_client(ask) {
        for (;;) {
            try {
                this.client ??= await Client.login(this.server, this.name);
                return await ask(this.client);
            } catch (failure) {
                if (!is_moved(failure)) throw failure;
                ++this.moves;
                this.client?.socket.terminate();
                this.client = undefined;
            }
        }
    }

    async run(room, is_over) {
        try {
            await this.#with_client((client) => client.join(room));
            for (let n = 0; !is_over(); ++n) {
                const content = `${this.name}.${n}`;
                const { sequence } = await this.#with_client((client) => client.send_room(room, content, { request_id: content }));
                this.acknowledged.push({ content, sequence });
                await sleep(2);
            }
        } catch (failure) {
            this.failures.push(failure.message);
        }
        this.client?.socket.terminate();
    }
}

async function whole_history(client, session) {
    const items = [];
    for (let after = 0, more = true; more; after = items.at(-1)?.sequence ?? 0) {
        const page = await client.history(session, { after, limit: 200 });
        items.push(...page.items);
        more = page.has_more;
    }
    return items;
}

// Replaces the process `pid` of the server; gives that of the new one.
async function replace(server, pid, successors) {
    const seen = (server.process.stderr.match(/process \d+ serves now/g) ?? []).length;
    process.kill(pid, 'SIGUSR2');
    const lines = () => server.process.stderr.match(/process \d+ serves now/g) ?? [];
    await until(() => lines().length > seen, () => server.process.stderr);
    const next = Number(/\d+/.exec(lines().at(-1))[0]);
    successors.push(next);
    return next;
}

test('under load nobody is refused and nothing that was acknowledged is lost, over two restarts', () =>
    with_memory(async (server, path, successors, memory) => {
        let is_over = false;
        const senders = Array.from({ length: 8 }, (_, i) => new Sender(server, `s${i}`));
        const sending = senders.map((sender) => sender.run('r', () => is_over));
        const refused = [];
        let logins = 0;
        const newcomers = (async () => {
            for (let n = 0; !is_over; ++n) {
                const come = async () => {
                    const client = await Client.login(server, `n${n % 4}`);
                    ++logins;
                    client.socket.terminate();
                };
                // Who came to the old one at the last moment comes again.
                const coming = come().catch((failure) => (is_moved(failure) ? come() : Promise.reject(failure))).catch((failure) => {
                    if (!is_moved(failure)) refused.push(failure.message);
                });
                if (n % 8 === 7) await coming;
                await sleep(10);
            }
        })();
        await until(() => senders.every((s) => s.acknowledged.length > 5), () => 'acknowledged messages');
        const reader = await Client.login(server, 'reader');
        await reader.join('r');
        const { epoch } = await reader.history('1:r');

        let pid = server.process.child.pid;
        for (let i = 0; i < 2; ++i) {
            const before = senders.map((s) => s.acknowledged.length);
            const old = pid;
            pid = await replace(server, old, successors);
            await until(() => senders.every((s, k) => s.acknowledged.length > before[k] + 5 || s.failures.length > 0), () => server.process.stderr);
            await until(() => !is_alive(old) || old === server.process.child.pid, () => server.process.stderr);
        }
        await until(() => logins > 20, () => `${logins} logins`);
        is_over = true;
        await Promise.all([...sending, newcomers]);
        assert.deepEqual(senders.flatMap((s) => s.failures), []);
        assert.deepEqual(refused, []);
        assert.ok(senders.every((s) => s.moves > 0));
        assert.ok(!existsSync(memory) && existsSync(`${memory}.read`));

        const late = await Client.login(server, 'reader');
        assert.equal((await late.history('1:r')).epoch, epoch);
        const items = await whole_history(late, '1:r');
        assert.deepEqual(items.map((m) => m.sequence), items.map((_, i) => items[0].sequence + i));
        const found = new Map(items.map((m) => [m.content, m.sequence]));
        assert.equal(found.size, items.length); // no resend became a second message
        for (const { content, sequence } of senders.flatMap((s) => s.acknowledged)) {
            assert.equal(found.get(content), sequence, content);
        }
        assert.doesNotMatch(server.process.stderr, / error /);
    }, '--session-history=100000', '--max-connections-per-user=0'));

test('who resumes with the new process finds what was pushed to others meanwhile, and a copy is answered as before', () =>
    with_memory(async (server, path, successors) => {
        const [ada, bob] = [await Client.login(server, 'ada'), await Client.login(server, 'bob')];
        for (const client of [ada, bob]) await client.join('r');
        const one = await ada.send_room('r', 'one', { request_id: 'n1' });
        await bob.await_items(1, '1:r');
        await replace(server, server.process.child.pid, successors);
        for (const client of [ada, bob]) assert.equal((await client.end()).code, 1001);
        const again = await Client.login(server, 'ada');
        assert.deepEqual(await again.send_room('r', 'one', { request_id: 'n1' }), one);
        const two = await again.send_room('r', 'two');
        assert.equal(two.sequence, one.sequence + 1);
        const late = await Client.login(server, 'bob');
        const missed = await late.history('1:r', { after: one.sequence });
        assert.deepEqual(missed.items.map((m) => m.content), ['two']);
    }));

test('in a drain the old process refuses what would be lost, at both doors, and its end by SIGKILL loses nothing', () =>
    with_memory(async (server, path, successors) => {
        const clients = await Promise.all(Array.from({ length: 30 }, (_, i) => Client.login(server, `u${i}`)));
        for (const client of clients) await client.join('r');
        await clients[0].send_room('r', 'before');
        const next = await replace(server, server.process.child.pid, successors);
        // Those whose turn is last are still with the old one.
        const answers = await Promise.allSettled(
            clients.filter((client) => client.socket.readyState === WebSocket.OPEN).map((client, i) => client.request(op.send, { type: 1, target_id: 'r', category: 'text', content: `late ${i}` })),
        );
        const replies = answers.filter((a) => a.status === 'fulfilled').map((a) => a.value);
        for (const reply of replies) assert.deepEqual([reply.code, reply.msg], [503, 'this server is being replaced by a new one: connect again']);
        server.process.child.kill('SIGKILL');
        for (const client of clients) client.socket.terminate();
        const again = await Client.login(server, 'u0');
        assert.deepEqual((await whole_history(again, '1:r')).map((m) => m.content), ['before']);
        assert.equal((await again.expect(op.members, { id: 'r' })).total, 30);
        assert.ok(is_alive(next));
    }));

// A program in the place of gim: it asks for the memory as a new process does, and then does `then`.
const asks_for_memory = (then) => `#!/bin/bash
fd=\${GIM_PREDECESSOR#*:}
printf m >&$fd
read -r line <&$fd
echo "asked $$: $line" >&2
${then}
`;

// A message by HTTP, on a connection of the agent's: the status, and what becomes of the connection.
const post = (server, agent, content) =>
    within(
        10_000,
        new Promise((resolve, reject) => {
            const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' };
            const options = { host: '127.0.0.1', port: server.api_port, method: 'POST', path: '/v1/messages', agent, headers };
            http.request(options, (response) => {
                response.resume();
                response.on('end', () => resolve([response.statusCode, response.headers.connection ?? 'keep-alive']));
            })
                .on('error', reject)
                .end(JSON.stringify({ type: 1, target_id: 'r', category: 'text', content }));
        }),
        () => `no answer to ${content}`,
    );

// The file of a program that runs cannot be written.
function put_program(path, text) {
    writeFileSync(`${path}.new`, text, { mode: 0o755 });
    renameSync(`${path}.new`, path);
}

test('a new process that fails with the memory in its hands leaves the old one serving, with nothing lost', () =>
    with_memory(async (server, path, successors, memory) => {
        const good = `${path}.good`;
        renameSync(path, good);
        const ada = await Client.login(server, 'ada');
        await ada.join('r');
        await ada.send_room('r', 'one');
        put_program(path, asks_for_memory('exit 3'));
        server.process.child.kill('SIGUSR2');
        await server.process.line(/no new process, this one goes on: it ended with 3/);
        assert.deepEqual(readdirSync(dirname(memory)), []);
        await ada.send_room('r', 'two');

        // One that hangs is ended by hand.
        const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
        assert.deepEqual(await post(server, kept, 'before'), [200, 'keep-alive']);
        put_program(path, asks_for_memory('exec sleep 60'));
        server.process.child.kill('SIGUSR2');
        const [, pid] = await server.process.line(/asked \d+: at [^]*asked (\d+): at \S+\n/);
        successors.push(Number(pid));
        assert.deepEqual(readdirSync(dirname(memory)), ['gim']);
        // Meanwhile nothing changes, and whoever asks for it moves; who connects waits.
        const refused = await ada.refused(503, op.send, { type: 1, target_id: 'r', category: 'text', content: 'lost' });
        assert.match(refused, /connect again/);
        assert.equal((await ada.end()).code, 1001);
        assert.deepEqual(await post(server, kept, 'lost'), [503, 'close']);
        let is_in = false;
        const coming = Client.login(server, 'ada').then((client) => ((is_in = true), client));
        const posting = call(server, 'POST', '/v1/messages', {
            body: { type: 1, target_id: 'r', category: 'text', content: 'three' },
            headers: { 'X-API-Key': key },
        });
        await sleep(200);
        assert.ok(!is_in);
        process.kill(Number(pid), 'SIGKILL');
        await server.process.line(/no new process, this one goes on: it was ended by signal 9/);
        const again = await within(10_000, coming, () => server.process.stderr);
        assert.equal((await posting).status, 200);
        assert.deepEqual(readdirSync(dirname(memory)), []);
        await again.send_room('r', 'four');

        // And the next try may succeed.
        rmSync(path);
        renameSync(good, path);
        await replace(server, server.process.child.pid, successors);
        assert.equal((await again.end()).code, 1001);
        const late = await Client.login(server, 'ada');
        const contents = (await whole_history(late, '1:r')).map((m) => m.content);
        assert.deepEqual(contents, ['one', 'two', 'before', 'three', 'four']);
    }));

test('who cannot write its memory goes on, and its new process does not begin', () =>
    with_memory(async (server, path, successors, memory) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('r');
        rmSync(dirname(memory), { recursive: true });
        server.process.child.kill('SIGUSR2');
        await server.process.line(/gim: --snapshot: cannot write into the folder[^]*no new process, this one goes on: it ended with 1/);
        await ada.send_room('r', 'still here');

        // One that does not look at the folder first.
        put_program(path, asks_for_memory('exit 4'));
        server.process.child.kill('SIGUSR2');
        await server.process.line(/error --snapshot: cannot write [^]*asked \d+: failed\n[^]*no new process, this one goes on: it ended with 4/);
        await ada.send_room('r', 'still here');
        await Client.login(server, 'bob');
    }));

test('who is told to stop while a new process has its memory keeps it for the next start', () =>
    with_memory(async (server, path, successors, memory) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('r');
        await ada.send_room('r', 'one');
        put_program(path, asks_for_memory('exec sleep 60'));
        server.process.child.kill('SIGUSR2');
        await server.process.line(/asked (\d+): at /);
        const exited = new Promise((resolve) => server.process.child.on('exit', resolve));
        server.process.child.kill('SIGTERM');
        assert.equal(await within(10_000, exited, () => server.process.stderr), 0);
        assert.deepEqual(readdirSync(dirname(memory)), ['gim']);
        const next = await Server.start([`--snapshot=${memory}`]);
        const again = await Client.login(next, 'ada');
        assert.deepEqual((await whole_history(again, '1:r')).map((m) => m.content), ['one']);
        await next.stop();
    }));
