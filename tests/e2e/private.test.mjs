import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';

const session = '2:1001:1002';

test('a private message arrives at once, in full, with its sequence', () =>
    with_server(['--message-push-duration=30s'], async (server) => {
        const [ada, bob] = [await Client.login(server, '1001', { name: 'Ada' }), await Client.login(server, '1002', { name: 'Bob' })];
        const sent = await ada.send_private('1002', 'test 🦊', { category: 'picture' });
        assert.equal(sent.session_id, session);
        assert.equal(sent.sequence, 1);
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
        assert.deepEqual(bob.packets[0].session, { id: session, title: 'Ada' }, 'titled with the other party');
        assert.equal(bob.packets[0].skipped ?? 0, 0);
    }));

test('100 private messages in one second arrive 100, in order, both ways, in both modes', async () => {
    for (const mode of ['false', 'true']) {
        await with_server([`--enable-message-sequence=${mode}`, '--message-push-count=3'], async (server) => {
            const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
            const all = Array.from({ length: 100 }, (_, i) => i);
            await Promise.all(all.flatMap((i) => [ada.send_private('1002', `a${i}`), bob.send_private('1001', `b${i}`)]));
            const at_bob = await bob.await_items(100);
            const at_ada = await ada.await_items(100);
            assert.deepEqual(at_bob.map((item) => item.content), all.map((i) => `a${i}`));
            assert.deepEqual(at_ada.map((item) => item.content), all.map((i) => `b${i}`));
            const sequences = [...at_ada, ...at_bob].map((item) => item.sequence).sort((a, b) => a - b);
            assert.deepEqual(sequences, Array.from({ length: 200 }, (_, i) => i + 1), 'one order for the session');
        });
    }
});

test('every device of both sides gets it, but never the connection that sent it', () =>
    with_server([], async (server) => {
        const devices = [];
        for (const id of ['1001', '1001', '1001', '1002', '1002']) devices.push(await Client.login(server, id));
        const [sending, ...others] = devices;
        await sending.send_private('1002', 'first');
        await sending.send_private('1002', 'second');
        for (const device of others) {
            await device.await_items(2);
            assert.deepEqual(device.contents(), ['first', 'second']);
        }
        // What another device sends comes back as proof that nothing else is on its way.
        await others[0].send_private('1002', 'third');
        await sending.await_items(1);
        assert.deepEqual(sending.contents(), ['third']);
    }));

test('an offline receiver finds it in sessions and history', () =>
    with_server([], async (server) => {
        const bob = await Client.login(server, '1002', { name: 'Bob' });
        await bob.close();
        const ada = await Client.login(server, '1001', { name: 'Ada' });
        await ada.send_private('1002', 'one');
        const last = await ada.send_private('1002', 'two');
        const back = await Client.login(server, '1002');
        const { items } = await back.expect(op.sessions, {});
        assert.equal(items.length, 1);
        assert.deepEqual([items[0].id, items[0].type, items[0].title], [session, 2, 'Ada']);
        assert.equal(items[0].last_message.id, last.id);
        const history = await back.history(session);
        assert.deepEqual(history.items.map((item) => item.content), ['two', 'one']);
        assert.deepEqual((await back.history('2:1002:1001')).items, history.items, 'either order of the ids is understood');
        assert.deepEqual(back.packets, []);
    }));

test('an unknown receiver is 404, and nothing is kept', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        await ada.refused(404, op.send, { type: 2, target_id: 'nobody', category: 'text', content: 'x' });
        assert.deepEqual((await ada.expect(op.sessions, {})).items, []);
    }));

test('a private session is closed to third parties', () =>
    with_server([], async (server) => {
        const [ada, eve] = [await Client.login(server, '1001'), await Client.login(server, '1003')];
        await Client.login(server, '1002');
        await ada.send_private('1002', 'secret');
        await eve.refused(403, op.history, { session_id: session });
        assert.deepEqual((await eve.expect(op.sessions, {})).items, []);
        assert.deepEqual(eve.packets, []);
    }));

test('content may have 32 KiB; more is 413', () =>
    with_server([], async (server) => {
        const [ada, bob] = [await Client.login(server, '1001', { form: 'object' }), await Client.login(server, '1002')];
        await ada.send_private('1002', 'x'.repeat(32 * 1024));
        assert.equal((await bob.await_items(1))[0].content.length, 32 * 1024);
        const message = await ada.refused(413, op.send, { type: 2, target_id: '1002', content: 'x'.repeat(32 * 1024 + 1) });
        assert.match(message, /content/);
    }));

test('ids are short, differ, and are ordered by time', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        await Client.login(server, '1002');
        const ids = [];
        for (let i = 0; i < 50; ++i) ids.push((await ada.send_private('1002', `${i}`)).id);
        assert.equal(new Set(ids).size, 50);
        assert.deepEqual([...ids].sort(), ids);
        for (const id of ids) assert.ok(id.length <= 16, id);
    }));
