// GET /debug/connections, /debug/rooms and /debug/workers of the real binary: who is slow, and who may ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { Raw } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';

async function ask(server, path, options) {
    const { status, text, json } = await get(server, `/debug/${path}`, options);
    assert.equal(status, 200, text);
    return json.data;
}

// Asks until the answer is as wanted, or 20 s are over; then gives the last one.
async function ask_until(server, path, is_right) {
    const deadline = Date.now() + 20_000;
    for (;;) {
        const data = await ask(server, path);
        if (is_right(data) || Date.now() > deadline) return data;
        await sleep(50);
    }
}

// Sends to the room until so many bytes are more than the kernel takes for who does not read.
async function send_much(sender, room) {
    for (let i = 0; i < 40; ++i) await sender.send_room(room, `${i} ${'x'.repeat(16 * 1024)}`);
}

test('who does not read comes first, with what waits for it', () =>
    with_server(
        ['--enable-message-sequence', '--message-push-count=1', '--outbox-age=0', '--outbox-hard=64MiB', '--send-buffer=16KiB'],
        async (server) => {
            const ada = await Client.login(server, 'ada', { name: 'Ada "the first"' });
            const others = [];
            for (let i = 0; i < 5; ++i) others.push(await Client.login(server, `user-${i}`));
            const stopped = await Client.login(server, 'stopped', { form: 'protobuf' });
            for (const client of [ada, stopped, ...others]) await client.join('arena');
            stopped.socket.pause();
            await send_much(ada, 'arena');

            const is_told = ({ items }) => items[0].outbox_bytes > 100_000 && items[1].outbox_bytes === 0;
            const told = await ask_until(server, 'connections?limit=3', is_told);
            assert.equal(told.total, 7);
            assert.equal(told.items.length, 3);
            const [first, second] = told.items;
            assert.equal(first.user, 'stopped');
            assert.equal(first.form, 'protobuf');
            assert.equal(first.address, '127.0.0.1');
            assert.equal(first.state, 'open');
            assert.equal(first.rooms, 1);
            assert.equal(first.requests, 2);
            assert.ok(first.outbox_bytes > 100_000, `${first.outbox_bytes}`);
            assert.ok(first.outbox_frames > 0);
            assert.ok(first.oldest_ms > 0);
            assert.ok(first.unacknowledged_bytes > 0);
            assert.ok(first.connected_ms >= first.oldest_ms);
            assert.equal(second.outbox_bytes, 0);

            const by_age = await ask(server, 'connections?sort=age&limit=1');
            assert.equal(by_age.items[0].user, 'stopped');
            const by_requests = await ask(server, 'connections?sort=requests&limit=1');
            assert.deepEqual({ user: by_requests.items[0].user, name: by_requests.items[0].name }, { user: 'ada', name: 'Ada "the first"' });
            assert.equal(by_requests.items[0].requests, 42);
            const of_one = await ask(server, 'connections?user=stopped');
            assert.equal(of_one.total, 1);
            assert.equal(of_one.items[0].id, first.id);
            assert.deepEqual((await ask(server, 'connections?user=nobody')).items, []);

            const { items: workers } = await ask(server, 'workers');
            assert.equal(workers.length, 2);
            assert.equal(workers.reduce((sum, { connections }) => sum + connections, 0), 7);
            assert.equal(workers.reduce((sum, { slow_readers }) => sum + slow_readers, 0), 1);
            // What waits only becomes less: the kernel may still take some of it.
            const { items: then } = await ask(server, 'connections?user=stopped');
            assert.ok(workers[first.worker].pending_bytes >= then[0].outbox_bytes);
            assert.ok(then[0].outbox_bytes > 0);
            stopped.socket.terminate();
        },
    ));

