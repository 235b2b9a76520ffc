import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { RawWebSocket } from './support/raw.mjs';

test('a client that asks too fast gets every answer in order, later; the others are answered at once', () =>
    with_server(['--max-requests=50', '--max-requests-burst=100'], async (server) => {
        const ada = await Client.login(server, 'ada');
        const bob = await Client.login(server, 'bob');
        await ada.join('r');
        await bob.join('r');
        const begin = Date.now();
        const sends = Array.from({ length: 198 }, (_, i) => ada.send_room('r', `${i}`));
        let is_done = false;
        Promise.all(sends).then(() => (is_done = true));
        for (let i = 0; i < 20; ++i) await bob.expect(op.heartbeat);
        assert.ok(!is_done, 'bob need not wait for ada');
        const replies = await Promise.all(sends);
        assert.deepEqual(replies.map((reply) => reply.sequence), Array.from({ length: 198 }, (_, i) => i + 1));
        // 100 at once, 100 at 50 a second.
        assert.ok(Date.now() - begin >= 1900, `after ${Date.now() - begin} ms`);
    }));

test('a flood without a break is closed with 4002 and told why', () =>
    with_server(['--max-requests=50', '--max-requests-burst=10', '--max-requests-patience=1s'], async (server) => {
        const flood = await RawWebSocket.connect(server);
        for (let i = 0; i < 2000; ++i) flood.text('{"op":105}');
        const close = await flood.await_frame(({ opcode }) => opcode === 8, 'a close frame');
        assert.equal(close.payload.readUInt16BE(0), 4002);
        assert.match(String(close.payload.subarray(2)), /too many requests a second for too long: send fewer/);
        assert.ok(flood.frames.length < 200, 'it was held to the rate');
        flood.raw.destroy();
    }));
