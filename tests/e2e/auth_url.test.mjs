// Logins that the operator's own service answers (--auth-url).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, Server, with_server } from './support/gim.mjs';
import { with_bytes, with_service } from './support/login_service.mjs';
import { name_of_loopback, needs } from './support/needs.mjs';
import { op } from './support/ops.mjs';
import { exchange, upgrade_request } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const back_end = 'a-secret-of-the-tests';
const asking = (url, ...more) => {
    // Long, for machines that are busy; what is told twice counts as it was told last.
    return ['--auth=url', `--auth-url=${url}`, `--api-key=tests=${back_end}`, '--auth-timeout=5s', ...more];
};
const busy = 'login service: too many logins at once, try again';
const nobody = 'login service: no answer, try again';

async function counter(server, name) {
    const { json } = await call(server, 'GET', '/v1/counters', { token: back_end });
    return json.data.counters[`auth_url_${name}`];
}

// Who has the token "is ID" is that user.
const by_token = ({ token }) => (token?.startsWith('is ') ? { id: token.slice(3) } : 401);

async function login(server, token, body = {}) {
    const client = await Client.connect(server);
    client.welcome = await client.expect(op.login, { token, ...body });
    return client;
}

test('a login is who the service says, in every form; it hears what the client gave', () =>
    with_service(
        ({ token }) => ({ id: token, name: 'Ada 🦊', rooms: ['open'], more: { id: 'x' } }),
        (service) =>
            with_server(asking(service.url), async (server) => {
                await server.process.line(new RegExp(`info --auth url: a login is asked of http://127.0.0.1:${service.port}\n`));
                for (const form of ['text', 'object', 'protobuf']) {
                    const client = await Client.connect(server, { form });
                    const { user, expires_at, token } = await client.expect(op.login, { token: form, name: 'not she' });
                    assert.deepEqual(user, { id: form, name: 'Ada 🦊' });
                    assert.ok(!expires_at);
                    await client.join('open');
                    await client.refused(403, op.join, { id: 'closed' });
                    // The token for the API is no wider.
                    assert.equal((await get(server, '/v1/rooms/open/members', { token })).status, 200);
                    assert.equal((await get(server, '/v1/rooms/closed/members', { token })).status, 403);
                }
                const { url, method, headers, ...question } = service.questions[0];
                assert.deepEqual(question, { address: '127.0.0.1', token: 'text', name: 'not she' });
                assert.equal(`${method} ${url}`, 'POST /login?key=of-the-operator');
                assert.equal(headers['content-type'], 'application/json');
                assert.equal(headers.host, `127.0.0.1:${service.port}`);
                assert.equal(await counter(server, 'asked'), 3);
                assert.ok(service.connections <= 2, 'connections are used again');
            }),
    ));

test('with an id and no token it is asked, too; with neither it is not', () =>
    with_service(
        ({ id, address }) => (address === '127.0.0.1' && id === 'ann' ? { id } : 403),
        (service) =>
            with_server(asking(service.url, '--login-message=8KiB'), async (server) => {
                const client = await Client.connect(server);
                const { user } = await client.expect(op.login, { id: 'ann', name: 'Ann' });
                assert.deepEqual(user, { id: 'ann', name: 'Ann' }, 'the answer has no name, so the request may');
                for (const [body, why] of [
                    [{}, 'token: missing'],
                    [{ id: 'bob' }, 'token: not valid'],
                    [{ token: 'x'.repeat(4097), id: 'bob' }, 'token: not valid'],
                ]) {
                    const other = await Client.connect(server);
                    assert.equal(await other.refused(401, op.login, body), why);
                    const { code, reason } = await other.end();
                    assert.equal(code, 4500);
                    assert.equal(reason, 'token: missing or not valid');
                }
                assert.equal(service.questions.length, 2, 'nobody is asked about a token that is too long');
                assert.equal(await counter(server, 'refused'), 1);
            }),
    ));

test('an id that is not the one of the answer is 403, and system is nobody', () =>
    with_service(by_token, (service) =>
        with_server(asking(service.url), async (server) => {
            const client = await Client.connect(server);
            await client.refused(403, op.login, { id: 'root', token: 'is ann' });
            await client.refused(403, op.login, { token: 'is system' });
            await client.expect(op.login, { id: 'ann', token: 'is ann' });
            await client.refused(409, op.login, { token: 'is bob' });
        }),
    ));