test('a connection that is behind is told with the packets that it did not get, and so is its room', () =>
    with_server(
        ['--message-push-count=1', '--message-push-duration=5ms', '--outbox-age=0', '--outbox-soft=32KiB', '--send-buffer=16KiB'],
        async (server) => {
            const ada = await Client.login(server, 'ada');
            const stopped = await Client.login(server, 'stopped');
            for (const client of [ada, stopped]) await client.join('arena');
            stopped.socket.pause();
            const is_behind = async () => (await ask(server, 'connections?sort=skipped&limit=1')).items[0].skipped_packets > 3;
            for (let i = 0; i < 500 && !(await is_behind()); ++i) await ada.send_room('arena', 'x'.repeat(16 * 1024));
            const { items } = await ask(server, 'connections?sort=skipped');
            assert.equal(items[0].user, 'stopped');
            assert.ok(items[0].skipped_packets > 3, `${items[0].skipped_packets}`);
            assert.equal(items[1].skipped_packets, 0);
            const { items: rooms } = await ask(server, 'rooms');
            assert.ok(rooms[0].skipped_packets > 3);
            stopped.socket.terminate();
        },
    ));

test('rooms are told by their rate, or as asked, with members, connections and sequences', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, 'ada');
        const bob = await Client.login(server, 'bob');
        for (const room of ['busy', 'quiet']) await ada.join(room);
        await bob.join('quiet');
        for (let i = 0; i < 30; ++i) await ada.send_room('busy', 'x');
        await ada.send_room('quiet', 'x');
        await bob.close();
        const told = await ask_until(server, 'rooms', ({ items }) => items.at(-1).connections === 1);
        assert.equal(told.total, 2);
        const [busy, quiet] = told.items;
        assert.deepEqual({ ...busy, rate: 0, pending: 0, worker: 0, skipped: 0 }, {
            id: 'busy', worker: 0, members: 1, connections: 1, rate: 0, messages: 30, pending: 0, skipped: 0, skipped_packets: 0, sequence: 30,
        });
        assert.ok(busy.rate > 0 && busy.rate <= 3, `${busy.rate}`);
        assert.deepEqual({ members: quiet.members, connections: quiet.connections, sequence: quiet.sequence }, { members: 2, connections: 1, sequence: 1 });
        assert.equal((await ask(server, 'rooms?sort=members&limit=1')).items[0].id, 'quiet');
    }));

test('workers are told with their threads, and what they have done', () =>
    with_server(['--gateway-worker=3'], async (server) => {
        const ada = await Client.login(server, 'ada');
        await Client.login(server, 'bob');
        await ada.send_private('bob', 'hello');
        const names = ['connections', 'users', 'logins', 'private_messages', 'private_deliveries', 'stored_messages', 'api_connections'];
        const sums = ({ items }) => names.map((name) => items.reduce((all, one) => all + one[name], 0)).join(' ');
        const told = await ask_until(server, 'workers', (seen) => sums(seen) === '2 2 2 1 1 1 1');
        assert.equal(told.process, server.process.child.pid);
        assert.ok(told.resident_bytes > 1_000_000);
        assert.ok(Math.abs(told.time - Date.now()) < 60_000);
        assert.ok(told.started_at <= told.time);
        assert.deepEqual(told.items.map(({ worker }) => worker), [0, 1, 2]);
        assert.equal(new Set(told.items.map(({ thread }) => thread)).size, 3);
        assert.equal(sums(told), '2 2 2 1 1 1 1', names.join(' '));
    }));

test('what cannot be asked is 400, with what can', () =>
    with_server([], async (server) => {
        for (const [path, message] of [
            ['connections?sort=x', /^sort: must be one of outbox, age/],
            ['connections?limit=0', /^limit: must be 1 to 1000$/],
            ['connections?user=not%20an%20id', /^user: /],
            ['connections?sort=age&sort=idle', /^sort/],
            ['rooms?sort=outbox', /^sort: must be one of rate/],
            ['rooms?limit=1001', /^limit: /],
        ]) {
            const { status, json } = await get(server, `/debug/${path}`);
            assert.equal(status, 400, path);
            assert.match(json.msg, message, path);
        }
        assert.equal((await call(server, 'POST', '/debug/rooms')).status, 405);
        assert.equal((await get(server, '/debug')).status, 404);
    }));

const paths = ['connections', 'rooms', 'workers'];

