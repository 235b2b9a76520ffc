// What gim keeps in memory survives a planned restart (--snapshot), once.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

const flags = ['--drain-timeout=2s', '--close-timeout=500ms', '--enable-message-sequence=true', '--log-level=info'];

// Runs `body(start, path)`: start(more flags) gives a server that keeps its memory in `path`. Whatever is left of them is ended.
async function with_snapshot(body) {
    const folder = mkdtempSync(join(tmpdir(), 'gim-snapshot-'));
    const path = join(folder, 'memory');
    const servers = [];
    const start = async (...more) => {
        const server = await Server.start([...flags, `--snapshot=${path}`, ...more]);
        servers.push(server);
        return server;
    };
    try {
        await body(start, path, folder);
    } finally {
        for (const { process: p } of servers) {
            p.child.kill('SIGKILL');
            await p.ended;
        }
        rmSync(folder, { recursive: true, force: true });
    }
}

const kill = async (server) => {
    server.process.child.kill('SIGKILL');
    await server.process.ended;
};

test('a stop that becomes impatient still saves the memory and removes the pid file', () =>
    with_snapshot(async (start, path, folder) => {
        const pid = join(folder, 'pid');
        const old = await start('--drain-timeout=30s', '--close-timeout=20s', `--pid-file=${pid}`, '--max-handshakes=0', '--max-connections-per-address=0');
        const ada = await Client.login(old, 'ada');
        await ada.join('r');
        await ada.send_room('r', 'one');
        // So many that they do not all end before the third signal.
        const crowd = await Promise.all(Array.from({ length: 300 }, (_, i) => Client.login(old, `u${i % 60}`)));
        assert.ok(existsSync(pid));
        for (let i = 0; i < 5; ++i) {
            old.process.child.kill('SIGTERM');
            await sleep(2);
        }
        const { stderr } = await old.process.end();
        for (const client of [ada, ...crowd]) client.socket.terminate();
        assert.match(stderr, /snapshot: wrote 1 messages in 1 sessions, 1 rooms, /);
        assert.ok(!existsSync(pid));
        assert.ok(existsSync(path));
        const now = await start();
        const back = await Client.login(now, 'ada');
        assert.deepEqual((await back.history('1:r')).items.map((m) => m.content), ['one']);
        back.socket.terminate();
        await now.stop();
    }));

test('whoever comes back after a restart misses nothing, whatever the number of workers is', () =>
    with_snapshot(async (start, path) => {
        const old = await start('--gateway-worker=3');
        await old.process.line(/snapshot: there is no \S+: beginning with an empty memory/);
        const ada = await Client.login(old, 'ada', { name: 'Ada' });
        const bob = await Client.login(old, 'bob');
        for (const client of [ada, bob]) await client.join('r');
        const first = await ada.send_room('r', 'one', { request_id: 'n1' });
        await bob.await_items(1, '1:r');
        const seen = bob.items('1:r').at(-1).sequence;
        const { epoch } = await bob.history('1:r');
        bob.socket.terminate();
        // What bob misses: one of a room, and one of his own.
        const second = await ada.send_room('r', 'two', { request_id: 'n2' });
        const to_bob = await ada.send_private('bob', 'psst', { request_id: 'n3' });
        await old.stop();
        assert.equal((await ada.end()).code, 1001);
        assert.match(old.process.stderr, /snapshot: wrote 3 messages in 2 sessions, 1 rooms, 2 users, 3 requests: \d+ bytes/);

        const now = await start('--gateway-worker=2');
        assert.match(now.process.stderr, /snapshot: read 3 messages in 2 sessions, 1 rooms, 2 users, 3 requests: \d+ bytes, \S+ s; the file is \S+\.read now/);
        assert.ok(!existsSync(path));
        const bob_again = await Client.login(now, 'bob');
        const missed = await bob_again.history('1:r', { after: seen });
        assert.equal(missed.epoch, epoch);
        assert.deepEqual(missed.items.map((m) => [m.sequence, m.content, m.sender.name]), [[second.sequence, 'two', 'Ada']]);
        const { items } = await bob_again.expect(op.sessions, {});
        assert.deepEqual(items.map((one) => [one.id, one.last_message.content]), [['2:ada:bob', 'psst'], ['1:r', 'two']]);

        // A client that got no answer sends again and is answered as before.
        const ada_again = await Client.login(now, 'ada');
        assert.equal((await ada_again.expect(op.members, { id: 'r' })).total, 2);
        for (const [sent, again] of [
            [first, await ada_again.send_room('r', 'one', { request_id: 'n1' })],
            [second, await ada_again.send_room('r', 'two', { request_id: 'n2' })],
            [to_bob, await ada_again.send_private('bob', 'psst', { request_id: 'n3' })],
        ]) {
            assert.deepEqual(again, sent);
        }
        await ada_again.refused(409, op.send, { type: 1, target_id: 'r', category: 'text', content: 'other', request_id: 'n1' });

        // The room goes on, and so do its sequences.
        const third = await ada_again.send_room('r', 'three');
        assert.equal(third.sequence, second.sequence + 1);
        await bob_again.until(() => bob_again.contents('1:r').includes('three'), 'the next message');

        // And once more.
        await now.stop();
        const last = await start('--gateway-worker=1');
        const carl = await Client.login(last, 'bob');
        const all = await carl.history('1:r', { after: 0 });
        assert.equal(all.epoch, epoch);
        assert.deepEqual(all.items.map((m) => m.content), ['one', 'two', 'three']);
        await last.stop();
    }));

