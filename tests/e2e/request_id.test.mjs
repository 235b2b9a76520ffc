// The same request_id is one message, in every form and through both doors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';

test('racing copies of a request are one message with one answer, from all devices and over HTTP', () =>
    with_server([`--api-key=game=${secret}`, '--gateway-worker=4', '--message-push-duration=20ms', '--message-push-count=1000'], async (server) => {
        const bob = await Client.login(server, 'bob');
        await bob.join('lobby');
        const devices = await Promise.all(['text', 'object', 'protobuf', 'text'].map((form) => Client.login(server, 'ada', { form })));
        await devices[0].join('lobby');
        const count = 20;
        const requests = Array.from({ length: count }, (_, i) => ({ type: 1, target_id: 'lobby', category: 'text', content: `content ${i}`, request_id: `r-${i}` }));
        const over_http = async (body) => {
            const { json } = await call(server, 'POST', '/v1/messages', { token: devices[0].token, body });
            return { code: json.code, data: json.data };
        };
        // 10 copies of each, two through each door.
        const doors = [...devices.map((device) => (body) => device.request(op.send, body)), over_http];
        const answers = await Promise.all([...doors, ...doors].flatMap((door) => requests.map((body) => door(body))));
        const ids = new Map();
        answers.forEach(({ code, data }, i) => {
            assert.equal(code, 0);
            const name = requests[i % count].request_id;
            const answer = JSON.stringify([data.id, data.session_id, data.sequence, data.created_at]);
            assert.equal(ids.get(name) ?? answer, answer, name);
            ids.set(name, answer);
        });
        assert.equal(new Set(ids.values()).size, count);
        const { items } = await bob.history('1:lobby', { limit: 300 });
        assert.deepEqual(items.map(({ content }) => content).sort(), requests.map(({ content }) => content).sort());
        await bob.await_items(count);
        assert.equal(bob.items().length, count);

        for (const device of devices) {
            assert.match(await device.refused(409, op.send, { ...requests[0], content: 'another' }), /request_id/);
            assert.match(await device.refused(400, op.send, { ...requests[0], request_id: 'no id' }), /request_id/);
        }
        const { json } = await call(server, 'GET', '/v1/counters', { token: secret });
        assert.equal(json.data.counters.request_repeated, answers.length - count);
        assert.equal(json.data.counters.request_conflict, devices.length);
    }));

test('a back end may repeat a batch: those who have it get it no second time', () =>
    with_server([`--api-key=game=${secret}`], async (server) => {
        await Client.login(server, 'ada');
        const body = { content: 'once', request_id: 'b1', targets: ['ada', 'bob'].map((target_id) => ({ type: 2, target_id })) };
        const post = async () => (await call(server, 'POST', '/v1/messages/batch', { token: secret, body })).json.data;
        const first = await post();
        assert.deepEqual(first.items.map(({ code }) => code), [0, 404]);
        const bob = await Client.login(server, 'bob');
        const second = await post();
        assert.deepEqual(second.items.map(({ code }) => code), [0, 0]);
        assert.deepEqual(second.items[0], first.items[0]);
        await bob.await_items(1);
    }));