test('without a key only who is on this machine may ask, and nobody for whom a proxy or a page asks', () =>
    with_server([`--api-key=game=${secret}`, '--metrics-key=prometheus=a-secret-for-the-metrics'], async (server) => {
        const ada = await Client.login(server, 'ada');
        for (const path of paths) {
            for (const headers of [
                { 'X-Forwarded-For': '127.0.0.1' },
                { Forwarded: 'for=127.0.0.1' },
                { 'X-Real-IP': '127.0.0.1' },
                { Via: '1.1 proxy' },
                { Host: 'evil.example' },
                { Origin: 'https://evil.example' },
                { Origin: 'null' },
                { Referer: 'https://evil.example/' },
                { 'Sec-Fetch-Site': 'cross-site' },
            ]) {
                const { status, json } = await get(server, `/debug/${path}`, { headers });
                assert.equal(status, 401, `${path} ${JSON.stringify(headers)}`);
                assert.match(json.msg, /^X-API-Key: only who is on the server's machine/);
                assert.equal((await get(server, `/debug/${path}`, { headers, token: secret })).status, 200);
                assert.equal((await get(server, `/debug/${path}`, { headers, token: ada.token })).status, 401);
            }
            for (const host of ['localhost', '127.0.0.1', '[::1]:8081']) await ask(server, path, { headers: { Host: host } });
            const key = await get(server, `/debug/${path}`, { headers: { 'X-API-Key': 'a-wrong-secret-of-these' } });
            assert.equal(key.status, 401);
            const metrics = await get(server, `/debug/${path}`, { token: 'a-secret-for-the-metrics' });
            assert.equal(metrics.status, 401);
            assert.match(metrics.json.msg, /a key for the metrics opens only those/);
        }
        assert.equal((await get(server, '/metrics', { headers: { Host: 'evil.example' } })).status, 401);
    }));

test('behind a trusted proxy or a PROXY header nobody is on this machine', async () => {
    await with_server(['--trusted-proxies=127.0.0.1', '--insecure'], async (server) => {
        for (const client of ['192.0.2.1', '127.0.0.1']) {
            const { status } = await get(server, '/debug/workers', { headers: { 'X-Forwarded-For': client } });
            assert.equal(status, 401, client);
        }
    });
    await with_server(['--trusted-proxies=127.0.0.1', '--proxy-protocol', '--insecure', `--api-key=game=${secret}`], async (server) => {
        const asked = 'GET /debug/workers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';
        for (const header of ['PROXY TCP4 127.0.0.1 127.0.0.1 5 6\r\n', 'PROXY UNKNOWN\r\n']) {
            for (const [key, status] of [['', '401'], [`X-API-Key: ${secret}\r\n`, '200']]) {
                const raw = await Raw.connect(server.api_port);
                raw.write(`${header}${asked}${key}\r\n`);
                await raw.until(({ is_closed }) => is_closed, 'the end');
                assert.equal(raw.text.slice(9, 12), status, `${header}: ${raw.text}`);
            }
        }
    });
});

test('asking all the time disturbs nobody', () =>
    with_server(['--enable-message-sequence', '--message-push-count=1', '--max-connections-per-address=0', '--max-handshakes=0'], async (server) => {
        const crowd = [];
        for (let i = 0; i < 300; i += 50) {
            const some = Array.from({ length: 50 }, (_, k) => Client.login(server, `user-${i + k}`));
            crowd.push(...(await Promise.all(some)));
        }
        for (const client of crowd.slice(0, 50)) await client.join('room');
        let asked = 0;
        let ends = false;
        const asker = async () => {
            for (; !ends; ++asked) for (const path of ['connections?limit=1000', 'rooms?sort=members', 'workers']) await ask(server, path);
        };
        const askers = Promise.all([asker(), asker()]);
        for (let i = 0; i < 100; ++i) {
            await crowd[0].send_room('room', `${i}`);
            // Some go meanwhile, and others come.
            crowd.pop().socket.terminate();
            if (i % 10 === 0) await Client.login(server, `new-${i}`);
        }
        for (const client of crowd.slice(0, 50)) {
            const items = await client.await_items(100, '1:room');
            assert.deepEqual(items.map(({ content }) => content), Array.from({ length: 100 }, (_, i) => `${i}`));
        }
        ends = true;
        await askers;
        assert.ok(asked > 0);
    }));
