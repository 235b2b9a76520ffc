import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { sleep } from './support/time.mjs';

const room = '1:9999';
const hundred = Array.from({ length: 100 }, (_, i) => `${i}`);

async function two_members(server) {
    const members = [await Client.login(server, '1001'), await Client.login(server, '1002')];
    for (const member of members) await member.join('9999');
    return members;
}

const skipped = (client) => client.packets.reduce((sum, packet) => sum + (packet.skipped ?? 0), 0);

test('latest: 100 sends in one interval push exactly the newest 3, skipped 97, without sequence', () =>
    with_server(
        ['--enable-message-sequence=false', '--message-push-count=3', '--message-push-duration=2s'],
        async (server) => {
            const [ada, bob] = await two_members(server);
            await Promise.all(hundred.map((content) => ada.send_room('9999', content)));
            for (const member of [ada, bob]) {
                await member.await_items(3, room);
                assert.equal(member.packets.length, 1);
                const [packet] = member.packets;
                assert.deepEqual(packet.items.map((item) => item.content), ['97', '98', '99']);
                assert.equal(packet.skipped, 97);
                for (const item of packet.items) assert.equal(item.sequence ?? 0, 0, 'left out');
            }
            // Dropped from the push, not from the history.
            assert.equal((await bob.history(room, { limit: 300 })).items.length, 100);

            await ada.send_room('9999', 'next');
            await bob.await_items(4, room);
            assert.equal(bob.packets[1].skipped ?? 0, 0, 'each push counts anew');
        },
    ));

test('latest: the interval begins with the first message and ends with one push', () =>
    with_server(['--message-push-count=10', '--message-push-duration=1s'], async (server) => {
        const [ada, bob] = await two_members(server);
        await sleep(300);
        const begin = Date.now();
        await Promise.all(['a', 'b'].map((content) => ada.send_room('9999', content)));
        await bob.await_items(2, room);
        const took = Date.now() - begin;
        assert.ok(took >= 950, `after ${took} ms`);
        assert.equal(bob.packets.length, 1);
        assert.equal(bob.packets[0].skipped ?? 0, 0);
    }));

test('full: a push at n messages, without waiting for the interval, and nothing is dropped', () =>
    with_server(
        ['--enable-message-sequence', '--message-push-count=10', '--message-push-duration=60s'],
        async (server) => {
            const [ada, bob] = await two_members(server);
            await Promise.all(hundred.map((content) => ada.send_room('9999', content)));
            for (const member of [ada, bob]) {
                const items = await member.await_items(100, room);
                assert.deepEqual(items.map((item) => item.content), hundred);
                assert.deepEqual(items.map((item) => item.sequence), hundred.map((_, i) => i + 1));
                assert.equal(skipped(member), 0);
                for (const packet of member.packets) assert.equal(packet.items.length, 10);
            }
        },
    ));

test('full: a push when the interval ends, with fewer than n', () =>
    with_server(
        ['--enable-message-sequence=true', '--message-push-count=10', '--message-push-duration=1s'],
        async (server) => {
            const [ada, bob] = await two_members(server);
            const begin = Date.now();
            await Promise.all(['a', 'b', 'c'].map((content) => ada.send_room('9999', content)));
            await bob.await_items(3, room);
            assert.ok(Date.now() - begin >= 950);
            assert.equal(bob.packets.length, 1);
            await ada.send_room('9999', 'd');
            const items = await bob.await_items(4, room);
            assert.deepEqual(items.map((item) => item.sequence), [1, 2, 3, 4]);
        },
    ));

test('full: two senders, one order for everybody', () =>
    with_server(['--enable-message-sequence', '--message-push-duration=20ms'], async (server) => {
        const [ada, bob] = await two_members(server);
        await Promise.all(hundred.flatMap((i) => [ada.send_room('9999', `a${i}`), bob.send_room('9999', `b${i}`)]));
        const at_ada = await ada.await_items(200, room);
        const at_bob = await bob.await_items(200, room);
        assert.deepEqual(at_ada, at_bob);
        assert.deepEqual(at_ada.map((item) => item.sequence), Array.from({ length: 200 }, (_, i) => i + 1));
        for (const name of ['a', 'b']) {
            const own = at_ada.map((item) => item.content).filter((content) => content[0] === name);
            assert.deepEqual(own, hundred.map((i) => name + i), 'each sender in its order');
        }
    }));

test('a concurrency limit of 1 starves no room: 50 rooms, several rounds, all flush', async () => {
    for (const mode of ['false', 'true']) {
        const flags = ['--message-push-concurrency-limit=1', '--message-push-duration=20ms', `--enable-message-sequence=${mode}`];
        await with_server(flags, async (server) => {
            const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
            const rooms = Array.from({ length: 50 }, (_, i) => `room${i}`);
            for (const client of [ada, bob]) await Promise.all(rooms.map((name) => client.join(name)));
            for (let round = 1; round <= 3; ++round) {
                await Promise.all(rooms.map((name) => ada.send_room(name, `${round}`)));
                await bob.until(() => rooms.every((name) => bob.items(`1:${name}`).length === round), `round ${round} in all rooms`);
            }
            for (const name of rooms) assert.deepEqual(bob.contents(`1:${name}`), ['1', '2', '3']);
        });
    }
});
