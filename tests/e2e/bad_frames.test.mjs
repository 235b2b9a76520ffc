import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { exchange, Raw, RawWebSocket } from './support/raw.mjs';

test('an unknown op is 404 in op + 1', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        await client.refused(404, 999, {});
        await client.refused(404, op.push, {});
        await client.refused(404, 1, {});
        await client.expect(op.heartbeat);
    }));

test('a missing, wrong-typed or overlong field is a 400 that names it, and nothing is done', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server, { form: 'object' });
        const login = [[{}, /id/], [{ id: 1001 }, /id/], [{ id: '' }, /id/], [{ id: 'a:b' }, /id/], [{ id: 'ä' }, /id/]];
        login.push([{ id: 'x'.repeat(65) }, /id/], [{ id: '1', name: 5 }, /name/], [{ id: '1', name: 'x'.repeat(65) }, /name/]);
        for (const [body, field] of login) assert.match(await client.refused(400, op.login, body), field);
        await client.refused(401, op.heartbeat);

        await client.expect(op.login, { id: '1001' });
        await client.join('9999');
        const good = { type: 1, target_id: '9999', category: 'text', content: 'x' };
        const requests = [
            [op.send, { ...good, type: undefined }, /type/],
            [op.send, { ...good, type: 3 }, /type/],
            [op.send, { ...good, type: '1' }, /type/],
            [op.send, { ...good, type: 1.5 }, /type/],
            [op.send, { ...good, target_id: undefined }, /target_id/],
            [op.send, { ...good, target_id: 'a b' }, /target_id/],
            [op.send, { ...good, content: undefined }, /content/],
            [op.send, { ...good, content: null }, /content/],
            [op.send, { ...good, content: ['x'] }, /content/],
            [op.send, { ...good, category: 'x'.repeat(65) }, /category/],
            [op.join, {}, /id/],
            [op.leave, { id: 7 }, /id/],
            [op.members, { id: '9999', after: 1 }, /after/],
            [op.history, {}, /session_id/],
            [op.history, { session_id: '3:1' }, /session_id/],
            [op.history, { session_id: '2:1001' }, /session_id/],
            [op.history, { session_id: '1:9999', limit: 'ten' }, /limit/],
            [op.history, { session_id: '1:9999', before: -1 }, /before/],
            [op.history, { session_id: '1:9999', from: 'yesterday' }, /from/],
        ];
        for (const [what, body, field] of requests) assert.match(await client.refused(400, what, body), field);
        assert.deepEqual((await client.history('1:9999')).items, []);
    }));

// Each one alone is answered with op 0 and 400, and the connection goes on.
const undecodable = {
    'no JSON': 'hello',
    'half a JSON': '{"op":101,"body":',
    'an array': '[1,2,3]',
    'a number': '17',
    'no op': '{"body":{}}',
    'op as text': '{"op":"101"}',
    'op negative': '{"op":-1}',
    'op not whole': '{"op":1.5}',
    'op over its range': '{"op":18446744073709551616}',
    'seq as text': '{"op":105,"seq":"1"}',
    'seq over what JSON keeps': '{"op":105,"seq":9007199254740993}',
    'a key twice': '{"op":105,"op":103}',
    'too deep': `{"op":105,"x":${'['.repeat(500)}${']'.repeat(500)}}`,
    'NUL': '{"op":105}\u0000',
    'empty': '',
};

test('a frame that does not decode is answered with op 0 and 400; the connection goes on', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        for (const [what, text] of Object.entries(undecodable)) {
            client.socket.send(text);
            const before = client.strays.length;
            await client.until(({ strays }) => strays.length > before, `an answer to ${what}`);
            assert.deepEqual([what, client.strays.at(-1).op, client.strays.at(-1).code], [what, 0, 400]);
            await client.expect(op.heartbeat);
        }
    }));

