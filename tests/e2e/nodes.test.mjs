// Several gim on one Redis know of each other: who is online, which nodes there are, and where a client is to go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { with_nodes } from './support/nodes.mjs';
import { op } from './support/ops.mjs';
import { with_redis } from './support/redis_server.mjs';
import { sleep } from './support/time.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';
const flags = [`--api-key=game=${secret}`, '--message-push-duration=20ms', '--drain-timeout=1s'];
const headers = { 'X-API-Key': secret };
const lease_ms = 10_000;

async function ask(server, path, method = 'GET') {
    const { status, json } = await call(server, method, path, { headers });
    assert.equal(status, 200, `${method} ${path}: ${JSON.stringify(json)}`);
    return json.data;
}

// Asks again until the answer is as it should be.
async function until(what, read, ms = 20_000) {
    const deadline = performance.now() + ms;
    for (;;) {
        const seen = await read();
        if (seen === true) return;
        assert.ok(performance.now() < deadline, `${what}: ${JSON.stringify(seen)}`);
        await sleep(20);
    }
}

// The same until it is so many times in a row: each worker knows for itself, and any may be asked.
const until_all = (what, read, ms) => {
    let row = 0;
    return until(what, async () => {
        const seen = await read();
        row = seen === true ? row + 1 : 0;
        return seen === true ? row === 16 || row : seen;
    }, ms);
};

const listed = async (server) => (await ask(server, '/v1/nodes')).items;
const node_count = (server, count) => until_all(`${count} nodes`, async () => {
    const items = await listed(server);
    return items.length === count || items;
});
const online = async (server, id) => (await ask(server, `/v1/users/${id}`)).online;
// How many connections receive the room, as each of these nodes tells it.
const counted = async (nodes, id, count) => {
    for (const node of nodes) {
        await until_all(`${count} connections`, async () => {
            const { json } = await get(node, `/v1/rooms/${id}`, { headers });
            return json.data?.connections === count || json;
        });
    }
};
const route = async (server, query = '') => {
    const { status, json } = await get(server, `/v1/route${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return json.data.address;
};

// Runs `body(nodes, [first, second, third])` with three that have heard of each other.
const with_three = (body) =>
    with_redis({}, (redis) =>
        with_nodes(0, redis, flags, async (nodes) => {
            await Promise.all([1, 2, 3].map((n) => nodes.start(`--advertise-address=ws://node${n}:8080`)));
            for (const node of nodes.list) await node_count(node, 3);
            await body(nodes, nodes.list, redis);
        }),
    );

const advertised = ['ws://node1:8080', 'ws://node2:8080', 'ws://node3:8080'];

test('a user of one node is online for all, in members, in GET and at the back end', () =>
    with_three(async (nodes, [first, second, third]) => {
        const ada = await Client.login(first, 'ada');
        const bob = await Client.login(second, 'bob');
        await ada.join('lobby');
        await bob.join('lobby');
        for (const node of [first, second, third]) {
            await until('both are online', async () => (await online(node, 'ada')) && (await online(node, 'bob')));
        }
        // Each worker hears of it for itself.
        const members = (text) => until(`members are ${text}`, async () => {
            const { items } = await ada.expect(op.members, { id: 'lobby' });
            const seen = items.map(({ id, online: is }) => (is ? id : `no ${id}`)).join(' ');
            return seen === text || seen;
        });
        await members('ada bob');
        await bob.close();
        await until('bob is offline', async () => !(await online(third, 'bob')));
        await members('ada no bob');
        await ada.close();
    }));

test('how many connections receive a room is the same for all', () =>
    with_three(async (nodes, [first, second, third]) => {
        // Two devices of hers on different nodes; all that connect to a node are spread over its workers.
        const clients = [await Client.login(first, 'ada'), await Client.login(second, 'ada')];
        await clients[0].join('lobby');
        await counted([first, second, third], 'lobby', 2);
        for (let i = 0; i < 9; ++i) {
            clients.push(await Client.login([first, second, third][i % 3], `user${i}`));
            await clients.at(-1).join('lobby');
        }
        await clients.at(-1).join('arena');
        await counted([first, second, third], 'lobby', 11);
        await counted([first, second, third], 'arena', 1);
        const { items } = await ask(first, '/v1/rooms');
        assert.deepEqual(items.map(({ id, members, connections }) => [id, members, connections]), [['arena', 1, 1], ['lobby', 10, 11]]);
        assert.deepEqual(await ask(second, '/v1/rooms/lobby', 'PUT'), items[1]);

        await clients[2].expect(op.leave, { id: 'lobby' });
        await clients[3].close();
        await counted([first, second, third], 'lobby', 9);
        await clients[0].expect(op.leave, { id: 'lobby' });
        await counted([first, second, third], 'lobby', 7);
        await nodes.stop(third);
        await counted([first, second], 'lobby', 4);
        await ask(first, '/v1/rooms/lobby', 'DELETE');
        await ask(second, '/v1/rooms/lobby', 'PUT');
        await counted([first, second], 'lobby', 0);
        for (const client of clients) await client.close();
    }));

