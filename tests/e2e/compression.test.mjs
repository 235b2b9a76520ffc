// permessage-deflate, as the npm package ws speaks it: what is agreed on, and that a packet is compressed once for all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { Peer } from './attacks/peer.mjs';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { within } from './support/time.mjs';

const compressing = { socket: { perMessageDeflate: true } };
const always = { socket: { perMessageDeflate: { threshold: 0 } } };
const offer = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
const key = '0123456789abcdef';
const flags = ['--compression', `--api-key=tests=${key}`];
const counters = async (server) =>
    (await call(server, 'GET', '/v1/counters', { headers: { 'X-API-Key': key } })).json.data.counters;
const line = (n) => `message ${n}: ` + 'good game, well played. '.repeat(20);

test('without --compression it is not agreed on', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, 'ada', compressing);
        assert.equal(ada.socket.extensions, '');
        await ada.join('lobby');
        await ada.send_room('lobby', line(1));
        await ada.await_items(1);
    }));

test('a packet to a room of all kinds of clients is compressed once a form, and says the same to all', () =>
    with_server([...flags, '--message-push-count=1', '--gateway-worker=2'], async (server) => {
        const kinds = [
            { form: 'text' },
            { form: 'object' },
            { form: 'protobuf' },
            { form: 'text', ...compressing },
            { form: 'protobuf', ...compressing },
        ];
        const clients = [];
        for (let i = 0; i < 40; ++i) {
            const client = await Client.login(server, `user${i}`, kinds[i % kinds.length]);
            await client.join('lobby');
            clients.push(client);
        }
        for (const [i, client] of clients.entries()) {
            assert.equal(client.socket.extensions.includes('permessage-deflate'), i % kinds.length > 2);
        }
        const before = await counters(server);
        const messages = 10;
        for (let n = 0; n < messages; ++n) {
            await clients[0].send_room('lobby', line(n)); // a plain client, whose replies are plain
            await Promise.all(clients.map((client) => client.await_items(n + 1)));
        }
        const wanted = Array.from({ length: messages }, (_, n) => line(n));
        for (const client of clients) assert.deepEqual(client.contents('1:lobby'), wanted);
        const after = await counters(server);
        // 16 clients took compressed packets of two forms.
        assert.equal(after.frame_deflated - before.frame_deflated, 2 * messages);
        assert.ok(after.deflate_saved_bytes - before.deflate_saved_bytes > 2 * messages * 300);
    }));

test('private messages, pages of history and requests are compressed, short ones are not', () =>
    with_server(flags, async (server) => {
        const ada = await Client.login(server, 'ada', always);
        const bob = await Client.login(server, 'bob', { ...compressing, form: 'protobuf' });
        const cy = await Client.login(server, 'cy');
        // How often each happened in the meantime.
        const during = async (act) => {
            const before = await counters(server);
            await act();
            const after = await counters(server);
            return [after.message_inflated - before.message_inflated, after.frame_deflated - before.frame_deflated];
        };
        const short = during(async () => {
            await ada.send_private('bob', 'short');
            await bob.await_items(1);
        });
        assert.deepEqual(await short, [1, 0]);
        const long = during(async () => {
            await ada.send_private('bob', line(1));
            await bob.await_items(2);
        });
        assert.deepEqual(await long, [1, 1]);
        const to_plain = during(async () => {
            await ada.send_private('cy', line(2));
            await cy.await_items(1);
        });
        assert.deepEqual(await to_plain, [1, 0]);
        assert.deepEqual(bob.contents(), ['short', line(1)]);
        assert.deepEqual(cy.contents(), [line(2)]);
        const pages = during(async () => {
            const { items } = await ada.history('2:ada:bob');
            const contents = items.map((item) => item.content);
            assert.deepEqual(contents.sort(), [line(1), 'short']);
            await cy.history('2:ada:cy');
        });
        assert.deepEqual(await pages, [1, 1]);
    }));

test('a window that a client cannot take is not agreed on, a smaller one of ours is told', () =>
    with_server([...flags, '--compression-window=10', '--compression-threshold=0'], async (server) => {
        const narrow = { perMessageDeflate: { serverMaxWindowBits: 9 } };
        const ada = await Client.login(server, 'ada', { socket: narrow });
        assert.equal(ada.socket.extensions, '');
        const wide = { perMessageDeflate: { serverMaxWindowBits: 12, clientMaxWindowBits: 9, threshold: 0 } };
        const bob = await Client.login(server, 'bob', { socket: wide });
        assert.equal(bob.socket.extensions, 'permessage-deflate');
        const told = await Peer.upgraded(server.gateway_port, { more: offer });
        assert.match(await told.head, /^Sec-WebSocket-Extensions: permessage-deflate; .*; server_max_window_bits=10\r?$/m);
        told.socket.destroy();
        await bob.join('lobby');
        for (let n = 0; n < 5; ++n) await bob.send_room('lobby', line(n).repeat(5));
        assert.equal((await bob.await_items(5)).length, 5);
    }));

test('a bomb is stopped at the limit of a message: 1009, and the server is as before', () =>
    with_server(flags, async (server) => {
        const bomb = deflateRawSync(Buffer.alloc(48 * 1024 * 1024, 'x'), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
        assert.ok(bomb.length < 64 * 1024);
        const healthy = await Client.login(server, 'ada', compressing);
        for (let n = 0; n < 20; ++n) {
            const peer = await Peer.logged_in(server.gateway_port, `mallory${n}`, { more: offer });
            peer.frame(2, bomb.subarray(0, -4), { rsv: 4 });
            await within(20_000, peer.told, () => 'no close');
            assert.equal(peer.code, 1009);
            peer.socket.destroy();
        }
        await healthy.join('lobby');
        await healthy.send_room('lobby', line(1));
        await healthy.await_items(1);
        assert.equal((await counters(server)).close_too_big, 20);
    }));
