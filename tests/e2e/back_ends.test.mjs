// What back ends do over HTTP with an API key, and what users see of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';
const flags = [`--api-key=game=${secret}`, '--message-push-duration=20ms'];
const key = { 'X-API-Key': secret };

const ask = (server, method, path, body) => call(server, method, path, { headers: { ...key }, body });

async function done(server, method, path, body) {
    const { status, json } = await ask(server, method, path, body);
    assert.deepEqual([method, path, status, json?.code], [method, path, 200, 0], JSON.stringify(json));
    return json.data;
}

const counter = async (server, name) => (await done(server, 'GET', '/v1/counters')).counters[name];

test('a back end sends to a room and to users, as anybody and as the system', () =>
    with_server(flags, async (server) => {
        const [ada, bob] = [await Client.login(server, 'ada', { name: 'Ada' }), await Client.login(server, 'bob')];
        await ada.join('lobby');
        const post = (more) => done(server, 'POST', '/v1/messages', { category: 'text', content: 'x', ...more });
        const to_room = { type: 1, target_id: 'lobby' };
        await post({ ...to_room, content: 'from the system' });
        await post({ ...to_room, content: 'as bob', sender: { id: 'bob' } });
        await post({ ...to_room, content: 'as a dragon', sender: { id: 'npc-7', name: 'Dragon' } });
        const items = await ada.await_items(3, '1:lobby');
        assert.deepEqual(
            items.map(({ sender, content }) => [content, sender]),
            [
                ['from the system', { id: 'system', name: 'system' }],
                ['as bob', { id: 'bob', name: 'bob' }],
                ['as a dragon', { id: 'npc-7', name: 'Dragon' }],
            ],
        );
        assert.equal((await post({ type: 2, target_id: 'bob' })).session_id, '2:bob:system');
        await bob.await_items(1, '2:bob:system');
        await post({ type: 2, target_id: 'bob', sender: { id: 'ada' } });
        await bob.await_items(1, '2:ada:bob');
        await ada.await_items(1, '2:ada:bob');

        const forged = { ...to_room, content: 'x', sender: { id: 'bob' } };
        assert.equal((await call(server, 'POST', '/v1/messages', { token: ada.token, body: forged })).status, 403);
        assert.match(await ada.refused(404, op.send, { type: 2, target_id: 'system', content: 'x' }), /no such user/);
        const stranger = await Client.connect(server);
        assert.match(await stranger.refused(403, op.login, { id: 'system' }), /back ends/);
    }));

