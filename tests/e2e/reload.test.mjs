// SIGHUP: what changes while the server runs, and what does not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { Raw, upgrade_request } from './support/raw.mjs';

// A server with a file of flags: `reload` writes others there and sends SIGHUP, until the log has such a line.
async function with_settings(settings, body, flags = []) {
    const folder = mkdtempSync(path.join(tmpdir(), 'gim-reload-'));
    const file = path.join(folder, 'gim.conf');
    writeFileSync(file, settings.join('\n'));
    const server = await Server.start([`--config=${file}`, ...flags]);
    let heard = 0;
    const reload = async (more, pattern = /settings: read again/) => {
        writeFileSync(file, more.join('\n'));
        server.process.child.kill('SIGHUP');
        const { index } = await server.process.line(pattern, heard);
        heard += index + 1;
    };
    try {
        await body(server, reload, folder);
        await server.stop();
    } finally {
        server.process.child.kill('SIGKILL');
        rmSync(folder, { recursive: true });
    }
}

async function upgrade_status(server, origin) {
    const raw = await Raw.connect(server.gateway_port);
    raw.write(upgrade_request(`Origin: ${origin}\r\n`));
    await raw.until(({ text }) => text.includes('\r\n\r\n'), 'an answer');
    raw.destroy();
    return Number(raw.text.slice(9, 12));
}

test('limits change for those who are there and those who come, and nobody is cut off', () =>
    with_settings(['max-room-members=2'], async (server, reload) => {
        const [ann, bob, cid] = await Promise.all(['ann', 'bob', 'cid'].map((id) => Client.login(server, id)));
        await ann.join('lobby');
        await bob.join('lobby');
        await cid.refused(429, op.join, { id: 'lobby' });
        await reload(['max-room-members=3', 'room-slow-mode=1h', 'max-users=3', 'allowed-origins=https://game.example']);
        await cid.join('lobby');
        await ann.send_room('lobby', 'once');
        await ann.refused(429, op.send, { type: 1, target_id: 'lobby', category: 'text', content: 'twice' });
        const dan = await Client.connect(server);
        await dan.refused(503, op.login, { id: 'dan' });
        assert.equal(await upgrade_status(server, 'https://other.example'), 403);
        assert.equal(await upgrade_status(server, 'https://game.example'), 101);
        await reload(['max-connections-per-address=1']);
        assert.equal(await upgrade_status(server, 'https://other.example'), 503, 'others are there already');
        await reload([]);
        await dan.expect(op.login, { id: 'dan' });
        await ann.send_room('lobby', 'twice');
        await bob.await_items(2);
        assert.deepEqual(bob.contents(), ['once', 'twice']);
    }, ['--gateway-worker=1']));

test('how many request_ids are remembered changes, too', () =>
    with_settings(['request-memory=0'], async (server, reload) => {
        const ann = await Client.login(server, 'ann');
        await ann.join('lobby');
        const sequence_of = async (request_id) => (await ann.send_room('lobby', 'hi', { request_id })).sequence;
        assert.deepEqual([await sequence_of('a'), await sequence_of('a')], [1, 2]);
        await reload(['request-memory=10']);
        assert.deepEqual([await sequence_of('a'), await sequence_of('a')], [3, 3]);
        await reload(['request-memory=0']);
        assert.deepEqual([await sequence_of('b'), await sequence_of('b')], [4, 5]);
    }));

test('keys are exchanged without a restart', () =>
    with_settings(['api-key=web=the-first-secret-of-web', 'auth=token', 'token-secret=the-first-secret-of-tokens'], async (server, reload, folder) => {
        const rooms = (key) => get(server, '/v1/rooms', { headers: { 'X-API-Key': key } }).then(({ status }) => status);
        assert.equal(await rooms('the-first-secret-of-web'), 200);
        const keys = path.join(folder, 'keys');
        writeFileSync(keys, 'web=the-first-secret-of-web\nweb=the-second-secret-of-web\n');
        const second = [`api-key-file=${keys}`, 'auth=token', 'token-secret=the-second-secret-of-tokens'];
        await reload(second);
        assert.equal(await rooms('the-first-secret-of-web'), 200);
        assert.equal(await rooms('the-second-secret-of-web'), 200);
        writeFileSync(keys, 'web=the-second-secret-of-web\n');
        await reload(second);
        assert.equal(await rooms('the-first-secret-of-web'), 401);
        assert.equal(await rooms('the-second-secret-of-web'), 200);
        writeFileSync(keys, 'no key\n');
        await reload(second, /error settings: going on with the old ones: gim: --api-key-file: .*keys.*line 1/);
        assert.equal(await rooms('the-second-secret-of-web'), 200);
        assert.doesNotMatch(server.process.stderr, /secret-of/);
    }));

test('what only a restart changes is named and stays as it was', () =>
    with_settings(['message-push-count=3', 'max-requests=0'], async (server, reload) => {
        await reload(['message-push-count=5', 'gateway-address=127.0.0.1:1'], /warning settings: only a restart changes .*message-push-count=5/);
        const ann = await Client.login(server, 'ann');
        await ann.expect(op.heartbeat);
        await reload(['message-push-count=none'], /error settings: going on with the old ones: gim: --message-push-count: must be 1 to 1000, got "none"/);
        await ann.expect(op.heartbeat);
    }));

test('a hundred reloads under load lose nothing', () =>
    with_settings(['enable-message-sequence=true', 'message-push-duration=5ms'], async (server) => {
        const clients = await Promise.all(Array.from({ length: 8 }, (_, i) => Client.login(server, `u${i}`)));
        for (const client of clients) await client.join('lobby');
        let is_over = false;
        const hang_up = async () => {
            for (let i = 0; i < 100; ++i) {
                server.process.child.kill('SIGHUP');
                await call(server, 'GET', '/healthz');
            }
            is_over = true;
        };
        const sent = [];
        const send = async (client, name) => {
            for (let n = 0; !is_over; ++n) {
                await client.send_room('lobby', `${name}-${n}`);
                sent.push(`${name}-${n}`);
            }
        };
        await Promise.all([hang_up(), ...clients.map((client, i) => send(client, i))]);
        const heard = await clients[0].await_items(sent.length);
        assert.deepEqual(new Set(heard.map(({ content }) => content)), new Set(sent));
        assert.deepEqual(
            heard.map(({ sequence }) => Number(sequence)),
            sent.map((_, i) => i + 1),
        );
    }));