test('users of a provider whose ids are none here can log in, and the API token is theirs', () =>
    with_service(
        () => ({ id: 'auth0|507f', name: 'x'.repeat(100), expires_in: 60.5, rooms: ['open'], more: '\ud800' }),
        (service) =>
            with_server(asking(service.url), async (server) => {
                const client = await Client.connect(server);
                const { user, token } = await client.expect(op.login, { token: 'sess:8f3a:ada' });
                assert.deepEqual(user, { id: '@auth0.7C507f', name: 'x'.repeat(64) });
                assert.equal(service.questions[0].token, 'sess:8f3a:ada');
                await client.join('open');
                const { json } = await call(server, 'POST', '/v1/messages', { token, body: { type: 1, target_id: 'open', content: 'x' } });
                assert.equal(json.code, 0, 'the user of the token is in the room');
                // A token that is none of that field's grammar is refused, and never cut.
                const field = 'Sec-WebSocket-Protocol: gim.token, sess:8f3a:ada\r\n';
                const answer = await exchange(server.gateway_port, upgrade_request(field));
                assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\nSec-WebSocket-Protocol: must be a list of tokens/);
                assert.equal(service.questions.length, 1);
            }),
    ));

test('a token of the upgrade is asked about, and again after a 503', () => {
    let is_down = true;
    return with_service(
        ({ token }) => (is_down ? 500 : { id: token }),
        (service) =>
            with_server(asking(service.url), async (server) => {
                const client = await Client.connect(server, { protocols: ['gim.token', 'ann'] });
                assert.equal(await client.refused(503, op.login, {}), nobody);
                is_down = false;
                assert.equal((await client.expect(op.login, {})).user.id, 'ann');
                assert.equal(await counter(server, 'failed'), 1);
            }),
    );
});

test('expires_in ends a login and the token it got; 109 asks again', () =>
    with_service(
        ({ token }) => (token === 'old' ? { id: 'ann', expires_in: 3600 } : token === 'new' ? { id: 'ann', expires_in: 7200, name: 'Ann' } : token === 'ever' ? { id: 'ann' } : token === 'down' ? 500 : token === 'bob' ? { id: 'bob' } : 401),
        (service) =>
            with_server(asking(service.url), async (server) => {
                const client = await login(server, 'old');
                const { expires_at, server_time, token } = client.welcome;
                assert.ok(Math.abs(expires_at - server_time - 3_600_000) < 20_000);
                const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
                assert.ok(claims.exp * 1000 <= expires_at && claims.exp * 1000 > expires_at - 2000);
                assert.equal((await get(server, '/v1/rooms', { token })).status, 200);
                assert.equal((await get(server, '/v1/rooms', { token: 'old' })).status, 401, 'the API is not asked');

                const renewed = await client.expect(op.refresh, { token: 'new' });
                assert.ok(renewed.expires_at > expires_at + 3_500_000);
                assert.equal(await client.refused(503, op.refresh, { token: 'down' }), nobody);
                assert.equal(await client.refused(403, op.refresh, { token: 'bob' }), 'token: is of another user');
                assert.deepEqual(await client.expect(op.refresh, { token: 'ever' }), { expires_at: 0 });
                assert.equal(await client.refused(401, op.refresh, { token: 'bad' }), 'token: not valid');
                assert.equal((await client.end()).code, 4500);
            }),
    ));

test('a slow service is a 503 in time, holds up nobody else, and answers that come late count for nobody', () => {
    const held = [];
    return with_service(
        (question, response) => (question.token.startsWith('slow') ? void held.push(response) : by_token(question)),
        (service) =>
            with_server(asking(service.url, '--auth-timeout=3s', '--gateway-worker=1'), async (server) => {
                const ann = await login(server, 'is ann');
                const slow = [];
                for (let n = 0; n < 10; ++n) slow.push(await Client.connect(server));
                const replies = slow.map((client, n) => client.refused(503, op.login, { token: `slow ${n}` }));
                while (held.length < 10) await sleep(5);
                // All of them wait, on the one worker that there is.
                await ann.expect(op.heartbeat);
                const bob = await login(server, 'is bob');
                await bob.send_private('ann', 'meanwhile');
                await ann.await_items(1);
                for (const reply of replies) assert.equal(await reply, nobody);
                for (const response of held) response.writeHead(200).end('{"id":"root"}');
                assert.equal((await slow[0].expect(op.login, { token: 'is eve' })).user.id, 'eve', 'it may try again');
                assert.equal(await counter(server, 'timed_out'), 10);
                await server.process.line(/warn(ing)? --auth-url: no answer to a login: it did not come in time/);
            }),
    );
});

