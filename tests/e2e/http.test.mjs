import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { exchange, Raw, upgrade_request } from './support/raw.mjs';

test('healthz, readyz and version need no token', () =>
    with_server([], async (server) => {
        for (const path of ['/healthz', '/readyz', '/version']) {
            const { status, headers, json } = await get(server, path);
            assert.equal(status, 200);
            assert.match(headers['content-type'], /^application\/json/);
            assert.equal(json.code, 0);
        }
        const { json } = await get(server, '/version');
        assert.match(JSON.stringify(json.data), /\d+\.\d+\.\d+/);
    }));

test('a token is taken as Bearer and as ?token=; without a good one it is 401', () =>
    with_server([], async (server) => {
        const { token } = await Client.login(server, '1001');
        assert.equal((await get(server, '/v1/sessions', { token })).status, 200);
        assert.equal((await get(server, `/v1/sessions?token=${token}`)).status, 200);
        const forged = [undefined, '', 'x', token.slice(0, -2), `${token}x`, token.split('.').slice(0, 2).join('.') + '.'];
        const [head, claims, signature] = token.split('.');
        const admin = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url')), sub: '1002' }));
        const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
        forged.push(`${head}.${admin.toString('base64url')}.${signature}`, `${none}.${claims}.`, `${none}.${claims}.${signature}`);
        for (const path of ['/v1/sessions', '/v1/users/1001', '/v1/rooms', '/v1/rooms/9999', '/v1/rooms/9999/members']) {
            for (const bad of forged) {
                const { status, json } = await get(server, path, { headers: bad === undefined ? {} : { Authorization: `Bearer ${bad}` } });
                assert.deepEqual([path, status, json.code], [path, 401, 401]);
            }
        }
        assert.equal((await call(server, 'POST', '/v1/messages', { body: {} })).status, 401);
        assert.equal((await get(server, '/v1/sessions/1:9999/messages')).status, 401);
    }));

test("another server's token is refused: the secret is random, unless --token-secret is given", async () => {
    let token;
    await with_server([], async (server) => ({ token } = await Client.login(server, '1001')));
    await with_server([], async (server) => {
        await Client.login(server, '1001');
        assert.equal((await get(server, '/v1/sessions', { token })).status, 401);
    });
    const kept = ['--token-secret=0123456789abcdef0123456789abcdef'];
    await with_server(kept, async (server) => ({ token } = await Client.login(server, '1001')));
    await with_server(kept, async (server) => {
        await Client.login(server, '1001');
        assert.equal((await get(server, '/v1/sessions', { token })).status, 200);
    });
});

test('users, rooms and members', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001', { name: 'Ada' });
        const { token } = ada;
        await ada.join('9999');
        await ada.join('another');
        const data = async (path) => {
            const { status, json } = await get(server, path, { token });
            assert.deepEqual([path, status, json.code], [path, 200, 0]);
            return json.data;
        };
        assert.deepEqual(await data('/v1/users/1001'), { id: '1001', name: 'Ada', online: true });
        const room = { id: '9999', session_id: '1:9999', members: 1, connections: 1 };
        const { title, ...rest } = await data('/v1/rooms/9999');
        assert.deepEqual(rest, room);
        assert.equal(typeof title, 'string');
        assert.deepEqual((await data('/v1/rooms')).items.map(({ id }) => id), ['9999', 'another']);
        const first = await data('/v1/rooms?limit=1');
        assert.deepEqual([first.items.map(({ id }) => id), first.has_more, first.next], [['9999'], true, '9999']);
        assert.deepEqual((await data('/v1/rooms?after=9999')).items.map(({ id }) => id), ['another']);
        assert.deepEqual(await data('/v1/rooms/9999/members'), await ada.expect(op.members, { id: '9999' }));

        for (const path of ['/v1/users/nobody', '/v1/rooms/nowhere']) {
            const { status, json } = await get(server, path, { token });
            assert.deepEqual([status, json.code], [404, 404]);
        }
        const bad = await get(server, '/v1/rooms?limit=301', { token });
        assert.equal(bad.status, 400);
        assert.match(bad.json.msg, /limit/);
    }));

