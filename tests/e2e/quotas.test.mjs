import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { expect_samples, scrape } from './support/metrics.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

test('beyond the rate of a user sends are refused with 429 on every connection and over HTTP, and store nothing', () =>
    with_server(['--max-sends-per-user=1', '--max-sends-per-user-burst=5', '--message-push-duration=10ms'], async (server) => {
        const ada = await Client.login(server, 'ada');
        const second = await Client.login(server, 'ada');
        const bob = await Client.login(server, 'bob');
        for (const client of [ada, bob]) await client.join('r');
        const replies = await Promise.all(
            Array.from({ length: 40 }, (_, i) => (i % 2 ? ada : second).request(op.send, { type: 1, target_id: 'r', content: `${i}` })),
        );
        const sent = replies.filter((reply) => reply.code === 0).length;
        const refused = replies.filter((reply) => reply.code === 429);
        assert.ok(sent >= 5, `${sent} were sent`);
        assert.equal(sent + refused.length, 40);
        assert.ok(refused.length > 10, `${refused.length} were refused`);
        for (const { msg } of refused) assert.match(msg, /^content: a user may send 1 messages a second; try again in \d+ m?s$/);
        assert.equal((await bob.history('1:r', { limit: 300 })).items.length, sent);

        // A token a second: one of two right after the other is refused.
        const post = () =>
            fetch(`http://127.0.0.1:${server.api_port}/v1/messages`, {
                method: 'POST',
                headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json' },
                body: JSON.stringify({ type: 1, target_id: 'r', content: 'over HTTP' }),
            });
        const answers = await Promise.all(Array.from({ length: 10 }, post));
        const late = answers.find((answer) => answer.status === 429);
        assert.ok(late, 'HTTP is held to the same rate');
        assert.equal(late.headers.get('Retry-After'), '1');
        assert.equal((await late.json()).code, 429);

        await bob.send_room('r', 'bob may');
    }));

test('slow mode: one message a member in so long, and the reply says when to try again', () =>
    with_server(['--room-slow-mode=1h'], async (server) => {
        const ada = await Client.login(server, 'ada');
        const bob = await Client.login(server, 'bob');
        for (const room of ['r', 's']) {
            for (const client of [ada, bob]) await client.join(room);
        }
        await ada.send_room('r', 'first');
        const msg = await ada.refused(429, op.send, { type: 1, target_id: 'r', content: 'second' });
        assert.match(msg, /^target_id: slow mode, one message in 3600 s of each member; try again in \d+ s$/);
        await bob.send_room('r', 'his first');
        await ada.send_room('s', 'another room');
        assert.equal((await ada.history('1:r')).items.length, 2);
    }));

test('a room may get so many messages a second from all its members', () =>
    with_server(['--max-sends-per-room=1', '--max-sends-per-room-burst=3'], async (server) => {
        const members = await Promise.all(['a', 'b', 'c', 'd'].map((id) => Client.login(server, id)));
        for (const member of members) await member.join('r');
        const send = (member) => member.request(op.send, { type: 1, target_id: 'r', content: 'x' });
        const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => send(members[i % 4])));
        const refused = replies.filter((reply) => reply.code === 429);
        assert.ok(refused.length > 10 && refused.length <= 37, `${refused.length} were refused`);
        assert.match(refused[0].msg, /^target_id: a room may get 1 messages a second; try again in \d+ m?s$/);
    }));

test('rooms a user and members a room are bounded; who is inside stays', () =>
    with_server(['--max-rooms-per-user=3', '--max-room-members=2'], async (server) => {
        const ada = await Client.login(server, 'ada');
        for (const room of ['r1', 'r2', 'r3']) await ada.join(room);
        assert.equal(await ada.refused(429, op.join, { id: 'r4' }), 'id: a user may be in 3 rooms; leave one first');
        await ada.join('r3');
        await ada.expect(op.leave, { id: 'r1' });
        await ada.join('r4');

        const bob = await Client.login(server, 'bob');
        const cleo = await Client.login(server, 'cleo');
        await bob.join('r2');
        assert.match(await cleo.refused(429, op.join, { id: 'r2' }), /^id: the room is full, it may have 2 members/);
        await bob.join('r2');
        await bob.expect(op.leave, { id: 'r2' });
        await cleo.join('r2');
    }));

test('rooms and users of the server are bounded; a room that everybody has left makes way', () =>
    with_server(['--gateway-worker=1', '--max-rooms=2', '--max-users=2'], async (server) => {
        const ada = await Client.login(server, 'ada');
        for (const room of ['r1', 'r2']) await ada.join(room);
        assert.equal(await ada.refused(503, op.join, { id: 'r3' }), 'id: this server has as many rooms as it may have');
        await ada.expect(op.leave, { id: 'r1' });
        await ada.join('r3');
        await ada.refused(404, op.leave, { id: 'r1' });

        await Client.login(server, 'bob');
        const cleo = await Client.connect(server);
        assert.equal(await cleo.refused(503, op.login, { id: 'cleo' }), 'this server knows as many users as it may know');
        await Client.login(server, 'ada');
    }));

test('all messages together are bounded; silent sessions lose theirs first, and their sequences do not come again', () =>
    with_server(['--gateway-worker=1', '--history-memory=256KiB'], async (server) => {
        const ada = await Client.login(server, 'ada');
        for (const room of ['silent', 'loud']) await ada.join(room);
        const content = 'x'.repeat(30 * 1024);
        for (const target_id of ['silent', 'silent', ...Array(20).fill('loud')]) await ada.expect(op.send, { type: 1, target_id, content });
        assert.deepEqual((await ada.history('1:silent')).items, []);
        const { items } = await ada.history('1:loud', { after: 0 });
        assert.ok(items.length > 0 && items[0].sequence > 10, `from ${items[0]?.sequence} on`);
        assert.equal((await ada.expect(op.send, { type: 1, target_id: 'silent', content: 'again' })).sequence, 3);
    }));

