// One gim on a Redis: what it keeps outlives the process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Nodes, with_nodes } from './support/nodes.mjs';
import { op } from './support/ops.mjs';
import { node_flags } from './support/redis_faults.mjs';
import { with_redis } from './support/redis_server.mjs';
import { call } from './support/api.mjs';
import { sleep } from './support/time.mjs';

for (const [how, end] of Object.entries({
    'a restart': (nodes, node) => nodes.stop(node),
    'kill -9': (nodes, node) => nodes.kill(node),
})) {
    test(`messages, rooms, users and request ids outlive ${how}`, () =>
        with_redis({}, (redis) =>
            with_nodes(1, redis, [...node_flags, '--gateway-worker=3'], async (nodes) => {
                const [old] = nodes.list;
                const ada = await Client.login(old, 'ada', { name: 'Ada' });
                const bob = await Client.login(old, 'bob');
                for (const client of [ada, bob]) await client.join('r');
                const first = await ada.send_room('r', 'one', { request_id: 'n1' });
                await bob.await_items(1, '1:r');
                bob.socket.terminate();
                const second = await ada.send_room('r', 'two', { request_id: 'n2' });
                const to_bob = await ada.send_private('bob', 'psst', { request_id: 'n3' });
                const { epoch } = await ada.history('1:r');
                await end(nodes, old);

                const now = await nodes.start('--gateway-worker=1');
                const bob_again = await Client.login(now, 'bob');
                const missed = await bob_again.history('1:r', { after: first.sequence });
                assert.equal(missed.epoch, epoch);
                assert.deepEqual(missed.items.map((m) => [m.id, m.sequence, m.content, m.sender.name]), [[second.id, second.sequence, 'two', 'Ada']]);
                const { items } = await bob_again.expect(op.sessions, {});
                assert.deepEqual(items.map((one) => [one.id, one.last_message.content]), [['2:ada:bob', 'psst'], ['1:r', 'two']]);

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
                const third = await ada_again.send_room('r', 'three');
                assert.equal(third.sequence, second.sequence + 1);
                await bob_again.until(() => bob_again.contents('1:r').includes('three'), 'the next message');
            }),
        ));
}

test('a user whom a back end has made known exists on every node, before the first login', () =>
    with_redis({}, (redis) =>
        with_nodes(2, redis, [...node_flags, '--api-key=game=a-secret-of-the-redis-tests'], async (nodes) => {
            const [one, other] = nodes.list;
            const headers = { 'X-API-Key': 'a-secret-of-the-redis-tests' };
            const status_of = async (node) => (await call(node, 'GET', '/v1/users/cleo', { headers })).status;
            assert.equal(await status_of(one), 404);
            assert.equal((await call(one, 'PUT', '/v1/rooms/match/members/cleo', { headers })).status, 200);
            assert.deepEqual([await status_of(one), await status_of(other)], [200, 200]);
            const ada = await Client.login(other, 'ada');
            await ada.send_private('cleo', 'welcome');
            const cleo = await Client.login(one, 'cleo', { name: 'Cleo' });
            assert.deepEqual((await cleo.history('2:ada:cleo')).items.map(({ content }) => content), ['welcome']);
            assert.equal((await call(one, 'PUT', '/v1/rooms/other/members/cleo', { headers })).status, 200);
            assert.equal((await call(other, 'GET', '/v1/users/cleo', { headers })).json.data.name, 'Cleo');
        }),
    ));

test('whoever logs in now and then, for a moment, is not forgotten', () =>
    with_redis({}, (redis) =>
        with_nodes(1, redis, node_flags, async ({ list: [node] }) => {
            const ada = await Client.login(node, 'ada', { name: 'Ada' });
            await ada.join('r');
            await Client.login(node, 'bob');
            await ada.send_private('bob', 'hi');
            ada.socket.terminate();
            for (const how of [{}, { name: 'Ada' }]) {
                const keys = ['name', 'rooms', 'private'].map((what) => `gim:{u:ada}:${what}`);
                for (const key of keys) assert.equal(await redis.command('PEXPIRE', key, 1_000_000), 1);
                const again = await Client.login(node, 'ada', how);
                for (const key of keys) assert.ok((await redis.command('PTTL', key)) > 1_000_000, key);
                again.socket.terminate();
            }
        }),
    ));

test('services with different prefixes share a Redis and nothing else', () =>
    with_redis({}, (redis) =>
        with_nodes(1, redis, [...node_flags, '--redis-prefix=chat:'], (chats) =>
            with_nodes(1, redis, [...node_flags, '--redis-prefix=game:'], async (games) => {
                const chat = await Client.login(chats.list[0], 'ada');
                const game = await Client.login(games.list[0], 'ada');
                for (const client of [chat, game]) await client.join('r');
                await chat.send_room('r', 'chat');
                const { sequence } = await game.send_room('r', 'game');
                assert.equal(sequence, 1);
                await chat.await_items(1);
                await game.await_items(1);
                await sleep(200); // for what must not come
                assert.deepEqual([chat.contents(), game.contents()], [['chat'], ['game']]);
                await game.send_room('r', 'more');
                await game.refused(404, op.send, { type: 2, target_id: 'bob', content: 'x' });
                const keys = await redis.command('KEYS', '*');
                assert.ok(keys.length > 0 && keys.every((key) => /^(chat|game):/.test(key)), keys.join(' '));
            }),
        ),
    ));

test('without Redis it starts, says so and answers 503; when Redis comes it is there', () =>
    with_redis({}, async (redis) => {
        await redis.kill();
        const nodes = new Nodes(redis, node_flags);
        try {
            const node = await nodes.start();
            const ada = await Client.connect(node);
            assert.match(await ada.refused(503, op.login, { id: 'ada' }), /storage unavailable/);
            assert.equal((await call(node, 'GET', '/v1/rooms', { token: 'x' })).status, 401);
            await redis.restart();
            // Each worker has a connection of its own, which is there sooner or later.
            for (const [asked, body] of [[op.login, { id: 'ada' }], [op.join, { id: 'r' }], [op.send, { type: 1, target_id: 'r', content: 'hello' }]]) {
                let code = 503;
                for (; code === 503; await sleep(50)) ({ code } = await ada.request(asked, body));
                assert.equal(code, 0);
            }
            await ada.await_items(1);
            await nodes.stop_all();
        } finally {
            await nodes.kill_all();
        }
    }));
