// Which pages may use the server: the gateway by Origin, the API by what browsers are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { exchange, Raw, upgrade_request } from './support/raw.mjs';

const game = 'https://game.example';
const list = `--allowed-origins=${game},http://localhost:5173`;

// The status of an upgrade with these fields.
async function upgrade_status(server, fields) {
    const raw = await Raw.connect(server.gateway_port);
    raw.write(upgrade_request(fields));
    await raw.until(({ text }) => text.includes('\r\n\r\n'), 'an answer');
    raw.destroy();
    return Number(raw.text.slice(9, 12));
}

const fetch_from = (server, path, origin, init = {}) =>
    fetch(`http://127.0.0.1:${server.api_port}${path}`, { ...init, headers: { ...init.headers, ...(origin && { Origin: origin }) } });

test('a page of a site that is not listed gets 403 and a closed connection', () =>
    with_server([list], async (server) => {
        for (const origin of [game, 'https://GAME.example:443', 'http://localhost:5173'])
            assert.equal(await upgrade_status(server, `Origin: ${origin}\r\n`), 101, origin);
        assert.equal(await upgrade_status(server, ''), 101, 'no browser');
        for (const origin of ['http://game.example', `${game}:8443`, `${game}.evil.example`, `${game}/`, 'null', '*', '', 'http://localhost'])
            assert.equal(await upgrade_status(server, `Origin: ${origin}\r\n`), 403, origin);
        assert.equal(await upgrade_status(server, `Origin: ${game}\r\nOrigin: ${game}\r\n`), 403, 'two origins');
        const answer = await exchange(server.gateway_port, upgrade_request('Origin: https://evil.example\r\n'));
        assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
        assert.match(answer, /\r\nConnection: close\r\n/);
        assert.match(answer, /Origin: this page may not use this server/);
        await server.process.line(/warning refused 127\.0\.0\.1: not of --allowed-origins: /);
    }));

test('a star, or nothing, lets every page open a WebSocket', async () => {
    for (const flags of [[], ['--allowed-origins=*']])
        await with_server(flags, async (server) => {
            for (const origin of ['https://any.example', 'null']) assert.equal(await upgrade_status(server, `Origin: ${origin}\r\n`), 101);
            assert.equal(await upgrade_status(server, 'Origin: https://a.example\r\nOrigin: https://b.example\r\n'), 403);
        });
});

test('the API lets listed pages read its answers, and tells caches that answers differ', () =>
    with_server([list], async (server) => {
        const { token } = await Client.login(server, '1001');
        const headers = { Authorization: `Bearer ${token}` };
        for (const path of ['/healthz', '/v1/sessions', '/nothing']) {
            const allowed = await fetch_from(server, path, game, { headers });
            assert.equal(allowed.headers.get('access-control-allow-origin'), game, path);
            assert.equal(allowed.headers.get('access-control-expose-headers'), 'Retry-After, trace');
            assert.equal(allowed.headers.get('access-control-allow-credentials'), null);
            for (const origin of ['https://evil.example', 'null', undefined]) {
                const other = await fetch_from(server, path, origin, { headers });
                assert.equal(other.headers.get('access-control-allow-origin'), null, path);
                assert.equal(other.headers.get('vary'), 'Origin', path);
            }
        }
    }));

test('a browser that asks first hears what a page may ask', () =>
    with_server([list], async (server) => {
        const preflight = (path, origin) =>
            fetch_from(server, path, origin, {
                method: 'OPTIONS',
                headers: { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' },
            });
        const allowed = await preflight('/v1/messages', game);
        assert.equal(allowed.status, 200);
        assert.equal(allowed.headers.get('access-control-allow-origin'), game);
        assert.equal(allowed.headers.get('access-control-allow-methods'), 'POST');
        assert.equal(allowed.headers.get('access-control-allow-headers'), 'Authorization, Content-Type, trace');
        assert.equal(allowed.headers.get('vary'), 'Origin');
        assert.equal((await preflight('/v1/rooms', game)).headers.get('access-control-allow-methods'), 'GET, HEAD');
        const refused = await preflight('/v1/messages', 'https://evil.example');
        assert.equal(refused.status, 403);
        assert.equal(refused.headers.get('access-control-allow-origin'), null);
        assert.equal((await preflight('/nothing', game)).status, 404);
        // OPTIONS that is no such question is a method like any other.
        assert.equal((await fetch_from(server, '/v1/messages', game, { method: 'OPTIONS' })).status, 405);
    }));

test('no page reads what is for operators, whatever is allowed; a key opens it, but tells no browser so', async () => {
    const secret = 'a-secret-of-the-end-to-end-tests';
    for (const allowed of [['--allowed-origins=*'], [list], []])
        await with_server([...allowed, '--profiling-enabled', `--api-key=game=${secret}`], async (server) => {
            const paths = ['/metrics', '/debug/connections', '/debug/rooms', '/debug/workers', '/debug/pprof/cmdline', '/debug/pprof/heap'];
            for (const path of paths) {
                assert.notEqual((await fetch_from(server, path)).status, 401, `${path}, no page`);
                for (const origin of [game, 'https://evil.example', 'null', `http://127.0.0.1:${server.api_port}`]) {
                    for (const [headers, status] of [[{}, 401], [{ 'X-API-Key': secret }, 200]]) {
                        const answer = await fetch_from(server, path, origin, { headers });
                        if (status === 401) assert.equal(answer.status, 401, `${path} ${origin}`);
                        else assert.notEqual(answer.status, 401, `${path} ${origin}`);
                        assert.equal(answer.headers.get('access-control-allow-origin'), null, `${path} ${origin}`);
                        await answer.arrayBuffer();
                    }
                }
                const headers = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'x-api-key' };
                const preflight = await fetch_from(server, path, game, { method: 'OPTIONS', headers });
                assert.equal(preflight.status, 405, path);
                assert.equal(preflight.headers.get('access-control-allow-origin'), null, path);
            }
        });
});

test('with a star every page may read, without the flag none', async () => {
    await with_server(['--allowed-origins=*'], async (server) => {
        const answer = await fetch_from(server, '/healthz', 'https://any.example');
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
        assert.equal(answer.headers.get('vary'), null);
    });
    await with_server([], async (server) => {
        const answer = await fetch_from(server, '/healthz', 'https://any.example');
        assert.equal(answer.headers.get('access-control-allow-origin'), null);
        assert.equal(answer.headers.get('vary'), null);
    });
});