test('what is wrong only inside a body is answered with the op and seq of the frame, in either form', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        for (const [body, msg] of [
            ['{"type":2,"target_id":"1001","content":"\\ud83d"}', 'body: not valid JSON'],
            ['"{\\"content\\":\\"\\ud83d\\"}"', 'body: not valid JSON'],
            ['"{\\"content\\":\\"\\\\ud83d\\"}"', 'body: not valid JSON'],
            ['{"type":2,"type":1}', 'type: given twice'],
            [`{"x":${'['.repeat(500)}${']'.repeat(500)}}`, 'body: nested deeper than 16'],
            ['{"type":1e999}', 'body: a number is malformed or too large'],
        ]) {
            for (let i = 0; i < 10; ++i) client.socket.send(`{"op":201,"seq":99,"body":${body}}`);
            const before = client.strays.length;
            await client.until(({ strays }) => strays.length === before + 10, `answers to ${body}`);
            for (const { op: of, seq, code, msg: why } of client.strays.slice(before)) {
                assert.deepEqual([of, seq, code, why], [202, 99, 400, msg]);
            }
            await client.expect(op.heartbeat);
        }
    }));

test('whole numbers with a point are integers, and an empty place to continue is none', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001', { form: 'object' });
        await client.join('9999');
        await client.send_room('9999', 'x');
        for (const frame of [
            '{"op":205.0,"seq":77.0,"body":{"limit":50.0,"after":""}}',
            '{"op":305,"seq":77,"body":{"id":"9999","limit":5e1,"after":""}}',
            '{"op":203,"seq":77,"body":{"session_id":"1:9999","limit":50.0,"after":0.0}}',
            '{"op":201,"seq":77,"body":{"type":1.0,"target_id":"9999","content":"y"}}',
        ]) {
            const before = client.strays.length;
            client.socket.send(frame);
            await client.until(({ strays }) => strays.length > before, `an answer to ${frame}`);
            assert.deepEqual([client.strays.at(-1).seq, client.strays.at(-1).code], [77, 0], frame);
        }
        const proto = await Client.login(server, '1002', { form: 'protobuf' });
        await proto.join('9999');
        await proto.expect(op.sessions, { after: '' });
        await proto.expect(op.members, { id: '9999', after: '' });
        for (const path of ['/v1/sessions?after=&limit=', '/v1/rooms?after=', '/v1/rooms/9999/members?limit=', '/v1/sessions/1:9999/messages?after=&limit=50.0']) {
            const { status, json } = await get(server, path, { token: client.token });
            assert.equal(status, 200, `${path}: ${json.msg}`);
        }
    }));

test('ten undecodable frames in a row close with 4504; nine and a good one do not', () =>
    with_server([], async (server) => {
        const client = await Client.login(server, '1001');
        for (let round = 0; round < 3; ++round) {
            for (let i = 0; i < 9; ++i) client.socket.send('nonsense');
            await client.expect(op.heartbeat);
        }
        assert.equal(client.strays.length, 27);
        for (let i = 0; i < 10; ++i) client.socket.send('nonsense');
        assert.equal((await client.end()).code, 4504);
        assert.ok(client.strays.every((reply) => reply.op === 0 && reply.code === 400));
    }));

test('a body of bad JSON inside a good frame is a 400 to that op', () =>
    with_server([], async (server) => {
        const client = await Client.connect(server);
        client.socket.send('{"op":101,"seq":5,"body":"{\\"id\\":"}');
        client.socket.send('{"op":101,"seq":6,"body":"[]"}');
        client.socket.send('{"op":101,"seq":7,"body":"{\\"id\\":\\"1\\",\\"id\\":\\"2\\"}"}');
        await client.until(({ strays }) => strays.length === 3, 'three answers');
        assert.deepEqual(client.strays.map(({ op, seq, code }) => [op, seq, code]), [[102, 5, 400], [102, 6, 400], [102, 7, 400]]);
    }));

test('before login a message of 4 KiB is read, after it one of 64 KiB; one byte more closes with 1009', () =>
    with_server([], async (server) => {
        const padded = (op, bytes) => {
            const frame = JSON.stringify({ op, seq: op, body: { id: '1001' } });
            return frame + ' '.repeat(bytes - frame.length);
        };
        const stranger = await RawWebSocket.connect(server);
        stranger.text(padded(101, 4 * 1024 + 1));
        assert.equal(await stranger.close_code(), 1009);

        const socket = await RawWebSocket.connect(server);
        for (const [op, bytes] of [[101, 4 * 1024], [105, 64 * 1024]]) {
            socket.text(padded(op, bytes));
            const has_seq = ({ opcode, payload }) => opcode === 1 && JSON.parse(payload).seq === op;
            const reply = await socket.await_frame(has_seq, 'a reply');
            assert.equal(JSON.parse(reply.payload).body.code, 0);
        }
        socket.text(padded(105, 64 * 1024 + 1));
        assert.equal(await socket.close_code(), 1009);
    }));