test('the limits of the server hold as one number, whatever the number of workers is', () =>
    with_server(['--gateway-worker=3', '--max-users=4', '--max-rooms=5'], async (server) => {
        const users = await Promise.all(['ada', 'bob', 'cleo', 'dan'].map((id) => Client.login(server, id)));
        const eve = await Client.connect(server);
        await eve.refused(503, op.login, { id: 'eve' });
        for (const room of ['r1', 'r2', 'r3', 'r4', 'r5']) await users[0].join(room);
        for (const room of ['r6', 'r7']) await users[1].refused(503, op.join, { id: room });
        await expect_samples(server, {
            gim_storage_users: 4,
            gim_storage_users_idle: 0,
            gim_storage_users_limit: 4,
            gim_storage_rooms: 5,
            gim_storage_rooms_left: 0,
            gim_storage_rooms_limit: 5,
        });
        // The room that was left is evicted, and the user who is offline and in no room, on whichever worker they are.
        await users[0].expect(op.leave, { id: 'r2' });
        await users[1].join('r6');
        users[2].socket.terminate();
        await expect_samples(server, { gim_users_online: 3, gim_storage_users_idle: 1 });
        await eve.expect(op.login, { id: 'eve' });
        await expect_samples(server, { gim_storage_users: 4, gim_storage_rooms: 5, gim_users_forgotten_total: 1, gim_rooms_forgotten_total: 1 });
        await users[0].refused(404, op.send, { type: 2, target_id: 'cleo', category: 'text', content: 'x' });
    }));

test('one busy room has all of --history-memory, whatever the number of workers is', () =>
    with_server(['--gateway-worker=4', '--history-memory=512KiB', '--max-sends-per-user=0', '--max-requests=0'], async (server) => {
        const ada = await Client.login(server, 'ada');
        for (const room of ['a', 'b', 'c', 'busy']) await ada.join(room);
        for (const target_id of ['a', 'b', 'c', ...Array(100).fill('busy')]) await ada.send_room(target_id, 'x'.repeat(10_000));
        const { items } = await ada.history('1:busy', { after: 0, limit: 5 });
        const kept = 100 - items[0].sequence + 1;
        assert.ok(kept >= 45 && kept <= 52, `the busy room keeps ${kept} messages`);
        for (const room of ['a', 'b', 'c']) assert.deepEqual((await ada.history(`1:${room}`)).items, []);
        await ada.send_room('a', 'again');
    }));

test('guests who never come back are forgotten, and new names are admitted', () =>
    with_server(['--gateway-worker=2', '--max-users=3', '--user-silence=24h'], async (server) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('lobby');
        ada.socket.terminate();
        for (let i = 0; i < 12; ++i) {
            const guest = await Client.login(server, `guest${i}`);
            guest.socket.terminate();
            await expect_samples(server, { gim_users_online: 0 });
        }
        await expect_samples(server, { gim_storage_users: 3, gim_storage_users_idle: 2, gim_users_forgotten_total: 10 });
        const bob = await Client.login(server, 'guest11');
        await bob.expect(op.send, { type: 2, target_id: 'ada', category: 'text', content: 'you are in the lobby' });
        await bob.refused(404, op.send, { type: 2, target_id: 'guest0', category: 'text', content: 'x' });
        assert.equal((await scrape(server)).samples.get('gim_requests_refused_total{reason="users"}'), 0);
    }));

test('a user who is silent for --user-silence is forgotten, but not one with a private session', () =>
    with_server(['--user-silence=100ms'], async (server) => {
        const [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map((id) => Client.login(server, id)));
        await ada.send_private('bob', 'hello');
        for (const client of [bob, cleo]) client.socket.terminate();
        const status_of = async (id) => (await ada.request(op.send, { type: 2, target_id: id, category: 'text', content: 'x' })).code;
        await expect_samples(server, { gim_users_online: 1 });
        await sleep(150);
        const statuses = [];
        for (const id of ['cleo', 'bob', 'ada']) statuses.push(await status_of(id));
        assert.deepEqual(statuses, [404, 0, 0]);
        await Client.login(server, 'cleo');
        assert.equal(await status_of('cleo'), 0);
    }));

test('a private session that has lost its messages leaves the lists of both users', () =>
    with_server(['--gateway-worker=3', '--history-memory=64KiB', '--max-sends-per-user=0', '--max-requests=0'], async (server) => {
        const ada = await Client.login(server, 'ada');
        const others = [];
        for (let i = 0; i < 60; ++i) others.push(await Client.login(server, `user${i}`));
        for (const { id } of others) await ada.send_private(id, 'x');
        const sessions = await others[59].expect(op.sessions, { limit: 100 });
        assert.deepEqual(sessions.items.map(({ id }) => id), ['2:ada:user59']);
        const listed_by = async (client) => (await client.expect(op.sessions, { limit: 100 })).items;
        const kept = async () => (await scrape(server)).samples.get('gim_storage_sessions');
        for (let i = 0; i < 500 && (await listed_by(ada)).length !== (await kept()); ++i) await sleep(20);
        assert.deepEqual(await listed_by(others[0]), []);
        const items = await listed_by(ada);
        assert.ok(items.length > 10 && items.length < 30, `${items.length} sessions are listed`);
        assert.ok(items.every(({ last_message }) => last_message?.content === 'x'));
        await expect_samples(server, { gim_storage_sessions: items.length, gim_storage_messages: items.length });
        assert.ok((await scrape(server)).samples.get('gim_storage_message_bytes') <= 64 * 1024);
    }));