// A fast server accepts more than a session keeps by default.
const keep_all = '--session-history=1000000';

test('what is accepted while the server drains is in the snapshot, from both doors', () =>
    with_snapshot(async (start) => {
        const old = await start('--api-key=shop=0123456789abcdef', keep_all);
        const clients = await Promise.all(Array.from({ length: 40 }, (_, i) => Client.login(old, `u${i}`)));
        for (const client of clients) await client.join('r');
        const acknowledged = new Set();
        let is_over = false;
        const until_closed = () => {}; // which is how each of them ends
        const sending = clients.map(async (client, c) => {
            for (let n = 0; !is_over; ++n) {
                const content = `${c}.${n}`;
                await client.send_room('r', content);
                acknowledged.add(content);
            }
        });
        const posting = (async () => {
            for (let n = 0; !is_over; ++n) {
                const body = { type: 1, target_id: 'r', category: 'text', content: `post ${n}` };
                const { status } = await call(old, 'POST', '/v1/messages', { body, headers: { 'X-API-Key': '0123456789abcdef' } });
                if (status === 200) acknowledged.add(`post ${n}`);
            }
        })();
        const all = Promise.all([...sending, posting].map((loop) => loop.catch(until_closed)));
        await clients[0].until(() => acknowledged.size > 100, 'traffic');
        const before = acknowledged.size;
        await old.stop();
        is_over = true;
        await all;
        assert.ok(acknowledged.size > before, 'something was accepted during the drain');

        const now = await start(keep_all);
        const reader = await Client.login(now, 'u0');
        const found = new Set();
        for (let after = 0, more = true; more; ) {
            const page = await reader.history('1:r', { after, limit: 200 });
            for (const m of page.items) found.add(m.content);
            after = page.items.at(-1)?.sequence;
            more = page.has_more;
        }
        assert.deepEqual([...acknowledged].filter((content) => !found.has(content)), []);
        await now.stop();
    }));

test('a snapshot is used once: after a crash the memory is empty and the epoch another', () =>
    with_snapshot(async (start, path, folder) => {
        const old = await start();
        const ada = await Client.login(old, 'ada');
        await ada.join('r');
        await ada.send_room('r', 'one');
        const { epoch } = await ada.history('1:r');
        await old.stop();
        assert.deepEqual(readdirSync(folder), ['memory']);

        const now = await start();
        assert.deepEqual(readdirSync(folder), ['memory.read']);
        const again = await Client.login(now, 'ada');
        await again.send_room('r', 'two');
        await kill(now);
        assert.deepEqual(readdirSync(folder), ['memory.read']);

        const after = await start();
        await after.process.line(/there is no \S+memory: beginning with an empty memory/);
        const later = await Client.login(after, 'ada');
        await later.join('r');
        const page = await later.history('1:r', { after: 0 });
        assert.notEqual(page.epoch, epoch);
        assert.deepEqual(page.items, []);
        await after.stop();
    }));

