import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

const room = '1:9999';
const sequences = (page) => page.items.map((item) => item.sequence);

async function room_with(server, count) {
    const ada = await Client.login(server, '1001', { name: 'Ada' });
    await ada.join('9999');
    const sent = await Promise.all(Array.from({ length: count }, (_, i) => ada.send_room('9999', `message ${i + 1}`)));
    return { ada, sent };
}

const down = (from, to) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

test('history comes newest first, 50 by default, and says what else there is', () =>
    with_server([], async (server) => {
        const { ada, sent } = await room_with(server, 60);
        const page = await ada.history(room);
        assert.deepEqual(sequences(page), down(60, 11));
        assert.equal(page.has_more, true);
        assert.equal(page.top_sequence, 60);
        assert.match(page.epoch, /./);
        assert.deepEqual(page.items[0], {
            id: sent[59].id,
            sender: { id: '1001', name: 'Ada' },
            category: 'text',
            content: 'message 60',
            sequence: 60,
            status: 0,
            created_at: sent[59].created_at,
        });
    }));

test('before, after and limit page through it', () =>
    with_server([], async (server) => {
        const { ada } = await room_with(server, 20);
        const page = async (query) => {
            const { items, has_more } = await ada.history(room, query);
            return [items.map((item) => item.sequence), has_more];
        };
        assert.deepEqual(await page({ limit: 3 }), [[20, 19, 18], true]);
        assert.deepEqual(await page({ before: 18, limit: 3 }), [[17, 16, 15], true]);
        assert.deepEqual(await page({ before: 3, limit: 3 }), [[2, 1], false]);
        assert.deepEqual(await page({ before: 4, limit: 3 }), [[3, 2, 1], false]);
        assert.deepEqual(await page({ before: 1 }), [[], false]);
        assert.deepEqual(await page({ after: 0, limit: 3 }), [[1, 2, 3], true], 'with after, oldest first');
        assert.deepEqual(await page({ after: 17, limit: 3 }), [[18, 19, 20], false]);
        assert.deepEqual(await page({ after: 20 }), [[], false]);
        assert.deepEqual(await page({ after: 5, before: 9 }), [[6, 7, 8], false]);
    }));

test('from and to are times in ms, both included', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        await ada.join('9999');
        const times = [];
        for (const content of ['a', 'b', 'c']) {
            times.push((await ada.send_room('9999', content)).created_at);
            await sleep(20);
        }
        const contents = async (query) => (await ada.history(room, query)).items.map((item) => item.content);
        assert.deepEqual(await contents({ from: times[1] }), ['c', 'b']);
        assert.deepEqual(await contents({ to: times[1] }), ['b', 'a']);
        assert.deepEqual(await contents({ from: times[1], to: times[1] }), ['b']);
        assert.deepEqual(await contents({ from: times[2] + 1 }), []);
        assert.deepEqual(await contents({ from: times[2], to: times[0] }), []);
    }));

test('a limit over 300 or under 1 is a 400 that names it', () =>
    with_server([], async (server) => {
        const { ada } = await room_with(server, 1);
        assert.equal((await ada.history(room, { limit: 300 })).items.length, 1);
        for (const limit of [301, 0, -1]) {
            assert.match(await ada.refused(400, op.history, { session_id: room, limit }), /limit/);
            const { status, json } = await get(server, `/v1/sessions/${room}/messages?limit=${limit}`, { token: ada.token });
            assert.equal(status, 400);
            assert.equal(json.code, 400);
            assert.match(json.msg, /limit/);
        }
    }));

test('only the newest --session-history messages are kept; sequences go on', () =>
    with_server(['--session-history=10'], async (server) => {
        const { ada } = await room_with(server, 25);
        const page = await ada.history(room);
        assert.deepEqual(sequences(page), down(25, 16));
        assert.equal(page.has_more, false);
        assert.equal(page.top_sequence, 25);
    }));

test('op 203 and HTTP give the same page, for every query', () =>
    with_server([], async (server) => {
        const { ada, sent } = await room_with(server, 12);
        const queries = [{}, { limit: 5 }, { before: 6 }, { after: 3, limit: 4 }, { from: sent[0].created_at, to: sent[11].created_at }];
        for (const query of queries) {
            const path = `/v1/sessions/${room}/messages?${new URLSearchParams(query)}`;
            const { status, json } = await get(server, path, { token: ada.token });
            assert.equal(status, 200);
            assert.equal(json.code, 0);
            assert.deepEqual(json.data, await ada.history(room, query));
        }
        const escaped = await get(server, '/v1/sessions/1%3A9999/messages', { token: ada.token });
        assert.equal(escaped.json.data.items.length, 12);
    }));

test('created_at never runs backwards, and the epoch stays', () =>
    with_server([], async (server) => {
        const { ada } = await room_with(server, 50);
        const first = await ada.history(room);
        const times = first.items.map((item) => item.created_at);
        assert.deepEqual(times, [...times].sort((a, b) => b - a));
        assert.equal((await ada.history(room)).epoch, first.epoch);
    }));
