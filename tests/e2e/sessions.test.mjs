import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

// Messages are ordered by their time in milliseconds: let it pass.
const tick = () => sleep(5);

test('sessions come newest first, each with title, type and last message', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001', { name: 'Ada' });
        await Client.login(server, '1002', { name: 'Bob' });
        await ada.join('9999');
        await tick();
        const hello = await ada.send_private('1002', 'hello');
        await tick();
        const in_room = await ada.send_room('9999', 'in the room');
        const { items, has_more } = await ada.expect(op.sessions, {});
        assert.equal(has_more, false);
        assert.deepEqual(items.map((one) => [one.id, one.type]), [['1:9999', 1], ['2:1001:1002', 2]]);
        assert.equal(items[1].title, 'Bob');
        assert.deepEqual(items.map((one) => one.last_message.id), [in_room.id, hello.id]);
        assert.deepEqual(items.map((one) => one.last_message.content), ['in the room', 'hello']);
        assert.deepEqual(items.map((one) => one.updated_at), [in_room.created_at, hello.created_at]);

        await tick();
        await ada.send_private('1002', 'again');
        const moved = (await ada.expect(op.sessions, {})).items.map((one) => one.id);
        assert.deepEqual(moved, ['2:1001:1002', '1:9999']);
    }));

test('a room without messages is listed, a room that was left is not', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        await ada.join('silent');
        await ada.join('left');
        await ada.expect(op.leave, { id: 'left' });
        const { items } = await ada.expect(op.sessions, {});
        assert.deepEqual(items.map((one) => one.id), ['1:silent']);
        assert.equal(items[0].last_message ?? null, null);
    }));

test('sessions come in pages, and HTTP gives the same', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        for (let i = 0; i < 7; ++i) {
            await ada.join(`room${i}`);
            await ada.send_room(`room${i}`, 'x');
            await tick();
        }
        const all = (await ada.expect(op.sessions, {})).items;
        assert.deepEqual(all.map((one) => one.id), [6, 5, 4, 3, 2, 1, 0].map((i) => `1:room${i}`));

        const paged = [];
        let query = { limit: 3 };
        for (let page = 0; page < 3; ++page) {
            const reply = await ada.expect(op.sessions, query);
            const { json } = await get(server, `/v1/sessions?${new URLSearchParams(query)}`, { token: ada.token });
            assert.deepEqual(json.data, reply);
            assert.equal(reply.has_more, page < 2);
            paged.push(...reply.items);
            query = { limit: 3, after: paged.at(-1).id };
        }
        assert.deepEqual(paged, all);
        assert.match(await ada.refused(400, op.sessions, { limit: 301 }), /limit/);
    }));