test('a node that is killed leaves no ghosts, one that stops is gone at once', () =>
    with_three(async (nodes, [first, second, third], redis) => {
        const ada = await Client.login(second, 'ada');
        const bob = await Client.login(first, 'bob');
        for (const client of [ada, bob]) await client.join('lobby');
        await until('ada is online', () => online(first, 'ada'));
        await counted([first, third], 'lobby', 2);
        await nodes.kill(second);
        const killed_at = performance.now();
        await ada.end();
        await node_count(first, 2);
        const took = performance.now() - killed_at;
        assert.ok(took < lease_ms + 10_000, `${took} ms`);
        for (const node of [first, third]) await until('ada is offline', async () => !(await online(node, 'ada')));
        await counted([first, third], 'lobby', 1);
        assert.equal((await ask(first, '/v1/rooms/lobby')).members, 2);
        await bob.close();

        const both = (await listed(first)).map(({ id }) => id);
        await nodes.stop(third);
        const left = await redis.command('ZRANGE', 'gim:{all}:nodes', 0, -1);
        assert.equal(left.length, 1);
        const [gone] = both.filter((id) => id !== left[0]);
        assert.deepEqual(await redis.command('KEYS', `gim:{node:${gone}}*`), []);
        await node_count(first, 1);
        await until('only one is routed to', async () => (await route(first)) === (await listed(first))[0].address);
    }));

test('the list of nodes tells who has how many connections and rooms', () =>
    with_three(async (nodes, [first, second, third]) => {
        const clients = [];
        for (const id of ['ada', 'bob']) clients.push(await Client.login(second, id));
        await clients[0].join('lobby');
        await until('the others know', async () => {
            const items = await listed(third);
            const busy = items.find(({ connections }) => connections === 2);
            return (busy?.rooms === 1 && items.length === 3) || items;
        });
        const items = await listed(first);
        assert.deepEqual(items.map(({ address }) => address).sort(), advertised);
        assert.equal(new Set(items.map(({ id }) => id)).size, 3);
        for (const item of items) {
            assert.ok(item.uptime_ms > 0 && item.uptime_ms < 600_000, JSON.stringify(item));
            assert.equal(item.draining, false);
        }
        // Of the others, too, it is as of now and not as of their last word.
        await sleep(50);
        const later = await listed(first);
        for (const [n, item] of items.entries()) {
            assert.ok(later[n].uptime_ms >= item.uptime_ms + 40, JSON.stringify([item, later[n]]));
        }
        assert.equal((await get(first, '/v1/nodes')).status, 401);
        assert.match((await get(first, '/metrics', { headers })).text, /^gim_nodes 3$/m);
        for (const client of clients) await client.close();
    }));

test('a client is told a node', () =>
    with_three(async (nodes, [first, second, third]) => {
        const loop = [];
        for (let i = 0; i < 6; ++i) loop.push(await route(first, '?by=loop'));
        assert.deepEqual([...loop].sort(), advertised.flatMap((address) => [address, address]));
        for (let i = 0; i < 10; ++i) assert.ok(advertised.includes(await route(second, '?by=random')));

        const users = Array.from({ length: 30 }, (_, i) => `user${i}`);
        const hashed = (node) => Promise.all(users.map((uid) => route(node, `?by=hash&uid=${uid}`)));
        const before = await hashed(first);
        assert.deepEqual(await hashed(third), before);
        assert.equal(new Set(before).size, 3);
        for (const [query, status] of [['?by=hash', 400], ['?by=most', 400], ['?uid=a%20b', 400], ['?uid=ada', 200]]) {
            assert.equal((await get(first, `/v1/route${query}`)).status, status, query);
        }

        // Three of nine clients at each node: who is told the one with the fewest goes there.
        const by_address = Object.fromEntries(advertised.map((address) => [address, []]));
        const busy = [];
        for (let i = 0; i < 3; ++i) busy.push(await Client.login(second, `busy${i}`));
        await until_all('the load is known', async () => (await listed(first)).some(({ connections }) => connections === 3));
        const second_address = (await listed(first)).find(({ connections }) => connections === 3).address;
        for (let i = 0; i < 4; ++i) by_address[await route(first)].push(i);
        assert.equal(by_address[second_address].length, 0);
        for (const client of busy) await client.close();

        await nodes.stop(second);
        await node_count(first, 2);
        const after = await hashed(first);
        assert.deepEqual(after.filter((address, i) => before[i] !== second_address), before.filter((address) => address !== second_address));
        assert.ok(!after.includes(second_address));
    }));

