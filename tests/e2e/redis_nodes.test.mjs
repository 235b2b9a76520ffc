// Several gim on one Redis are one service, also when some of them come, go and die.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_nodes } from './support/nodes.mjs';
import { op } from './support/ops.mjs';
import { close_codes, node_flags, under_traffic } from './support/redis_faults.mjs';
import { with_redis } from './support/redis_server.mjs';
import { sleep } from './support/time.mjs';

// Runs `body([node, ...], redis)` with so many nodes on a Redis of their own.
const on_nodes = (count, body, flags = node_flags) =>
    with_redis({}, (redis) => with_nodes(count, redis, flags, (nodes) => body(nodes.list, redis)));

test('users on different nodes are in the same room, and write to each other', () =>
    on_nodes(3, async ([one, two, three]) => {
        const [ada, bob, cleo] = [await Client.login(one, 'ada', { name: 'Ada' }), await Client.login(two, 'bob'), await Client.login(three, 'cleo')];
        for (const client of [ada, bob, cleo]) await client.join('r');
        const said = [];
        for (const client of [ada, bob, cleo, ada]) said.push(await client.send_room('r', `from ${client.id}`));
        assert.deepEqual(said.map(({ sequence }) => sequence), [1, 2, 3, 4]);
        for (const client of [ada, bob, cleo]) {
            const items = await client.await_items(4, '1:r');
            assert.deepEqual(items.map(({ id, sequence }) => [id, sequence]), said.map(({ id, sequence }) => [id, sequence]));
            assert.deepEqual(items.map(({ content }) => content), ['from ada', 'from bob', 'from cleo', 'from ada']);
            assert.equal(items[0].sender.name, 'Ada');
        }
        const { total } = await bob.expect(op.members, { id: 'r' });
        assert.equal(total, 3);

        await ada.send_private('cleo', 'psst');
        const [whispered] = await cleo.await_items(1, '2:ada:cleo');
        assert.deepEqual([whispered.content, whispered.sender.name], ['psst', 'Ada']);
        const { items } = await cleo.expect(op.sessions, {});
        assert.deepEqual(items.map(({ id }) => id).sort(), ['1:r', '2:ada:cleo']);
        const pages = await Promise.all([ada, cleo].map((client) => client.history('2:ada:cleo')));
        assert.deepEqual(pages[0], pages[1]);
    }));

test('a user with devices on different nodes is pushed everything on each, and nothing after leaving', () =>
    on_nodes(2, async ([one, two]) => {
        const phone = await Client.login(one, 'ada');
        const desk = await Client.login(two, 'ada');
        const bob = await Client.login(two, 'bob');
        await bob.join('r');
        await phone.join('r');
        // The other node hears of it, as soon as it can.
        for (let tries = 0; desk.items('1:r').length === 0; ++tries) {
            assert.ok(tries < 100, 'the other node never hears of it');
            await bob.send_room('r', 'hello');
            await sleep(50);
        }
        await phone.send_private('bob', 'psst');
        await desk.await_items(1, '2:ada:bob');
        assert.deepEqual(phone.items('2:ada:bob'), []);
        await bob.send_private('ada', 'what?');
        await Promise.all([phone, desk].map((device) => device.until(() => device.contents('2:ada:bob').includes('what?'), 'the answer')));

        await desk.expect(op.leave, { id: 'r' });
        // So does it of this: sooner or later they hear nothing more.
        const heard = () => [phone, desk].flatMap((device) => device.contents('1:r'));
        for (let n = 0; ; ++n) {
            await bob.send_room('r', `is anybody there? ${n}`);
            await bob.until(() => bob.contents('1:r').includes(`is anybody there? ${n}`), 'the own message');
            await sleep(200); // for what must not come
            if (!heard().includes(`is anybody there? ${n}`)) break;
            assert.ok(n < 50, 'who has left hears all of it');
        }
        await phone.refused(403, op.send, { type: 1, target_id: 'r', content: 'x' });
    }));