test('one call sends to a thousand targets, with a result for each', () =>
    with_server(flags, async (server) => {
        const ada = await Client.login(server, 'ada');
        const rooms = Array.from({ length: 990 }, (_, i) => `r${i}`);
        for (const id of ['r0', 'r989']) await ada.join(id);
        await Promise.all([1, 500].map((i) => done(server, 'PUT', `/v1/rooms/r${i}`)));
        const targets = [...rooms.map((target_id) => ({ type: 1, target_id })), ...Array(10).fill({ type: 2, target_id: 'ada' })];
        const { items, failed } = await done(server, 'POST', '/v1/messages/batch', { content: 'to all', targets });
        assert.equal(items.length, 1000);
        assert.equal(failed, 1000 - 4 - 10);
        const reached = items.flatMap(({ code, data }, i) => (code === 0 ? [[i, data.session_id]] : []));
        assert.deepEqual(reached.slice(0, 5), [[0, '1:r0'], [1, '1:r1'], [500, '1:r500'], [989, '1:r989'], [990, '2:ada:system']]);
        await ada.await_items(12);
        assert.deepEqual(ada.items('2:ada:system').map(({ sequence }) => sequence), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert.equal((await ask(server, 'POST', '/v1/messages/batch', { content: 'x', targets: [...targets, targets[0]] })).status, 400);
    }));

test('a back end makes a room, fills it, puts one out and dismisses it', () =>
    with_server(flags, async (server) => {
        assert.deepEqual(await done(server, 'PUT', '/v1/rooms/match'), { id: 'match', session_id: '1:match', title: 'match', members: 0, connections: 0 });
        // Cleo is put in before she has ever logged in.
        for (const id of ['ada', 'cleo']) await done(server, 'PUT', `/v1/rooms/match/members/${id}`);
        const [ada, phone, cleo] = [await Client.login(server, 'ada'), await Client.login(server, 'ada'), await Client.login(server, 'cleo')];
        const say = (content) => done(server, 'POST', '/v1/messages', { type: 1, target_id: 'match', content });
        await say('begin');
        for (const client of [ada, phone, cleo]) await client.await_items(1);
        assert.equal((await cleo.expect(op.members, { id: 'match' })).total, 2);

        await done(server, 'DELETE', '/v1/rooms/match/members/ada');
        await say('without ada');
        await cleo.await_items(2);
        assert.deepEqual([ada.contents(), phone.contents()], [['begin'], ['begin']]);
        await ada.refused(403, op.send, { type: 1, target_id: 'match', content: 'x' });
        assert.equal((await ask(server, 'DELETE', '/v1/rooms/match/members/ada')).status, 404);

        assert.deepEqual(await done(server, 'DELETE', '/v1/rooms/match'), { members: 1 });
        assert.equal((await ask(server, 'DELETE', '/v1/rooms/match')).status, 404);
        await cleo.refused(404, op.history, { session_id: '1:match' });
        await cleo.refused(404, op.send, { type: 1, target_id: 'match', content: 'x' });
        assert.deepEqual((await cleo.expect(op.sessions)).items, []);
        // Another room of that id: its sequences go on, so that nobody takes new messages for old ones.
        await ada.join('match');
        await say('anew');
        await ada.await_items(2);
        assert.deepEqual((await ada.history('1:match')).items.map(({ content, sequence }) => [content, sequence]), [['anew', 3]]);
        assert.deepEqual(cleo.contents(), ['begin', 'without ada']);
    }));

test('a user whom a back end has made known exists for all, before the first login', () =>
    with_server([...flags, '--gateway-worker=3'], async (server) => {
        await done(server, 'PUT', '/v1/rooms/match/members/cleo');
        assert.deepEqual(await done(server, 'GET', '/v1/users/cleo'), { id: 'cleo', name: 'cleo', online: false });
        const ada = await Client.login(server, 'ada');
        await ada.send_private('cleo', 'welcome');
        // So does a sender that has never logged in.
        await done(server, 'POST', '/v1/messages', { type: 2, target_id: 'ada', category: 'text', content: 'hi', sender: { id: 'npc', name: 'Dragon' } });
        await ada.send_private('npc', 'hello');
        assert.equal((await done(server, 'GET', '/v1/users/npc')).name, 'Dragon');
        const cleo = await Client.login(server, 'cleo', { name: 'Cleo' });
        assert.deepEqual((await cleo.history('2:ada:cleo')).items.map(({ content }) => content), ['welcome']);
        await done(server, 'PUT', '/v1/rooms/other/members/cleo');
        assert.deepEqual(await done(server, 'GET', '/v1/users/cleo'), { id: 'cleo', name: 'Cleo', online: true });
    }));

test('a disconnected user loses every connection with 4503, others none', () =>
    with_server([...flags, '--gateway-worker=4'], async (server) => {
        const bob = await Client.login(server, 'bob');
        const devices = await Promise.all([1, 2, 3, 4, 5, 6].map(() => Client.login(server, 'ada')));
        assert.deepEqual(await done(server, 'DELETE', '/v1/users/ada/connections'), { connections: 6 });
        for (const device of devices) assert.equal((await device.end()).code, 4503);
        assert.deepEqual(await done(server, 'DELETE', '/v1/users/ada/connections'), { connections: 0 });
        assert.equal((await done(server, 'GET', '/v1/users/ada')).online, false);
        await bob.expect(op.heartbeat);
        assert.equal(await counter(server, 'close_kicked'), 6);
        await Client.login(server, 'ada');
    }));

test('a login beyond the limit of connections closes the oldest with 4502', () =>
    with_server([...flags, '--max-connections-per-user=2', '--gateway-worker=3'], async (server) => {
        const bob = await Client.login(server, 'bob');
        const devices = [];
        for (let i = 0; i < 5; ++i) devices.push(await Client.login(server, 'ada'));
        for (const device of devices.slice(0, 3)) assert.equal((await device.end()).code, 4502);
        await bob.send_private('ada', 'hi');
        for (const device of devices.slice(3)) await device.await_items(1);
        assert.equal(await counter(server, 'close_replaced'), 3);
        await bob.expect(op.heartbeat);
    }));

test('without the key nothing can be administrated, and tries are counted', () =>
    with_server(flags, async (server) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('lobby');
        const tries = [
            ['PUT', '/v1/rooms/x'],
            ['DELETE', '/v1/rooms/lobby'],
            ['PUT', '/v1/rooms/x/members/ada'],
            ['DELETE', '/v1/rooms/lobby/members/ada'],
            ['DELETE', '/v1/users/ada/connections'],
            ['GET', '/v1/counters'],
            ['POST', '/v1/messages/batch'],
        ];
        const wrong = [{}, { 'X-API-Key': 'wrong-wrong-wrong' }, { 'X-API-Key': secret.slice(0, -1) }, { Authorization: `Bearer ${secret}x` }];
        for (const [method, path] of tries) {
            for (const headers of wrong) assert.equal((await call(server, method, path, { headers })).status, 401, path);
            assert.equal((await call(server, method, `${path}?token=${secret}`)).status, 401, path);
            assert.equal((await call(server, method, path, { token: ada.token })).status, 403, path);
        }
        assert.equal((await ask(server, 'GET', '/v1/sessions')).status, 403, 'it is nobody');
        assert.equal((await ada.expect(op.members, { id: 'lobby' })).total, 1);
        assert.equal(await counter(server, 'api_key_refused'), 2 * tries.length);
    }));

