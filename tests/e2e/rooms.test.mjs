import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

const quick = ['--message-push-duration=50ms'];

test('who is no member may not send, read or list', () =>
    with_server(quick, async (server) => {
        const [ada, eve] = [await Client.login(server, '1001'), await Client.login(server, '1003')];
        await ada.join('9999');
        await eve.refused(403, op.send, { type: 1, target_id: '9999', category: 'text', content: 'x' });
        await eve.refused(403, op.history, { session_id: '1:9999' });
        await ada.send_room('9999', 'for members');
        await ada.await_items(1);
        await eve.expect(op.heartbeat);
        assert.deepEqual(eve.packets, []);
    }));

test('join creates the room, and joining twice is fine', () =>
    with_server(quick, async (server) => {
        const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
        const first = await ada.join('9999');
        assert.deepEqual([first.id, first.session_id, first.members], ['9999', '1:9999', 1]);
        assert.equal((await ada.join('9999')).members, 1);
        assert.equal((await bob.join('9999')).members, 2);
        assert.equal((await ada.expect(op.members, { id: '9999' })).total, 2);
        await ada.send_room('9999', 'once');
        await ada.await_items(1);
        await ada.send_room('9999', 'twice');
        await ada.await_items(2);
        assert.deepEqual(ada.contents(), ['once', 'twice'], 'a member who joined twice gets one copy');
    }));

test("every member's every device gets the packet, the sender's too", () =>
    with_server(quick, async (server) => {
        const devices = [];
        for (const id of ['1001', '1001', '1002', '1002', '1003']) {
            devices.push(await Client.login(server, id));
            await devices.at(-1).join('9999');
        }
        const sent = await devices[0].send_room('9999', 'test');
        for (const device of devices) {
            const [item] = await device.await_items(1);
            assert.equal(item.id, sent.id);
            assert.equal(device.packets[0].session.id, '1:9999');
        }
    }));

test('who leaves gets nothing more and is no member; leaving what one is not in is refused or fine, not fatal', () =>
    with_server(quick, async (server) => {
        const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
        await ada.join('9999');
        await bob.join('9999');
        await bob.expect(op.leave, { id: '9999' });
        await ada.send_room('9999', 'without bob');
        await ada.await_items(1);
        await bob.expect(op.heartbeat);
        assert.deepEqual(bob.packets, []);
        await bob.refused(403, op.send, { type: 1, target_id: '9999', category: 'text', content: 'x' });
        assert.deepEqual((await ada.expect(op.members, { id: '9999' })).items.map((member) => member.id), ['1001']);
        await bob.request(op.leave, { id: '9999' });
        await bob.expect(op.heartbeat);
    }));

test('members come by id, in pages, and say who is online', () =>
    with_server(quick, async (server) => {
        const ids = ['a', 'b', 'c', 'd', 'e'];
        const clients = [];
        for (const id of ids) {
            clients.push(await Client.login(server, id, { name: `name of ${id}` }));
            await clients.at(-1).join('9999');
        }
        await clients[1].close();
        const offline = { id: 'b', name: 'name of b', online: false };
        const all = () => clients[0].expect(op.members, { id: '9999' });
        // The server learns of a close when its socket does.
        for (let tries = 0; tries < 100 && (await all()).items[1].online; ++tries) await sleep(50);
        const expected = ids.map((id) => (id === 'b' ? offline : { id, name: `name of ${id}`, online: true }));
        assert.deepEqual(await all(), { items: expected, total: 5, has_more: false });

        const first = await clients[0].expect(op.members, { id: '9999', limit: 2 });
        assert.deepEqual(first, { items: expected.slice(0, 2), total: 5, has_more: true, next: 'b' });
        const rest = await clients[0].expect(op.members, { id: '9999', after: first.next, limit: 3 });
        assert.deepEqual(rest, { items: expected.slice(2), total: 5, has_more: false });
        assert.match(await clients[0].refused(400, op.members, { id: '9999', limit: 301 }), /limit/);
        assert.match(await clients[0].refused(400, op.members, { id: '9999', limit: 0 }), /limit/);
    }));

test('a member who reconnects is still a member and is pushed again, without a new join', () =>
    with_server(quick, async (server) => {
        const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
        await ada.join('9999');
        await bob.join('9999');
        await bob.close();
        await ada.send_room('9999', 'while away');
        await ada.await_items(1);
        const back = await Client.login(server, '1002');
        await ada.send_room('9999', 'after');
        assert.deepEqual((await back.await_items(1)).map((item) => item.content), ['after']);
        await back.send_room('9999', 'from back');
        await ada.await_items(3);
    }));

test('a second device is pushed the rooms that the first one joined', () =>
    with_server(quick, async (server) => {
        const first = await Client.login(server, '1001');
        const second = await Client.login(server, '1001');
        await first.join('9999');
        await first.send_room('9999', 'both');
        await second.await_items(1);
        await second.expect(op.leave, { id: '9999' });
        await first.refused(403, op.send, { type: 1, target_id: '9999', category: 'text', content: 'x' });
    }));

test('an idle room whose first interval passed empty still pushes the next message', async () => {
    for (const mode of ['false', 'true']) {
        await with_server([...quick, `--enable-message-sequence=${mode}`], async (server) => {
            const ada = await Client.login(server, '1001');
            await ada.join('9999');
            await sleep(200);
            await ada.send_room('9999', 'first');
            await ada.await_items(1);
            await sleep(200);
            await ada.send_room('9999', 'second');
            await ada.await_items(2);
        });
    }
});

test('an unknown room is 404 or 403 for sending, members and history, never created by it', () =>
    with_server(quick, async (server) => {
        const ada = await Client.login(server, '1001');
        const asked = [
            [op.send, { type: 1, target_id: 'nowhere', category: 'text', content: 'x' }],
            [op.members, { id: 'nowhere' }],
            [op.history, { session_id: '1:nowhere' }],
        ];
        for (const [what, body] of asked) {
            const { code } = await ada.request(what, body);
            assert.ok(code === 404 || code === 403, `${what}: ${code}`);
        }
        assert.equal((await ada.join('nowhere')).members, 1);
        assert.deepEqual((await ada.history('1:nowhere')).items, []);
    }));
