// Several gim on a Redis Cluster: what users see is what they see with one Redis.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_nodes } from './support/nodes.mjs';
import { op } from './support/ops.mjs';
import { close_codes, node_flags, refused, under_traffic } from './support/redis_faults.mjs';
import { with_redis_cluster } from './support/redis_cluster.mjs';
import { sleep } from './support/time.mjs';

const head_of = (room) => `gim:{1:${room}}:head`;

const shard_channels = async (cluster) => {
    const all = await Promise.all(cluster.servers.map((server) => server.command('PUBSUB', 'SHARDCHANNELS')));
    return all.map((channels) => channels.sort());
};

test('users on different nodes talk in rooms that are on different servers', () =>
    with_redis_cluster({}, (cluster) =>
        with_nodes(2, cluster, node_flags, async ({ list: [one, two] }) => {
            const [ada, bob] = [await Client.login(one, 'ada'), await Client.login(two, 'bob')];
            const rooms = Array.from({ length: 12 }, (_, i) => `r${i}`);
            for (const room of rooms) {
                await ada.join(room);
                await bob.join(room);
                await ada.send_room(room, `from ada`);
                await bob.send_room(room, `from bob`);
            }
            for (const room of rooms) {
                for (const client of [ada, bob]) {
                    const items = await client.await_items(2, `1:${room}`);
                    assert.deepEqual(items.map(({ content, sequence }) => [content, sequence]), [['from ada', 1], ['from bob', 2]]);
                }
            }
            await ada.send_private('bob', 'psst');
            const [whispered] = await bob.await_items(1, '2:ada:bob');
            assert.equal(whispered.content, 'psst');
            const { items } = await bob.expect(op.sessions, {});
            assert.equal(items.length, 13);
            // A room is published on the server that has it, and only there.
            for (const [i, channels] of (await shard_channels(cluster)).entries()) {
                assert.ok(channels.length > 0, 'a server without rooms');
                for (const channel of channels) assert.equal(await cluster.server_of(channel), cluster.servers[i]);
            }
        }),
    ));

test('rooms move from server to server under load: nothing is lost, and nobody hung up on', async () => {
    const counts = await under_traffic({ cluster: {} }, async ({ redis: cluster, traffic, log }) => {
        for (let times = 0; times < 2; ++times) {
            for (const room of traffic.rooms) {
                const slot = await cluster.slot_of(head_of(room));
                const from = await cluster.server_of(head_of(room));
                const to = cluster.servers[(cluster.servers.indexOf(from) + 1) % 3];
                await cluster.move_slot(slot, from, to);
                assert.equal(await cluster.server_of(head_of(room)), to);
                await traffic.more(50);
            }
        }
        // Each is listened to where it is now, and nowhere else.
        const wanted = traffic.rooms.map((room) => `gim:{1:${room}}`).sort();
        for (const end = Date.now() + 20_000; ; await sleep(20)) {
            const channels = (await shard_channels(cluster)).flat().sort();
            if (JSON.stringify(channels) === JSON.stringify(wanted)) break;
            assert.ok(Date.now() < end, `${channels}`);
        }
        assert.deepEqual(close_codes(log), []);
    });
    assert.ok(counts.accepted > 300, JSON.stringify(counts));
});

test('private conversations begin, on servers that tell of them in any order: nothing is lost', async () => {
    const how = { cluster: {}, are_strangers: true, users: { users: 24, devices_of_each: 1 } };
    const counts = await under_traffic(how, ({ traffic }) => traffic.more(800));
    assert.ok(counts.accepted > 800, JSON.stringify(counts));
});

test('a server dies and its replica takes over: all goes on, and who may have missed something is told', () =>
    under_traffic({ cluster: { replicas: 1 } }, async ({ redis: cluster, traffic, log }) => {
        const room = traffic.rooms[0];
        const dying = await cluster.server_of(head_of(room));
        await dying.kill('SIGKILL');
        await cluster.is_whole();
        assert.notEqual(await cluster.server_of(head_of(room)), dying);
        await traffic.more(300);
        assert.ok(refused(log) > 0, 'nothing was refused meanwhile');
        assert.deepEqual(close_codes(log).filter((code) => code !== 4003), []);
    }));

test('where Redis knows no sharded channels, rooms are published to all', () =>
    under_traffic(
        { cluster: { options: { 'rename-command': ['SSUBSCRIBE', ''] } } },
        async ({ redis: cluster, traffic, log }) => {
            assert.deepEqual((await shard_channels(cluster)).flat(), []);
            await traffic.more(200);
            assert.deepEqual(close_codes(log), []);
        },
    ));
