import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { messages } from './support/protobuf.mjs';
import { RawWebSocket } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const quick = ['--message-push-duration=50ms'];
const as_protobuf = { form: 'protobuf' };

// The last message of a session that has none is null in protobuf and absent in JSON.
const in_both_forms = (value) => JSON.parse(JSON.stringify(value, (key, one) => (one === null ? undefined : one)));

test('the whole conversation in binary frames', () =>
    with_server(quick, async (server) => {
        const ada = await Client.login(server, '1001', { ...as_protobuf, name: 'Ada' });
        const bob = await Client.login(server, '1002', as_protobuf);
        assert.match(ada.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
        const { server_time } = await ada.expect(op.heartbeat);
        assert.ok(Math.abs(server_time - Date.now()) < 5000);

        const sent = await ada.send_private('1002', 'test 🦊', { category: 'picture' });
        const [item] = await bob.await_items(1);
        assert.deepEqual(item, {
            id: sent.id,
            sender: { id: '1001', name: 'Ada' },
            category: 'picture',
            content: 'test 🦊',
            sequence: 1,
            status: 0,
            created_at: sent.created_at,
        });

        const joined = await ada.join('9999');
        assert.deepEqual([joined.id, joined.session_id, joined.members], ['9999', '1:9999', 1]);
        assert.equal((await bob.join('9999')).members, 2);
        await sleep(5);
        const in_room = await ada.send_room('9999', 'to the room');
        const [room_item] = await bob.await_items(1, '1:9999');
        assert.equal(room_item.id, in_room.id);
        assert.equal(room_item.sequence, undefined, 'latest mode leaves it out');

        const { items } = await ada.expect(op.sessions, {});
        assert.deepEqual(items.map(({ id, type }) => [id, type]), [['1:9999', 1], ['2:1001:1002', 2]]);
        const history = await ada.history('1:9999', { limit: 10, after: 0 });
        assert.deepEqual([history.items[0].content, history.items[0].sequence, history.top_sequence], ['to the room', 1, 1]);
        const members = await ada.expect(op.members, { id: '9999' });
        assert.deepEqual(members.items.map(({ id, online }) => [id, online]), [['1001', true], ['1002', true]]);
        await ada.expect(op.leave, { id: '9999' });
        await ada.refused(403, op.send, { type: 1, target_id: '9999', content: 'x' });
        await ada.expect(op.logout);
        await ada.refused(401, op.heartbeat);
        for (const client of [ada, bob]) assert.ok(client.packets.every(({ form }) => form === 'protobuf'));
    }));

test('the two forms say the same', () =>
    with_server(quick, async (server) => {
        const json = await Client.login(server, '1001', { name: 'Ada' });
        const binary = await Client.login(server, '1001', as_protobuf);
        await Client.login(server, '1002');
        await json.join('9999');
        await json.join('silent');
        for (const content of ['a', 'b', 'c']) await json.send_room('9999', content);
        await json.send_private('1002', 'd');
        const requests = [
            [op.sessions, {}],
            [op.history, { session_id: '1:9999' }],
            [op.history, { session_id: '1:9999', after: 1, limit: 1 }],
            [op.history, { session_id: '2:1002:1001', before: 5 }],
            [op.members, { id: '9999' }],
        ];
        for (const [what, body] of requests) {
            assert.deepEqual(in_both_forms(await binary.expect(what, body)), in_both_forms(await json.expect(what, body)));
        }
    }));

test('a room of all three forms: each member is pushed in the form of its login', () =>
    with_server([...quick, '--enable-message-sequence'], async (server) => {
        const members = [];
        for (const form of ['text', 'object', 'protobuf']) {
            members.push(await Client.login(server, `user-${form}`, { form }));
            await members.at(-1).join('9999');
        }
        for (const member of members) await member.send_room('9999', `from ${member.form}`);
        for (const member of members) {
            await member.await_items(3, '1:9999');
            assert.ok(member.packets.every(({ form }) => form === member.form));
            assert.deepEqual(member.items('1:9999'), members[0].items('1:9999'));
            await member.send_private('user-text', 'private');
        }
        await members[0].await_items(1, '2:user-protobuf:user-text');
    }));

test('forms mix on one connection: the answer has the form of the request, the push that of the login', () =>
    with_server(quick, async (server) => {
        const client = await Client.login(server, '1001');
        client.form = 'protobuf';
        const reply = await client.request(op.join, { id: '9999' });
        assert.deepEqual([reply.code, reply.form], [0, 'protobuf']);
        client.form = 'object';
        assert.equal((await client.request(op.send, { type: 1, target_id: '9999', content: 'x' })).form, 'object');
        await client.await_items(1);
        assert.equal(client.packets[0].form, 'text');
    }));

test('errors name the field in protobuf too', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server, as_protobuf);
        await client.refused(401, op.heartbeat);
        assert.match(await client.refused(400, op.login, {}), /id/);
        assert.match(await client.refused(400, op.login, { id: 'a:b' }), /id/);
        await client.expect(op.login, { id: '1001' });
        assert.match(await client.refused(400, op.send, { target_id: '1', content: 'x' }), /type/);
        assert.match(await client.refused(400, op.send, { type: 2, target_id: '1' }), /content/);
        assert.match(await client.refused(413, op.send, { type: 2, target_id: '1', content: 'x'.repeat(32769) }), /content/);
        assert.match(await client.refused(400, op.history, { session_id: '1:9999', limit: 301 }), /limit/);
        await client.refused(404, op.send, { type: 2, target_id: 'nobody', content: 'x' });
        await client.refused(404, 999);
    }));

test('content that is not UTF-8 is refused; a binary frame that is no Frame is answered with op 0', () =>
    with_server([], async (server) => {
        await Client.login(server, '1001');
        const { Frame, Reply, LoginRequest, SendRequest } = messages();
        const socket = await RawWebSocket.connect(server);
        const answers = () =>
            socket.frames.filter(({ opcode }) => opcode === 2).map(({ payload }) => {
                const { op: answered, body } = Frame.decode(payload);
                return [answered, Reply.decode(body).code];
            });
        const login = LoginRequest.encode({ id: '1002' }).finish();
        socket.send(2, Frame.encode({ op: op.login, body: login }).finish());
        const text = Buffer.from(SendRequest.encode({ type: 2, target_id: '1001', content: 'AAAA' }).finish());
        text.set([0xc3, 0x28], text.indexOf('AAAA'));
        socket.send(2, Frame.encode({ op: op.send, body: text }).finish());
        socket.send(2, Buffer.from([0xff, 0xff, 0xff]));
        await socket.raw.until(() => answers().length === 3, 'three answers');
        assert.deepEqual(answers(), [[102, 0], [202, 400], [0, 400]]);
        for (let i = 0; i < 9; ++i) socket.send(2, Buffer.from([0xff]));
        assert.equal(await socket.close_code(), 4504);
    }));

test('--message-protocol=proto changes nothing for who logs in with JSON', () =>
    with_server([...quick, '--message-protocol=proto'], async (server) => {
        const client = await Client.login(server, '1001');
        await client.join('9999');
        await client.send_room('9999', 'x');
        await client.await_items(1);
        assert.equal(client.packets[0].form, 'text');
    }));
