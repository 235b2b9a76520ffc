import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { RawWebSocket } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const flags = ['--heartbeat-interval=1s'];

test('a connection from which nothing comes, not even a pong, is closed with 4004', () =>
    with_server(flags, async (server) => {
        const mute = await RawWebSocket.connect(server);
        mute.text({ op: op.login, body: { id: '1001' } });
        await mute.await_frame(({ opcode }) => opcode === 1, 'the reply to the login');
        const begin = Date.now();
        assert.equal(await mute.close_code(), 4004);
        const took = Date.now() - begin;
        assert.ok(took >= 800 && took <= 6000, `after ${took} ms`);
        assert.ok(mute.frames.some(({ opcode }) => opcode === 9), 'it was pinged before');
    }));

test('a connection that only answers pings stays', () =>
    with_server(flags, async (server) => {
        const client = await Client.login(server, '1001');
        for (let tries = 0; client.pings < 3; ++tries) {
            assert.ok(tries < 200, `${client.pings} pings`);
            await sleep(50);
        }
        await client.expect(op.heartbeat);
    }));

test('a connection that only sends heartbeats stays, without a single pong', () =>
    with_server(flags, async (server) => {
        const socket = await RawWebSocket.connect(server);
        socket.text({ op: op.login, body: { id: '1001' } });
        for (let i = 0; i < 12; ++i) {
            await sleep(250);
            socket.text({ op: op.heartbeat, seq: i + 1 });
        }
        await socket.raw.until(() => socket.frames.filter(({ opcode }) => opcode === 1).length === 13, '12 heartbeats');
        assert.ok(!socket.frames.some(({ opcode }) => opcode === 8));
        socket.raw.destroy();
    }));

test('a user whose only connection died is a member still, and offline', () =>
    with_server(flags, async (server) => {
        const ada = await Client.login(server, '1001');
        const mute = await RawWebSocket.connect(server);
        mute.text({ op: op.login, seq: 1, body: { id: '1002' } });
        mute.text({ op: op.join, seq: 2, body: { id: '9999' } });
        await ada.join('9999');
        assert.equal(await mute.close_code(), 4004);
        for (let tries = 0; ; ++tries) {
            const { items } = await ada.expect(op.members, { id: '9999' });
            assert.deepEqual(items.map((member) => member.id), ['1001', '1002']);
            if (!items[1].online) break;
            assert.ok(tries < 100, 'still online');
            await sleep(50);
        }
    }));