test('POST /v1/messages sends as the user of the token, by the rules of op 201', () =>
    with_server(['--message-push-duration=50ms'], async (server) => {
        const [ada, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
        await ada.join('9999');
        await bob.join('9999');
        const post = (body) => call(server, 'POST', '/v1/messages', { token: ada.token, body });
        const sent = await post({ type: 2, target_id: '1002', category: 'text', content: 'over HTTP' });
        assert.equal(sent.status, 200);
        assert.equal(sent.json.data.session_id, '2:1001:1002');
        const [item] = await bob.await_items(1);
        assert.deepEqual([item.id, item.sender.id, item.content], [sent.json.data.id, '1001', 'over HTTP']);
        await ada.await_items(1, '2:1001:1002');

        assert.equal((await post({ type: 1, target_id: '9999', category: 'text', content: 'to the room' })).json.code, 0);
        await bob.await_items(1, '1:9999');
        assert.equal((await post({ type: 1, target_id: 'nowhere', category: 'text', content: 'x' })).status >= 403, true);
        assert.equal((await post({ type: 2, target_id: 'nobody', category: 'text', content: 'x' })).status, 404);
        assert.match((await post({ type: 2, target_id: '1002' })).json.msg, /content/);
        assert.equal((await post({ type: 2, target_id: '1002', content: 'x'.repeat(32 * 1024 + 1) })).status, 413);
        assert.equal((await post('{"type":')).status, 400);
        assert.equal((await post('')).status, 400);
    }));

test('a third party may not read a session over HTTP', () =>
    with_server([], async (server) => {
        const [ada, eve] = [await Client.login(server, '1001'), await Client.login(server, '1003')];
        await Client.login(server, '1002');
        await ada.send_private('1002', 'secret');
        const { status, json, text } = await get(server, '/v1/sessions/2:1001:1002/messages', { token: eve.token });
        assert.deepEqual([status, json.code], [403, 403]);
        assert.doesNotMatch(text, /secret/);
    }));

test('an unknown path is 404, a wrong method 405 with Allow', () =>
    with_server([], async (server) => {
        const { token } = await Client.login(server, '1001');
        for (const path of ['/', '/v1', '/v1/nothing', '/healthz/x', '/v1/users', '/v1/users/']) {
            const { status, json } = await get(server, path, { token });
            assert.deepEqual([path, status, json.code], [path, 404, 404]);
        }
        for (const [method, path, allowed] of [['POST', '/healthz', /GET/], ['GET', '/v1/messages', /POST/], ['DELETE', '/v1/rooms', /GET/]]) {
            const { status, headers, json } = await call(server, method, path, { token });
            assert.deepEqual([method, path, status, json?.code], [method, path, 405, 405]);
            assert.match(headers.allow, allowed);
        }
    }));

test('what comes to the wrong door, or with a slash too many, is shown the right way', () =>
    with_server([], async (server) => {
        assert.match((await get(server, '/')).json.msg, /\/openapi\.yaml describes; WebSockets are at the gateway, on port 8080 unless/);
        assert.match((await get(server, '/v1/rooms/')).json.msg, /without the slash at the end/);
        const upgrade = await exchange(server.api_port, upgrade_request('Connection: close\r\n'));
        assert.match(upgrade, /^HTTP\/1\.1 404 /);
        assert.match(upgrade, /WebSockets are at the gateway/);
        const page = await exchange(server.gateway_port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        assert.match(page, /^HTTP\/1\.1 426 [^]*the HTTP API is on another port, 8081 unless --api-address says otherwise\n$/);
    }));

test('the absolute form of a target and several lines of Connection mean the same, at both doors', () =>
    with_server([], async (server) => {
        const where = `127.0.0.1:${server.api_port}`;
        const health = await exchange(server.api_port, `GET http://${where}/healthz HTTP/1.1\r\nHost: ${where}\r\nConnection: close\r\n\r\n`);
        assert.match(health, /^HTTP\/1\.1 200 /);
        const keep = 'Connection: keep-alive\r\nConnection: Upgrade';
        for (const request of [
            upgrade_request().replace('Connection: Upgrade', keep),
            upgrade_request().replace('GET /ws', 'GET http://localhost/ws'),
        ]) {
            const raw = await Raw.connect(server.gateway_port);
            raw.write(request);
            await raw.until(({ text }) => text.includes('\r\n\r\n'), 'an answer');
            assert.match(raw.text, /^HTTP\/1\.1 101 /, request);
            raw.destroy();
        }
    }));

test('a compressed body gets 415', () =>
    with_server([], async (server) => {
        const { token } = await Client.login(server, '1001');
        const { status, headers, json } = await call(server, 'POST', '/v1/messages', { token, body: '{}', headers: { 'Content-Encoding': 'gzip' } });
        assert.deepEqual([status, headers['accept-encoding']], [415, 'identity']);
        assert.match(json.msg, /^Content-Encoding: /);
    }));

test('HEAD answers as GET does, without the body', () =>
    with_server([], async (server) => {
        const whole = await get(server, '/healthz');
        const raw = await exchange(server.api_port, 'HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        assert.match(raw, /^HTTP\/1\.1 200 /);
        assert.match(raw, new RegExp(`\r\nContent-Length: ${whole.text.length}\r\n`, 'i'));
        assert.ok(raw.endsWith('\r\n\r\n'));
    }));

test('a connection serves many requests, also when they are sent at once', () =>
    with_server([], async (server) => {
        const raw = await Raw.connect(server.api_port);
        const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
        const answers = () => raw.text.match(/HTTP\/1\.1 200 /g)?.length ?? 0;
        for (let i = 1; i <= 3; ++i) {
            raw.write(request);
            await raw.until(() => answers() === i, `answer ${i}`);
        }
        raw.write(request.repeat(5));
        await raw.until(() => answers() === 8, 'all answers');
        raw.write('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n' + request.replace('Host: x', 'Host: x\r\nConnection: close'));
        assert.match(await raw.end(), / 404 [^]* 200 /);
        const old = await exchange(server.api_port, 'GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n');
        assert.match(old, /^HTTP\/1\.[01] 200 /, 'HTTP/1.0 closes by itself');
    }));

test('the trace header comes back and stands in the log line', async () => {
    for (const [flags, name] of [[[], 'trace'], [['--trace-header=X-Request-Id'], 'X-Request-Id']]) {
        await with_server([...flags, '--log-level=debug'], async (server) => {
            const { headers } = await get(server, '/healthz', { headers: { [name]: 'abc-123' } });
            assert.equal(headers[name.toLowerCase()], 'abc-123');
            await server.process.line(/abc-123/);
            assert.equal((await get(server, '/healthz')).headers[name.toLowerCase()] ?? '', '', 'none asked, none given');
        });
    }
});

test('no token is ever logged', () =>
    with_server(['--log-level=trace'], async (server) => {
        const { token } = await Client.login(server, '1001');
        await get(server, `/v1/sessions?token=${token}`, { headers: { trace: 'here' } });
        await get(server, '/v1/sessions', { token });
        await server.process.line(/here/);
        for (const part of token.split('.').slice(1)) assert.ok(!server.process.stderr.includes(part));
    }));

test('curl reads the same history as op 203', () =>
    with_server([], async (server) => {
        const ada = await Client.login(server, '1001');
        await ada.join('9999');
        await ada.send_room('9999', 'for curl');
        const url = `http://127.0.0.1:${server.api_port}/v1/sessions/1:9999/messages`;
        const { stdout } = await promisify(execFile)('curl', ['-sS', '-m', '10', '-H', `Authorization: Bearer ${ada.token}`, url]);
        assert.deepEqual(JSON.parse(stdout).data, await ada.history('1:9999'));
    }));