test('beyond --auth-url-in-flight a login is a 503 at once, and counted', () => {
    const held = [];
    return with_service(
        (question, response) => (question.token === 'hold' ? void held.push(response) : by_token(question)),
        (service) =>
            with_server(asking(service.url, '--auth-url-in-flight=3'), async (server) => {
                const first = [];
                for (let n = 0; n < 3; ++n) {
                    const client = await Client.connect(server);
                    first.push(client.expect(op.login, { token: 'hold' }));
                }
                while (held.length < 3) await sleep(5);
                const fourth = await Client.connect(server);
                assert.equal(await fourth.refused(503, op.login, { token: 'is bob' }), busy);
                assert.equal(service.questions.length, 3);
                for (const response of held) response.writeHead(200).end('{"id":"ann"}');
                await Promise.all(first);
                await fourth.expect(op.login, { token: 'is bob' });
                assert.equal(await counter(server, 'too_many'), 1);
                assert.equal(await counter(server, 'asked'), 4);
            }),
    );
});

test('an answer with max-age is asked for once, and for that question only', () =>
    with_service(
        ({ token, id }, response) => {
            response.setHeader('Cache-Control', token === 'once' ? 'no-store' : 'private, max-age=60');
            return token === 'bad' ? 401 : { id: id ?? 'ann', rooms: ['open'] };
        },
        (service) =>
            with_server(asking(service.url), async (server) => {
                for (let n = 0; n < 6; ++n) {
                    const client = await login(server, 'ticket');
                    await client.refused(403, op.join, { id: 'closed' });
                }
                assert.equal(service.questions.length, 1);
                await login(server, 'ticket', { id: 'bob' });
                await login(server, 'Ticket');
                assert.equal(service.questions.length, 3);
                for (let n = 0; n < 2; ++n) await login(server, 'once');
                for (let n = 0; n < 2; ++n) await (await Client.connect(server)).refused(401, op.login, { token: 'bad' });
                assert.equal(service.questions.length, 7, 'a refusal is not kept');
                assert.equal(await counter(server, 'cached'), 5);
                await service.stop();
                await login(server, 'ticket');
                const other = await Client.connect(server);
                assert.equal(await other.refused(503, op.login, { token: 'other' }), nobody);
            }),
    ));

test('an answer that is kept ends in its time, and --auth-url-cache=0 keeps none', async () => {
    const answer = (_, response) => {
        response.setHeader('Cache-Control', 'max-age=1');
        return { id: 'ann' };
    };
    await with_service(answer, async (service) => {
        await with_server(asking(service.url), async (server) => {
            await login(server, 'ticket');
            await sleep(1100);
            await login(server, 'ticket');
            assert.equal(service.questions.length, 2);
        });
        await with_server(asking(service.url, '--auth-url-cache=0'), async (server) => {
            for (let n = 0; n < 3; ++n) await login(server, 'ticket');
            assert.equal(service.questions.length, 5);
        });
    });
});

test('a service that drops idle connections is asked over a new one', () =>
    with_service(by_token, (service) =>
        with_server(asking(service.url), async (server) => {
            for (let n = 0; n < 5; ++n) {
                await login(server, `is u${n}`);
                service.drop_idle();
            }
            assert.equal(service.questions.length, 5);
            assert.equal(await counter(server, 'failed'), 0);
        }),
    ));

test('a service that is down, restarts and is back', () =>
    with_service(by_token, async (service) => {
        await with_server(asking(service.url), async (server) => {
            await login(server, 'is ann');
            await service.stop();
            const client = await Client.connect(server);
            for (let n = 0; n < 3; ++n) assert.equal(await client.refused(503, op.login, { token: 'is bob' }), nobody);
            assert.equal(await counter(server, 'failed'), 3);
            await server.process.line(/--auth-url: no answer to a login: it cannot be reached: Connection refused/);
            await service.start_again();
            await client.expect(op.login, { token: 'is bob' });
        });
    }));