test('a file that is damaged, cut off or of a newer version is set aside, and gim begins with an empty memory', () =>
    with_snapshot(async (start, path, folder) => {
        const old = await start();
        await (await Client.login(old, 'ada')).join('r');
        await old.stop();
        const good = readFileSync(path);
        const flipped = Buffer.from(good);
        flipped[good.length >> 1] ^= 1;
        const newer = Buffer.from(good);
        newer[8] = 99;
        const cases = [
            [flipped, /error snapshot: \S+memory is damaged: block 0: its checksum is wrong; it is \S+memory\.damaged now/],
            [good.subarray(0, good.length - 1), /error snapshot: \S+ is damaged: block 0: cut off; it is \S+memory\.damaged\.1 now/],
            [newer, /error snapshot: \S+ is written by another version of gim: its format is 99, this one reads 1; it is \S+memory\.damaged\.2 now/],
            [Buffer.alloc(0), /error snapshot: \S+ is damaged: it does not begin as a snapshot does; it is \S+memory\.damaged\.3 now/],
        ];
        for (const [bytes, line] of cases) {
            writeFileSync(path, bytes);
            const server = await start();
            await server.process.line(line);
            assert.ok(!existsSync(path));
            const ada = await Client.login(server, 'ada');
            await ada.refused(404, op.members, { id: 'r' });
            await kill(server);
        }
        assert.deepEqual(readFileSync(join(folder, 'memory.damaged')), flipped);
        assert.deepEqual(readdirSync(folder), ['memory.damaged', 'memory.damaged.1', 'memory.damaged.2', 'memory.damaged.3']);
    }));

test('where it cannot be read or written gim does not start, and check-config says the same', () =>
    with_snapshot(async (start, path, folder) => {
        symlinkSync('memory', path);
        const ports = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0'];
        for (const command of [[], ['check-config']]) {
            const loop = await run_gim([...command, ...ports, `--snapshot=${path}`]);
            assert.equal(loop.code, 1);
            assert.match(loop.stderr, /^gim: --snapshot: cannot open \S+memory: Too many levels of symbolic links\n$/);
            const nowhere = await run_gim([...command, ...ports, `--snapshot=${folder}/none/memory`]);
            assert.equal(nowhere.code, 1);
            assert.match(nowhere.stderr, /^gim: --snapshot: cannot write into the folder \S+none: No such file or directory\n$/);
        }
        const wrong = await run_gim(['--snapshot=/tmp/']);
        assert.equal(wrong.code, 2);
        const good = await run_gim(['check-config', `--snapshot=${folder}/other`]);
        assert.equal(good.code, 0);
        assert.match(good.stdout, /^snapshot=\S+other +# flag$/m);
    }));

test('a port that is taken leaves the snapshot for the next start', () =>
    with_snapshot(async (start, path) => {
        const old = await start();
        await (await Client.login(old, 'ada')).join('r');
        await old.stop();
        const other = await Server.start([]);
        const refused = await run_gim([`--gateway-address=${other.gateway_address}`, '--api-address=127.0.0.1:0', `--snapshot=${path}`]);
        assert.equal(refused.code, 1);
        await other.stop();
        const now = await start();
        await (await Client.login(now, 'ada')).expect(op.members, { id: 'r' });
        await now.stop();
    }));

test('a snapshot that cannot be written is an error, and the exit code says so', () =>
    with_snapshot(async (start, path, folder) => {
        const server = await start();
        rmSync(folder, { recursive: true });
        server.process.child.kill('SIGTERM');
        const { code, stderr } = await server.process.end();
        assert.equal(code, 1);
        assert.match(stderr, /error --snapshot: cannot write \S+memory\.new: No such file or directory: what was kept in memory is lost/);
    }));