test('who joins and leaves on different nodes at once is either in the room, and it is listed, or not', () =>
    on_nodes(
        2,
        async (nodes, redis) => {
            const [phone, desk] = [await Client.login(nodes[0], 'ada'), await Client.login(nodes[1], 'ada')];
            const rooms = Array.from({ length: 600 }, (_, n) => `r${n}`);
            for (const id of rooms) {
                await phone.join(id);
                await Promise.all([phone.request(op.leave, { id }), desk.join(id)]);
            }
            const unlisted = async () => {
                const listed = await redis.command('HKEYS', 'gim:{u:ada}:rooms');
                const is_in = await Promise.all(rooms.map((id) => redis.command('ZSCORE', `gim:{1:${id}}:members`, 'ada')));
                return rooms.filter((id, n) => is_in[n] !== null && !listed.includes(id));
            };
            // A node that heard of it may still be about to put it right.
            for (let tries = 0; tries < 200 && (await unlisted()).length > 0; ++tries) await sleep(50);
            assert.deepEqual(await unlisted(), []);
        },
        [...node_flags, '--max-rooms-per-user=0'],
    ));

test('copies of a request that race on different nodes are one message', () =>
    on_nodes(2, async (nodes) => {
        const senders = await Promise.all(Array.from({ length: 6 }, (_, i) => Client.login(nodes[i % 2], 'ada')));
        const bob = await Client.login(nodes[1], 'bob');
        await senders[0].join('r');
        await bob.join('r');
        for (let n = 0; n < 50; ++n) {
            const request = { request_id: `q${n}` };
            const answers = await Promise.all(senders.map((sender) => sender.send_room('r', `m${n}`, request)));
            for (const answer of answers) assert.deepEqual(answer, answers[0]);
        }
        await bob.await_items(50, '1:r');
        const page = await bob.history('1:r', { after: 0, limit: 300 });
        assert.deepEqual(page.items.map(({ content }) => content), Array.from({ length: 50 }, (_, n) => `m${n}`));
        assert.deepEqual(bob.contents('1:r'), page.items.map(({ content }) => content));
    }));

test('what a back end says to one node happens on all', () =>
    on_nodes(
        2,
        async ([one, two]) => {
            const headers = { 'X-API-Key': '0123456789abcdef' };
            const ada = await Client.login(one, 'ada');
            const bob = await Client.login(two, 'bob');
            await ada.join('r');
            assert.equal((await call(two, 'PUT', '/v1/rooms/r/members/bob', { headers })).status, 200);
            const sent = await call(two, 'POST', '/v1/messages', { headers, body: { type: 1, target_id: 'r', content: 'begin' } });
            assert.equal(sent.status, 200);
            await Promise.all([ada, bob].map((client) => client.await_items(1, '1:r')));
            assert.equal((await call(one, 'DELETE', '/v1/rooms/r', { headers })).status, 200);
            await bob.refused(404, op.send, { type: 1, target_id: 'r', content: 'x' });
            await ada.join('r');
            const again = await ada.send_room('r', 'a new room');
            assert.equal(again.sequence, 2);
            await ada.await_items(2, '1:r');
            await sleep(200); // for what must not come
            assert.equal(bob.items('1:r').length, 1);
        },
        [...node_flags, '--api-key=shop=0123456789abcdef'],
    ));

test('no join passes a limit, however many come at once and on whichever node', () =>
    on_nodes(
        2,
        async (nodes, redis) => {
            const headers = { 'X-API-Key': '0123456789abcdef' };
            const join = async (room, user, n) => (await call(nodes[n % 2], 'PUT', `/v1/rooms/${room}/members/${user}`, { headers })).status;
            const counts = (statuses) => [200, 429].map((status) => statuses.filter((each) => each === status).length);
            const many = await Promise.all(Array.from({ length: 40 }, (_, n) => join('r', `user${n}`, n)));
            assert.deepEqual(counts(many), [5, 35]);
            assert.equal(await redis.command('ZCARD', 'gim:{1:r}:members'), 5);
            const own = await Promise.all(Array.from({ length: 8 }, (_, n) => join(`own${n}`, 'ada', n)));
            assert.deepEqual(counts(own), [3, 5]);
            assert.equal(await redis.command('HLEN', 'gim:{u:ada}:rooms'), 3);
            // What was refused has left nothing.
            const refused = `user${many.indexOf(429)}`;
            assert.equal(await redis.command('EXISTS', `gim:{u:${refused}}:rooms`), 0);
            assert.equal(await redis.command('ZCARD', `gim:{1:own${own.indexOf(429)}}:members`), 0);
            assert.equal(await join(`own${own.indexOf(200)}`, 'ada', 1), 200);
        },
        [...node_flags, '--api-key=shop=0123456789abcdef', '--max-room-members=5', '--max-rooms-per-user=3', '--max-requests=0'],
    ));

