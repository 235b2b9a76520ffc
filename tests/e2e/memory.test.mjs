// What clients leave unfinished: answers that nobody reads and messages that stop half-way. It counts in --max-memory,
// has half of it, and disturbs nobody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { expect_samples, scrape } from './support/metrics.mjs';
import { op } from './support/ops.mjs';
import { frame_bytes, Raw, RawWebSocket } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const mib = 1024 * 1024;
const worst = '\u0001'.repeat(32_768); // six times as long in an answer over HTTP

// Looks at the metrics until `reached(samples)`; the most bytes that waited at any look.
async function watch(server, reached, what) {
    const deadline = Date.now() + 60_000;
    let most = 0;
    for (;;) {
        const { samples } = await scrape(server);
        most = Math.max(most, samples.get('gim_waiting_bytes'));
        if (reached(samples)) return most;
        if (Date.now() > deadline) throw new Error(`${what}; at most ${most} bytes waited`);
        await sleep(20);
    }
}

// Two who chat, and a back end's way to do so, notice nothing.
async function all_is_well(server, ann, bob) {
    const before = bob.items().length;
    await ann.send_private(bob.id, 'y'.repeat(8_000));
    const body = { type: 2, target_id: bob.id, content: 'z'.repeat(8_000) };
    assert.equal((await call(server, 'POST', '/v1/messages', { token: ann.token, body })).status, 200);
    await bob.await_items(before + 2);
    await ann.history(`2:${ann.id}:${bob.id}`, { limit: 2 });
    assert.equal((await get(server, `/v1/users/${bob.id}`, { token: ann.token })).status, 200);
}

test('answers that nobody reads have half of --max-memory; then long ones get 503, and all else goes on', () =>
    with_server(['--max-memory=8MiB'], async (server) => {
        const ann = await Client.login(server, 'ann');
        const bob = await Client.login(server, 'bob');
        const cat = await Client.login(server, 'cat', { form: 'protobuf' });
        for (let i = 0; i < 3; ++i) await cat.send_private('ann', worst);
        const page = '/v1/sessions/2:ann:cat/messages?limit=3';
        const whole = await get(server, page, { token: ann.token });
        assert.equal(whole.json.data.items.length, 3);
        assert.ok(whole.text.length > 500_000, `${whole.text.length} bytes`);

        // Each asks for more than the kernel holds, and stops reading.
        const request = `GET ${page} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\n\r\n`;
        const stopped = await Promise.all(Array.from({ length: 40 }, () => Raw.connect(server.api_port)));
        for (const raw of stopped) {
            raw.socket.pause();
            raw.write(request.repeat(30));
        }
        const refused = 'gim_requests_refused_total{reason="memory"}';
        const most = await watch(
            server,
            (samples) => samples.get(refused) >= 100 && samples.get('gim_waiting_bytes') > 3 * mib,
            'few answers are refused',
        );
        assert.ok(most <= 5 * mib, `${most} bytes waited`);
        await all_is_well(server, ann, bob);
        await server.process.line(/warning refused 127\.0\.0\.1: bodies, answers and long messages have what --max-memory leaves them/);

        for (const raw of stopped) raw.destroy();
        await expect_samples(server, { gim_waiting_bytes: 0, 'gim_outbox_cuts_total{reason="memory"}': 0 });
        assert.equal((await get(server, page, { token: ann.token })).text, whole.text);
    }));

test('messages that are half read have half of --max-memory; then 1013 to who sends more, and all else goes on', () =>
    with_server(['--max-memory=4MiB', '--message-timeout=10m'], async (server) => {
        const ann = await Client.login(server, 'ann');
        const bob = await Client.login(server, 'bob');
        const halves = await Promise.all(
            Array.from({ length: 90 }, async (_, i) => {
                const socket = await RawWebSocket.connect(server);
                socket.text({ op: op.login, body: JSON.stringify({ id: `half-${i}` }) });
                await socket.await_frame(({ payload }) => payload.includes('"code\\":0'), 'a login');
                return socket;
            }),
        );
        const half = frame_bytes(1, 'x'.repeat(60_000)).subarray(0, 50_000);
        for (const socket of halves) socket.raw.write(half);
        // At most 41 of 50,000 bytes fit into 2 MiB.
        const closed = 'gim_closes_total{code="1013"}';
        const most = await watch(server, (samples) => samples.get(closed) >= 49, 'few connections are closed');
        assert.ok(most <= 2.5 * mib, `${most} bytes waited`);
        assert.ok(most >= mib, `${most} bytes waited: it was not tried`);
        await all_is_well(server, ann, bob);

        const is_told = (socket) => socket.frames.some(({ opcode, payload }) => opcode === 8 && payload.readUInt16BE(0) === 1013);
        // Each of them hears why.
        const told = () => halves.filter(is_told).length;
        await watch(server, (samples) => samples.get(closed) === told(), 'not all are told');
        assert.ok(told() < halves.length, 'some stay');

        for (const socket of halves) socket.raw.destroy();
        await expect_samples(server, { gim_waiting_bytes: 0, 'gim_outbox_cuts_total{reason="memory"}': 0 });
        await ann.send_private('bob', 'x'.repeat(32_000)); // long messages are taken again
    }));

test('with --max-memory=0 nothing is refused for memory, and all is counted', () =>
    with_server(['--max-memory=0'], async (server) => {
        const ann = await Client.login(server, 'ann');
        const bob = await Client.login(server, 'bob');
        const head = `POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nContent-Length: 1048576\r\n\r\n`;
        const held = await Promise.all(Array.from({ length: 10 }, () => Raw.connect(server.api_port)));
        for (const raw of held) raw.write(head + ' '.repeat(1048575));
        await watch(server, (samples) => samples.get('gim_waiting_bytes') >= 10 * 1048575, 'the bodies are not all held');
        await all_is_well(server, ann, bob);
        for (const raw of held) raw.write('x');
        for (const raw of held) await raw.until(({ text }) => text.startsWith('HTTP/1.1 400 '), 'an answer');
        for (const raw of held) raw.destroy();
        await expect_samples(server, { gim_waiting_bytes: 0, 'gim_requests_refused_total{reason="memory"}': 0 });
    }));