test('whatever else is answered is a 503, and the server goes on', async () => {
    const body = (text, more = '') => `HTTP/1.1 200 OK\r\n${more}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
    const good = '{"id":"ann"}';
    for (const [bytes, more] of [
        [''],
        ['\0\0\0\0'],
        ['SSH-2.0-OpenSSH_9.2\r\n'],
        ['HTTP/1.1 200 OK\r\n'],
        ['HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"id"'],
        ['HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n{}'],
        ['HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n{"id":"ann"}'],
        [`HTTP/1.1 100 Continue\r\n\r\n${body(good)}`],
        [`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n`],
        [`HTTP/1.1 500 Oops\r\nContent-Length: 12\r\n\r\n${good}`],
        [body('<html>', 'Content-Type: text/html\r\n')],
        [body('{"id":5}')],
        [body(`{"id":"ann","x":"${'y'.repeat(17_000)}"}`)],
        ['HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(10_000)],
        ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `2710\r\n${'x'.repeat(10_000)}\r\n`],
        ['HTTP/1.1 200 OK\r\n', `X-${'a'.repeat(100)}: ${'b'.repeat(1000)}\r\n`],
        ['HTTP/1.1 200 OK\r\nX: ', 'y'.repeat(10_000)],
    ]) {
        await with_bytes(bytes, more, (url) =>
            with_server(asking(url, '--gateway-worker=1'), async (server) => {
                const client = await Client.connect(server);
                const what = JSON.stringify(bytes).slice(0, 80);
                const reply = await client.request(op.login, { token: 't' });
                assert.equal(reply.code, 503, `${what}: ${reply.msg}`);
                assert.equal(reply.msg, nobody);
                await client.refused(401, op.heartbeat);
                assert.equal((await counter(server, 'failed')) + (await counter(server, 'timed_out')), 1, what);
            }),
        );
    }
    // Of the same make, but good: without a length, in chunks, with something behind it.
    for (const bytes of [
        `HTTP/1.0 200 OK\r\n\r\n${good}`,
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n${good}\r\n0\r\n\r\n`,
        `${body(good)}${body('{"id":"eve"}')}`,
    ]) {
        await with_bytes(bytes, undefined, (url) =>
            with_server(asking(url), async (server) => {
                for (let n = 0; n < 3; ++n) assert.equal((await login(server, `t${n}`)).welcome.user.id, 'ann');
            }),
        );
    }
});

test('a host may be named', needs(name_of_loopback), () =>
    with_service(by_token, async (service) => {
        const url = service.url.replace('127.0.0.1', 'localhost');
        // localhost may be ::1 first, where nobody listens: the next address is tried.
        await with_server(asking(url), async (server) => {
            assert.equal((await login(server, 'is ann')).welcome.user.id, 'ann');
        });
    }));

test('a second signal ends it while logins wait for an answer', () =>
    with_service(
        () => undefined,
        async (service) => {
            const server = await Server.start(asking(service.url));
            const clients = [];
            for (let n = 0; n < 5; ++n) clients.push(await Client.connect(server));
            const replies = clients.map((client) => client.request(op.login, { token: 't' }).catch(() => {}));
            while (service.questions.length < 5) await sleep(5);
            server.process.child.kill('SIGTERM');
            await server.process.line(/signal 15/);
            await server.stop();
            await Promise.all(replies);
        },
    ));

test('no log holds a token, an answer or the query of the URL, at any level', () =>
    with_service(
        ({ token }) => (token.includes('refused') ? 401 : token.includes('broken') ? { id: 'sekrit answer' } : token.includes('slow') ? undefined : { id: 'ann' }),
        async (service) => {
            const server = await Server.start(asking(service.url, '--log-level=trace', '--auth-timeout=500ms'));
            for (const kind of ['good', 'refused', 'broken', 'slow']) {
                for (const protocols of [[], ['gim.token', `sekrit-${kind}`]]) {
                    const client = await Client.connect(server, { protocols });
                    await client.request(op.login, protocols.length ? {} : { token: `sekrit-${kind}` });
                    client.socket.close();
                    await client.end();
                }
            }
            await service.stop();
            const client = await Client.connect(server);
            await client.refused(503, op.login, { token: 'sekrit-down' });
            const { stderr } = server.process;
            await server.stop();
            assert.match(stderr, /token refused: by the login service/);
            assert.match(stderr, /--auth-url: no answer to a login: /);
            assert.doesNotMatch(stderr, /sekrit|of-the-operator/);
        },
    ));

test('what does not go together is told in one line', async () => {
    for (const [args, pattern] of [
        [['--auth=url'], /^gim: --auth: url needs --auth-url, too\n$/],
        [['--auth-url=http://127.0.0.1/'], /^gim: --auth-url: needs --auth=url, too\n$/],
        [['--auth=token', '--auth-url=http://127.0.0.1/'], /^gim: --auth-url: needs --auth=url, too\n$/],
        [['--auth=url', '--auth-url=https://id.example/'], /^gim: --auth-url: https is not spoken: name a proxy that does it, as near as http:/],
        [['--auth=url', '--auth-url=http://x:sekrit@h/'], /^gim: --auth-url: must be http:\/\/HOST\[:PORT\]\/PATH\n$/],
        [['--auth-timeout=6s'], /^gim: --auth-timeout: must be 10ms to 5s, got "6s"\n$/],
    ]) {
        const { code, stderr } = await run_gim(args);
        assert.equal(code, 2, stderr);
        assert.match(stderr, pattern);
    }
});