test('a name that is no id, which somebody wrote into Redis, is left out and counted', () =>
    on_nodes(
        1,
        async ([node], redis) => {
            const headers = { 'X-API-Key': '0123456789abcdef' };
            assert.equal((await call(node, 'PUT', '/v1/rooms/r', { headers })).status, 200);
            await redis.command('ZADD', 'gim:{all}:rooms', 0, Buffer.from([0xff, 0]));
            const { json } = await call(node, 'GET', '/v1/rooms', { headers });
            assert.deepEqual(json.data.items.map(({ id }) => id), ['r']);
            const { text } = await get(node, '/metrics', { headers });
            assert.match(text, /^gim_redis_values_left_out_total [1-9]/m);
        },
        [...node_flags, '--api-key=shop=0123456789abcdef'],
    ));

test('who comes when nobody on the node received the room is not pushed what waits from before, and nothing of what follows', () =>
    on_nodes(
        2,
        async ([one, two], redis) => {
            const listeners = async () => {
                const counts = await Promise.all(['NUMSUB', 'SHARDNUMSUB'].map((word) => redis.command('PUBSUB', word, 'gim:{1:r}')));
                return counts.reduce((sum, [, n]) => sum + Number(n), 0);
            };
            const until_listen = async (wanted) => {
                for (const end = Date.now() + 20_000; (await listeners()) !== wanted; await sleep(10)) assert.ok(Date.now() < end, `not ${wanted} listen`);
            };
            const ada = await Client.login(one, 'ada');
            const bob = await Client.login(two, 'bob');
            for (const client of [ada, bob]) await client.join('r');
            await until_listen(2);
            await ada.send_room('r', 'waits for the next push');
            bob.socket.terminate();
            await until_listen(1);
            await ada.send_room('r', 'is not heard on the other node');
            const again = await Client.login(two, 'bob');
            await until_listen(2);
            await ada.send_room('r', 'is heard');
            assert.deepEqual((await again.await_items(1, '1:r')).map(({ sequence }) => sequence), [3]);
            assert.deepEqual((await again.history('1:r', { after: 0 })).items.map(({ sequence }) => sequence), [1, 2, 3]);
        },
        [...node_flags.filter((flag) => !flag.startsWith('--message-push')), '--message-push-duration=1s', '--message-push-count=100'],
    ));

const comings = { users: { coming_and_going: true } };

test('users come, go and talk on three nodes: nothing wrong', async () => {
    const counts = await under_traffic({ count: 3, ...comings }, ({ traffic }) => traffic.more(2000));
    assert.ok(counts.accepted >= 2000 && counts.closed > 10, JSON.stringify(counts));
});

test('a node is killed: whoever was on it goes on elsewhere', () =>
    under_traffic({ count: 3 }, async ({ nodes, traffic, log }) => {
        for (let times = 0; times < 3; ++times) {
            await nodes.kill(nodes.list[0]);
            await traffic.more(100);
            await nodes.start();
            await traffic.more(100);
        }
        assert.deepEqual(close_codes(log), [1006]);
    }));

test('nodes are replaced one after the other: no acknowledged message is lost', () =>
    under_traffic({ count: 3, ...comings }, async ({ nodes, traffic, log }) => {
        for (const node of [...nodes.list]) {
            await nodes.start();
            await nodes.stop(node);
            await traffic.more(100);
        }
        assert.ok(close_codes(log).includes(1001), `${close_codes(log)}`);
    }));

test('subscriptions are cut while users come and go: nothing wrong', () =>
    under_traffic({ count: 2, ...comings }, async ({ redis, traffic }) => {
        for (let times = 0; times < 10; ++times) {
            await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
            await traffic.more(50);
        }
    }));