test('a back end closes the connections of a user on all nodes', () =>
    with_three(async (nodes, [first, second, third]) => {
        const devices = [await Client.login(first, 'ada'), await Client.login(second, 'ada'), await Client.login(second, 'ada')];
        const bob = await Client.login(second, 'bob');
        // How many there are is known a moment later; closing is what is asked for.
        await until('ada is online', () => online(third, 'ada'));
        const { connections } = await ask(third, '/v1/users/ada/connections', 'DELETE');
        assert.ok(connections >= 1 && connections <= 3, `${connections}`);
        for (const device of devices) assert.deepEqual(await device.end(), { code: 4503, reason: 'disconnected by a back end' });
        await until_all('ada is offline', async () => !(await online(third, 'ada')));
        assert.equal((await bob.expect(op.heartbeat, {})).server_time > 0, true);
        assert.deepEqual(await ask(third, '/v1/users/ada/connections', 'DELETE'), { connections: 0 });
        await bob.close();
    }));

test('no two nodes make the same id of a message', () =>
    with_three(async (nodes, all) => {
        const senders = await Promise.all(all.flatMap((node, n) => [0, 1, 2].map((i) => Client.login(node, `sender${n}-${i}`))));
        const sent = await Promise.all(
            senders.map(async (sender, n) => {
                await sender.join(`room${n}`);
                return Promise.all(Array.from({ length: 300 }, () => sender.send_room(`room${n}`, 'x')));
            }),
        );
        const ids = sent.flat().map(({ id }) => id);
        assert.equal(ids.length, 2700);
        assert.equal(new Set(ids).size, 2700);
        for (const sender of senders) await sender.close();
    }));

test('a Redis that comes back empty is told all of it again', () =>
    with_three(async (nodes, [first, second, third], redis) => {
        await redis.restart();
        await until('all are there again', async () => {
            const { status, json } = await call(third, 'GET', '/v1/nodes', { headers });
            return (status === 200 && json.data.items.length === 3) || json;
        });
        let ada;
        await until('a login is possible', async () => {
            ada = await Client.connect(first);
            const { code, msg } = await ada.request(op.login, { id: 'ada' });
            if (code !== 0) await ada.close();
            return code === 0 || msg;
        });
        await until('ada is online', async () => {
            const { status, json } = await call(second, 'GET', '/v1/users/ada', { headers });
            return (status === 200 && json.data.online) || json;
        });
        await until('ada is in a room', async () => {
            const { code, msg } = await ada.request(op.join, { id: 'lobby' });
            return code === 0 || msg;
        });
        await counted([first, second, third], 'lobby', 1);
        await ada.close();
    }));

test('without Redis there is one node', () =>
    with_server([...flags, '--advertise-address=ws://10.0.0.5:8080'], async (server) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('lobby');
        assert.equal((await ask(server, '/v1/rooms/lobby')).connections, 1);
        const [only, ...more] = await listed(server);
        assert.deepEqual(more, []);
        assert.match(only.id, /^[0-9a-f]{1,16}$/);
        assert.deepEqual([only.address, only.connections, only.draining], ['ws://10.0.0.5:8080', 1, false]);
        for (const by of ['least', 'random', 'loop', 'hash']) {
            assert.equal(await route(server, `?uid=ada&by=${by}`), 'ws://10.0.0.5:8080');
        }
        await ada.close();
    }));

test('a node without an address is nowhere to go', () =>
    with_server(flags, async (server) => {
        const { status, json } = await get(server, '/v1/route?uid=ada');
        assert.deepEqual([status, json.msg], [404, 'no node says where to connect: see --advertise-address']);
        const [only] = await listed(server);
        assert.equal('address' in only, false);
    }));
