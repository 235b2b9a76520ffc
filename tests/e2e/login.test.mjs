import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { RawWebSocket } from './support/raw.mjs';

test('login gives a token, the user and the time; the name is the id until one is given', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server);
        const before = Date.now();
        const first = await client.expect(op.login, { id: '1001' });
        assert.deepEqual(first.user, { id: '1001', name: '1001' });
        assert.match(first.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
        assert.ok(first.server_time >= before - 1000 && first.server_time <= Date.now() + 1000);
        const named = await client.expect(op.login, { id: '1001', name: 'Ada 🦊' });
        assert.deepEqual(named.user, { id: '1001', name: 'Ada 🦊' });
        const again = await client.expect(op.login, { id: '1001' });
        assert.equal(again.user.name, 'Ada 🦊', 'a name is kept');
    }));

test('the heartbeat answers with the time, and is refused before login', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server);
        await client.refused(401, op.heartbeat);
        await client.expect(op.login, { id: '1001' });
        const { server_time } = await client.expect(op.heartbeat);
        assert.ok(Math.abs(server_time - Date.now()) < 5000);
    }));

test('without login every other op gets 401', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server);
        await client.refused(401, op.logout);
        await client.refused(401, op.send, { type: 2, target_id: '1', category: 'text', content: 'x' });
        await client.refused(401, op.history, { session_id: '1:9999' });
        await client.refused(401, op.sessions, {});
        await client.refused(401, op.join, { id: '9999' });
        await client.refused(401, op.leave, { id: '9999' });
        await client.refused(401, op.members, { id: '9999' });
    }));

test('login again renews the token; as another user it is 409 until logout', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        const { token } = await client.expect(op.login, { id: '1001' });
        assert.equal((await get(server, '/v1/users/1001', { token })).status, 200);
        await client.refused(409, op.login, { id: '1002' });
        await client.expect(op.heartbeat);
        await client.expect(op.logout);
        const { user } = await client.expect(op.login, { id: '1002' });
        assert.equal(user.id, '1002');
    }));

test('after logout the connection stays, gets 401, and is pushed nothing more', () =>
    with_server([], async (server) => {
        const receiver = await Client.login(server, '1002');
        const other_device = await Client.login(server, '1002');
        const sender = await Client.login(server, '1001');
        await receiver.expect(op.logout);
        await receiver.refused(401, op.heartbeat);
        await sender.send_private('1002', 'after logout');
        await other_device.await_items(1);
        await receiver.refused(401, op.heartbeat);
        assert.deepEqual(receiver.packets, []);
    }));

test('replies carry the seq of their request, also when requests are pipelined', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        await client.join('room');
        const wanted = Array.from({ length: 50 }, (_, i) => ({ type: 1, target_id: 'room', category: 'text', content: `${i}` }));
        const replies = await Promise.all(wanted.map((body) => client.expect(op.send, body)));
        assert.deepEqual(replies.map((reply) => reply.sequence), Array.from({ length: 50 }, (_, i) => i + 1));
    }));

test('seq may be 0 or absent', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server);
        client.socket.send('{"op":101,"body":"{\\"id\\":\\"1001\\"}"}');
        client.socket.send('{"op":105,"seq":0}');
        await client.until(({ strays }) => strays.length === 2, 'two replies');
        assert.deepEqual(client.strays.map((reply) => [reply.op, reply.code]), [[102, 0], [106, 0]]);
        assert.deepEqual(client.strays.map((reply) => reply.seq ?? 0), [0, 0]);
    }));

test('a body in a string is answered in a string, an object with an object', () =>
    with_server([], async (server) => {
        for (const form of ['text', 'object']) {
            const client = await Client.connect(server, { form });
            assert.equal((await client.request(op.login, { id: form })).form, form);
            assert.equal((await client.request(op.sessions, {})).form, form);
            assert.equal((await client.request(op.heartbeat)).form, form, 'without a body, as the login was');
        }
    }));

test('every path takes the upgrade', () =>
    with_server([], async (server) => {
        for (const path of ['/', '/ws', '/some/where?x=1']) {
            const client = await Client.login(server, '1001', { url: `ws://127.0.0.1:${server.gateway_port}${path}` });
            await client.close();
        }
    }));

test('a close is answered with the same code, a ping with its payload, and text may come in fragments', () =>
    with_server([], async (server) => {
        const socket = await RawWebSocket.connect(server);
        socket.send(9, 'are you there');
        const pong = await socket.await_frame(({ opcode }) => opcode === 10, 'a pong');
        assert.equal(pong.payload.toString(), 'are you there');

        const login = '{"op":101,"seq":7,"body":{"id":"1001"}}';
        socket.send(1, login.slice(0, 10), { fin: false });
        socket.send(9, 'between fragments');
        socket.send(0, login.slice(10, 20), { fin: false });
        socket.send(0, login.slice(20));
        const reply = await socket.await_frame(({ opcode }) => opcode === 1, 'a reply');
        assert.equal(JSON.parse(reply.payload.toString()).seq, 7);

        socket.send(8, Buffer.from([0x03, 0xe8]));
        assert.equal(await socket.close_code(), 1000);
    }));