test('a back end reads every session, a user only their own', () =>
    with_server(flags, async (server) => {
        const [ada, eve] = [await Client.login(server, 'ada'), await Client.login(server, 'eve')];
        await Client.login(server, 'bob');
        await ada.join('lobby');
        await ada.send_room('lobby', 'in the room');
        await ada.send_private('bob', 'private');
        for (const path of ['/v1/sessions/1:lobby/messages', '/v1/sessions/2:ada:bob/messages', '/v1/rooms/lobby/members']) {
            assert.equal((await get(server, path, { token: eve.token })).status, 403);
            assert.equal((await done(server, 'GET', path)).items.length, 1);
        }
    }));

test('keys come from a file, and no secret is ever logged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gim-keys-'));
    try {
        const file = join(folder, 'keys');
        writeFileSync(file, `# the game\ngame=${secret}\nshop=another-secret-of-these-tests\n`);
        await with_server([`--api-key-file=${file}`, '--log-level=trace'], async (server) => {
            await done(server, 'PUT', '/v1/rooms/lobby');
            const url = `http://127.0.0.1:${server.api_port}/v1/counters`;
            const bearer = 'Authorization: Bearer another-secret-of-these-tests';
            const { stdout } = await promisify(execFile)('curl', ['-sS', '-m', '10', '-H', bearer, '-H', 'trace: seen', url]);
            assert.equal(JSON.parse(stdout).data.counters.api_key_refused, 0);
            await call(server, 'GET', '/v1/counters', { headers: { 'X-API-Key': 'a-wrong-secret-of-these' } });
            await server.process.line(/seen/);
            assert.doesNotMatch(server.process.stderr, /secret-of/);
        });
        writeFileSync(file, 'game=secret-short\n');
        for (const args of [[`--api-key-file=${file}`], ['--api-key=game=secret-short'], ['--api-key=secret-of-no-name']]) {
            const { code, stderr } = await run_gim(args);
            assert.equal(code, 2);
            assert.match(stderr, /^gim: --api-key.*\n$/);
            assert.doesNotMatch(stderr, /secret-/);
        }
    } finally {
        rmSync(folder, { recursive: true });
    }
});
