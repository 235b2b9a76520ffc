// What clients see when the server is told to stop. GIM_DRAIN_CLIENTS is how many there are, 400 by default.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { frame_bytes, Raw, upgrade_request } from './support/raw.mjs';
import { sleep, within } from './support/time.mjs';

const count = Number(process.env.GIM_DRAIN_CLIENTS ?? 400);
const secret = 'a-secret-of-the-end-to-end-tests';
const flags = [
    ...[`--api-key=game=${secret}`, '--enable-message-sequence=true', '--message-push-duration=200ms', '--message-push-count=1000'],
    ...['--max-handshakes=0', '--max-connections-per-address=0', '--log-level=info'],
];

// Sends to the room until the API goes away: when each message was accepted.
async function back_end(server, room) {
    const accepted = [];
    for (let n = 0; ; ++n) {
        const body = { type: 1, target_id: room, content: `${n}` };
        try {
            const { status } = await call(server, 'POST', '/v1/messages', { headers: { 'X-API-Key': secret }, body });
            if (status === 200) accepted.push({ content: `${n}`, at: performance.now() });
        } catch {
            return accepted;
        }
        await sleep(20);
    }
}

async function with_clients(clients, more, body) {
    const server = await Server.start([...flags, ...more]);
    try {
        const all = [];
        const enter = async (i) => {
            const client = await Client.login(server, `u${i}`, { form: ['text', 'object', 'protobuf'][i % 3] });
            await client.join('r');
            client.closed.then(() => (client.closed_at = performance.now()));
            all.push(client);
        };
        for (let i = 0; i < clients; i += 50) await Promise.all(Array.from({ length: Math.min(50, clients - i) }, (_, k) => enter(i + k)));
        await body(server, all);
    } finally {
        server.process.child.kill('SIGKILL');
    }
}

const refuses = async (port) => {
    const raw = await Raw.connect(port).catch(() => undefined);
    raw?.socket.destroy();
    return !raw;
};

test(`${count} clients are told when to come back, closed one after the other, and miss nothing before that`, () =>
    with_clients(count, ['--drain-timeout=6s'], async (server, clients) => {
        const health = await get(server, '/readyz');
        assert.equal(health.status, 200);
        const sending = back_end(server, 'r');
        await sleep(300);
        const begin = performance.now();
        server.process.child.kill('SIGTERM');
        await Promise.all(clients.map((client) => client.until(({ notices }) => notices.length > 0, 'a notice')));
        assert.equal((await get(server, '/readyz')).status, 503);
        assert.ok(await refuses(server.gateway_port), 'the gateway accepts nobody');
        const latecomer = clients.reduce((a, b) => (a.notices[0].retry_after_ms > b.notices[0].retry_after_ms ? a : b));
        await latecomer.expect(op.heartbeat);

        const { code, stderr } = await server.process.end();
        assert.equal(code, 0, stderr);
        const took = performance.now() - begin;
        assert.ok(took < 20_000, `${took} ms`);
        assert.match(stderr, new RegExp(`draining: ${count} connections`));
        assert.match(stderr, new RegExp(`stopped: ${count} connections left within`));
        assert.doesNotMatch(stderr, /connections are cut/);

        const accepted = await sending;
        const window_ms = Math.max(...clients.map(({ notices }) => notices[0].retry_after_ms));
        assert.ok(window_ms <= 4000, 'the close of the last one needs --close-timeout, too');
        const tenths = Array(10).fill(0);
        for (const client of clients) {
            assert.equal(client.notices.length, 1);
            const [{ reason, retry_after_ms, form }] = client.notices;
            assert.deepEqual([reason, form], ['drain', client.form]);
            ++tenths[Math.min(9, Math.floor((retry_after_ms / window_ms) * 10))];
            const { code: close_code, reason: why } = await client.closed;
            assert.deepEqual([close_code, why], [1001, 'server stops']);
            assert.ok(client.closed_at - begin >= retry_after_ms - 5, `closed ${client.closed_at - begin} ms after SIGTERM, not ${retry_after_ms}`);
            // What was accepted before its turn came has come to it. (The turn is told in whole milliseconds, rounded up.)
            const got = new Set(client.contents());
            const missed = accepted.filter(({ content, at }) => at < begin + retry_after_ms - 1 && !got.has(content));
            assert.deepEqual(missed, []);
        }
        for (const n of tenths) assert.ok(n >= count / 20 && n <= count / 5, `closes in each tenth of the time: ${tenths}`);
        assert.ok(accepted.some(({ at }) => at > begin), 'the back end could send during the drain');
    }));

test('clients that do not read are cut when their time is over', () =>
    with_clients(20, ['--drain-timeout=3s', '--close-timeout=1s'], async (server, clients) => {
        const stopped = [];
        for (let i = 0; i < 10; ++i) {
            const raw = await Raw.connect(server.gateway_port);
            raw.write(upgrade_request());
            await raw.until(({ text }) => text.includes('\r\n\r\n'), 'the upgrade');
            raw.write(frame_bytes(1, JSON.stringify({ op: 101, seq: 1, body: { id: `stopped-${i}` } })));
            await raw.until(({ text }) => text.includes('"op":102'), 'the login');
            raw.socket.pause();
            stopped.push(raw);
        }
        const begin = performance.now();
        server.process.child.kill('SIGTERM');
        const { code } = await server.process.end();
        assert.equal(code, 0);
        assert.ok(performance.now() - begin < 15_000);
        for (const client of clients) assert.equal((await client.closed).code, 1001);
        stopped.forEach((raw) => raw.socket.destroy());
    }));

test('a second signal ends it now', () =>
    with_clients(300, ['--drain-timeout=1m'], async (server, clients) => {
        server.process.child.kill('SIGTERM');
        await clients[0].until(({ notices }) => notices.length > 0, 'a notice');
        const begin = performance.now();
        server.process.child.kill('SIGTERM');
        const { code, stderr } = await server.process.end();
        assert.equal(code, 0, stderr);
        assert.ok(performance.now() - begin < 10_000, 'long before a minute is over');
        assert.match(stderr, /\d+ connections are cut/);
    }));

test('without anybody it stops at once, and with --drain-timeout=0 nobody is waited for', async () => {
    await with_clients(0, [], async (server) => {
        server.process.child.kill('SIGINT');
        assert.equal((await within(5000, server.process.ended, () => 'it does not end')).code, 0);
    });
    await with_clients(3, ['--drain-timeout=0'], async (server, clients) => {
        clients[0].socket.pause();
        server.process.child.kill('SIGTERM');
        assert.equal((await within(5000, server.process.ended, () => 'it does not end')).code, 0);
    });
});