test('a declared length beyond the limit closes with 1009 before a byte of it came', () =>
    with_server([], async (server) => {
        for (const declared of [65537n, 2n ** 31n, 2n ** 32n, 2n ** 40n, 2n ** 62n]) {
            const socket = await RawWebSocket.connect(server);
            socket.send(1, '', { declared });
            assert.equal(await socket.close_code(), 1009, `${declared}`);
        }
        const last = await RawWebSocket.connect(server);
        last.send(1, '', { declared: 2n ** 63n });
        assert.ok([1002, 1009].includes(await last.close_code()));
        await Client.login(server, '1001');
    }));

test('64 fragments make a message, the 65th closes with 1008; so do endless empty ones', () =>
    with_server([], async (server) => {
        const login = '{"op":101,"seq":1,"body":{"id":"1001"}}';
        const fine = await RawWebSocket.connect(server);
        fine.send(1, login, { fin: false });
        for (let i = 0; i < 62; ++i) fine.send(0, ' ', { fin: false });
        fine.send(0, ' ');
        const reply = await fine.await_frame(({ opcode }) => opcode === 1, 'a reply');
        assert.equal(JSON.parse(reply.payload).body.code, 0);
        fine.raw.destroy();

        for (const filling of [' ', '']) {
            const socket = await RawWebSocket.connect(server);
            socket.send(1, login, { fin: false });
            for (let i = 0; i < 64; ++i) socket.send(0, filling, { fin: false });
            assert.equal(await socket.close_code(), 1008, `filled with "${filling}"`);
        }
    }));

test('fragments count together: more than 64 KiB of them closes with 1009', () =>
    with_server([], async (server) => {
        const socket = await RawWebSocket.connect(server);
        const piece = ' '.repeat(8 * 1024);
        socket.send(1, piece, { fin: false });
        for (let i = 0; i < 8; ++i) socket.send(0, piece, { fin: false });
        assert.equal(await socket.close_code(), 1009);
    }));

// RFC 6455: what each breaks is in the name.
const violations = {
    'bad UTF-8 in text (8.1)': [1007, (socket) => socket.send(1, Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
    'an overlong encoding (8.1)': [1007, (socket) => socket.send(1, Buffer.from([0x22, 0xc0, 0xaf, 0x22]))],
    'an unmasked frame (5.1)': [1002, (socket) => socket.send(1, '{"op":105}', { masked: false })],
    'a reserved bit (5.2)': [1002, (socket) => socket.send(1, '{"op":105}', { rsv: 4 })],
    'a reserved opcode (5.2)': [1002, (socket) => socket.send(3, 'x')],
    'a continuation of nothing (5.4)': [1002, (socket) => socket.send(0, 'x')],
    'a new message inside another (5.4)': [1002, (socket) => (socket.send(1, 'a', { fin: false }), socket.send(1, 'b'))],
    'a fragmented ping (5.5)': [1002, (socket) => socket.send(9, 'x', { fin: false })],
    'a ping of 126 bytes (5.5)': [1002, (socket) => socket.send(9, 'x'.repeat(126))],
    'a close of one byte (5.5.1)': [1002, (socket) => socket.send(8, 'x')],
    'a close code out of range (7.4)': [1002, (socket) => socket.send(8, Buffer.from([0x00, 0x05]))],
};
for (const [what, [code, send]] of Object.entries(violations)) {
    test(`${what} closes with ${code}`, () =>
        with_server([], async (server) => {
            const socket = await RawWebSocket.connect(server);
            send(socket);
            assert.equal(await socket.close_code(), code);
            await Client.login(server, '1001');
        }));
}

test('a client that vanishes in the middle of anything harms nobody', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        for (const bytes of ['', 'GET /ws HTT']) {
            const raw = await Raw.connect(server.gateway_port);
            raw.write(bytes);
            raw.destroy();
        }
        for (const bytes of [[], [0x81], [0x81, 0xfe, 0xff], [0x81, 0x85, 1, 2, 3, 4, 5]]) {
            const socket = await RawWebSocket.connect(server);
            socket.raw.write(Buffer.from(bytes));
            socket.raw.destroy();
        }
        await exchange(server.gateway_port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await ada.expect(op.heartbeat);
    }));
