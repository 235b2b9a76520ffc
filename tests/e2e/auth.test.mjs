import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, Server, with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';
import { in_seconds, Issuer, with_files } from './support/tokens.mjs';

const secret = 'a secret of the end-to-end tests';
const issuer = Issuer.secret(secret);
const strict = ['--auth=token', `--token-secret=${secret}`];

// A login with this body ends the connection: 401, then 4500, both in the same words.
async function is_turned_away(server, body, options) {
    const client = await Client.connect(server, options);
    const message = await client.refused(401, op.login, body);
    const { code, reason } = await client.end();
    assert.equal(code, 4500);
    assert.equal(reason, 'token: missing or not valid');
    return message;
}

test('a login with a token is its user, in every form, and hands out no other token', () =>
    with_server(strict, async (server) => {
        for (const form of ['text', 'object', 'protobuf']) {
            const exp = in_seconds(60);
            const client = await Client.connect(server, { form });
            const reply = await client.expect(op.login, { token: issuer.token({ sub: form, name: 'Ada 🦊', exp }) });
            assert.deepEqual(reply.user, { id: form, name: 'Ada 🦊' });
            assert.equal(reply.expires_at, exp * 1000);
            assert.ok(!reply.token);
            await client.join('lobby');
        }
        const client = await Client.connect(server);
        const { user } = await client.expect(op.login, { id: 'bob', name: 'Bob', token: issuer.token({ sub: 'bob' }) });
        assert.deepEqual(user, { id: 'bob', name: 'Bob' }, 'the token has no name, so the request may');
        const again = await Client.connect(server);
        const named = await again.expect(op.login, { name: 'Root', token: issuer.token({ sub: 'bob', name: 'Robert' }) });
        assert.equal(named.user.name, 'Robert', "the token's name counts");
    }));

test('an id that is not the token\'s user is 403, and the connection may try again', () =>
    with_server(strict, async (server) => {
        const client = await Client.connect(server);
        const token = issuer.token({ sub: 'ann' });
        assert.equal(await client.refused(403, op.login, { id: 'root', token }), "id: must be the token's user, or absent");
        await client.expect(op.login, { id: 'ann', token });
        await client.refused(409, op.login, { token: issuer.token({ sub: 'bob' }) });
        await client.expect(op.heartbeat);
    }));

test('whatever is wrong with a token, the answer is the same', () =>
    with_server([...strict, '--log-level=debug'], async (server) => {
        const good = issuer.token({ sub: 'ann' });
        const [head, claims, signature] = good.split('.');
        const none = Buffer.from('{"alg":"none"}').toString('base64url');
        const bad = [
            '',
            'x',
            `${none}.${claims}.`,
            `${head}.${claims}.${signature}A`,
            `${head}.${claims}`,
            Issuer.secret('another secret of 16 bytes').token({ sub: 'ann' }),
            new Issuer('RS256').token({ sub: 'ann' }),
            issuer.token({ sub: 'ann', exp: in_seconds(-31) }),
            issuer.token({ sub: 'ann', exp: undefined }),
            issuer.token({ sub: 'ann', nbf: in_seconds(60) }),
            issuer.token({ sub: '' }),
            issuer.token({ sub: 1001 }),
            issuer.token({ sub: 'ann', rooms: 'lobby' }),
        ];
        for (const token of bad) {
            assert.equal(await is_turned_away(server, { id: 'ann', token }), 'token: not valid');
        }
        assert.equal(await is_turned_away(server, { id: 'ann' }), 'token: missing');
        await server.process.line(/debug token refused: the signature is wrong\n/);
        await server.process.line(/debug token refused: expired\n/);
    }));

test('with --auth-issuer and --auth-audience a token must be from and for them', () =>
    with_server([...strict, '--auth-issuer=https://id.example', '--auth-audience=gim'], async (server) => {
        const iss = 'https://id.example';
        for (const aud of ['gim', ['shop', 'gim']]) {
            const token = issuer.token({ sub: 'ann', iss, aud });
            const client = await Client.connect(server);
            await client.expect(op.login, { token });
            assert.equal((await get(server, '/v1/rooms', { token })).status, 200);
        }
        for (const claims of [{}, { iss }, { aud: 'gim' }, { iss, aud: 'shop' }, { iss, aud: [] }, { iss: 'x', aud: 'gim' }]) {
            const token = issuer.token({ sub: 'ann', ...claims });
            assert.equal(await is_turned_away(server, { token }), 'token: not valid');
            assert.equal((await get(server, '/v1/rooms', { token })).status, 401);
        }
        const { stdout } = await run_gim(['token', '--user=ann', `--issuer=${iss}`, '--audience=gim', `--token-secret=${secret}`]);
        const client = await Client.connect(server);
        await client.expect(op.login, { token: stdout.trim() });
    }));

test('a token may come as a subprotocol, of which only the name is answered', () =>
    with_server(strict, async (server) => {
        const client = await Client.connect(server, { protocols: ['gim.token', issuer.token({ sub: 'ann' })] });
        assert.equal(client.socket.protocol, 'gim.token');
        const { user } = await client.expect(op.login, {});
        assert.equal(user.id, 'ann');
        await client.expect(op.logout);
        assert.equal(await client.refused(401, op.login, {}), 'token: missing', 'it counts once');
        assert.equal((await client.end()).code, 4500);

        assert.equal(await is_turned_away(server, {}, { protocols: ['gim.token', 'no-token'] }), 'token: not valid');
        assert.equal(await is_turned_away(server, {}, { protocols: ['gim.token'] }), 'token: missing');
    }));

test('a token in the URL of the gateway counts for nothing', () =>
    with_server(strict, async (server) => {
        const url = `${server.url}?token=${issuer.token({ sub: 'ann' })}`;
        assert.equal(await is_turned_away(server, {}, { url }), 'token: missing');
    }));

test('public keys from PEM and JWKS files, several at once, each for its own algorithm', () => {
    const rs = new Issuer('RS256', 'rs');
    const es = new Issuer('ES256', 'es');
    const ed = new Issuer('EdDSA', 'ed');
    const nameless = new Issuer('ES256');
    const keys = { keys: [es.jwk, ed.jwk, { kty: 'RSA', use: 'enc', n: 'AQ', e: 'AQAB', kid: 'other' }] };
    return with_files({ 'rs.pem': rs.pem, 'nameless.pem': nameless.pem, 'keys.json': JSON.stringify(keys) }, (path) =>
        with_server(
            ['--auth=token', `--auth-key=rs=${path('rs.pem')}`, '--auth-key', path('nameless.pem'), `--auth-jwks=${path('keys.json')}`],
            async (server) => {
                await server.process.line(
                    /info --auth token: a login needs a token; 4 keys: ed EdDSA, es ES256, rs RS256, one without KID ES256\n/,
                );
                for (const one of [rs, es, ed, nameless]) {
                    const client = await Client.connect(server);
                    const { user } = await client.expect(op.login, { token: one.token({ sub: one.alg }) });
                    assert.equal(user.id, one.alg);
                    assert.equal((await get(server, '/v1/rooms', { token: one.token({ sub: 'x' }) })).status, 200);
                }
                // The public key, which everybody may know, taken for a secret.
                const text = rs.token({ sub: 'root' }, { alg: 'HS256' }).split('.').slice(0, 2).join('.');
                const signature = createHmac('sha256', rs.pem).update(text).digest('base64url');
                await is_turned_away(server, { token: `${text}.${signature}` });
                await is_turned_away(server, { token: es.token({ sub: 'root' }, { kid: 'rs' }) });
                await is_turned_away(server, { token: es.token({ sub: 'root' }, { alg: 'RS256', kid: 'rs' }) });
            },
        ),
    );
});

test('a key set with bad keys keeps the good ones, and keys of one kid are told apart by alg', () => {
    const rs = new Issuer('RS256', 'one');
    const es = new Issuer('ES256', 'one');
    const keys = [
        { kty: 'RSA', kid: 'small', n: 'AQ', e: 'AQAB' },
        { kty: 'OKP', crv: 'X448', kid: 'unknown', x: 'AA' },
        rs.jwk,
        { ...es.jwk, x5c: [[['x']]], x5t: 1e308 },
        { ...rs.jwk, n: 'AQ' },
        rs.jwk,
        null,
    ];
    return with_files({ 'keys.json': JSON.stringify({ keys }) }, (path) =>
        with_server(['--auth=token', `--auth-jwks=${path('keys.json')}`], async (server) => {
            const checked = await run_gim(['check-config', '--auth=token', `--auth-jwks=${path('keys.json')}`]);
            assert.equal(checked.code, 0);
            assert.match(checked.stdout, /2 keys: one ES256, one RS256\n$/);
            assert.match(checked.stderr, /^gim: --auth-jwks: .*: a key is left out: key 1 \(kid "small"\)/);
            await server.process.line(/info --auth token: a login needs a token; 2 keys: one ES256, one RS256\n/);
            for (const why of [/key 1 \(kid "small"\): its numbers/, /key 2 \(kid "unknown"\): not for/, /key 5 \(kid "one"\)/, /key 7: must/]) {
                assert.match(server.process.stderr, new RegExp(`warning --auth-jwks: .*keys.json": a key is left out: ${why.source}`));
            }
            assert.match(server.process.stderr, /a key is left out: the KID "one" is taken by another key that checks RS256/);
            for (const one of [rs, es]) {
                const client = await Client.connect(server);
                await client.expect(op.login, { token: one.token({ sub: 'ann' }) });
                await is_turned_away(server, { token: one.token({ sub: 'ann' }, { alg: one === rs ? 'ES256' : 'RS256' }) });
            }
        }),
    );
});

test('tokens of login providers: their subjects, times, names, and claims that nobody asked for', () =>
    with_server(strict, async (server) => {
        const more = { 'https://x/roles': { a: { b: [1, [2, [3]]] } }, wide: Object.fromEntries(Array.from({ length: 70 }, (_, i) => [i, i])) };
        for (const [sub, id] of [
            ['auth0|507f1f77bcf86cd799439011', '@auth0.7C507f1f77bcf86cd799439011'],
            ['f:1b2c3d4e-0000-4000-8000-1234567890ab:ann', '@f.3A1b2c3d4e-0000-4000-8000-1234567890ab.3Aann'],
            ['eu-west-1:9d2e8f00-1111-4222-8333-abcdefabcdef', '@eu-west-1.3A9d2e8f00-1111-4222-8333-abcdefabcdef'],
            ['ann', 'ann'],
        ]) {
            const client = await Client.connect(server);
            const token = issuer.token({ sub, exp: in_seconds(60) + 0.25, nbf: in_seconds(-1) + 0.5, iat: Date.now() / 1000, name: 'é'.repeat(40), ...more });
            const { user } = await client.expect(op.login, { token });
            assert.deepEqual(user, { id, name: 'é'.repeat(32) });
            assert.equal((await get(server, `/v1/users/${encodeURIComponent(id)}`, { token })).json.data.online, true);
        }
        for (const name of ['', 5, null, {}]) {
            const client = await Client.connect(server);
            const { user } = await client.expect(op.login, { token: issuer.token({ sub: 'unnamed', name }) });
            assert.equal(user.name, 'unnamed');
        }
    }));

test('a token of the system is refused at both doors, with the same words', () =>
    with_server(strict, async (server) => {
        const token = issuer.token({ sub: 'system' });
        const client = await Client.connect(server);
        assert.equal(await client.refused(403, op.login, { token }), 'id: system is for back ends');
        await client.expect(op.login, { token: issuer.token({ sub: 'ann' }) });
        for (const path of ['/v1/rooms', '/v1/sessions', '/v1/users/ann']) {
            const { status, json } = await get(server, path, { token });
            assert.deepEqual([status, json.msg], [403, 'id: system is for back ends']);
        }
        const body = { type: 2, target_id: 'ann', content: 'x' };
        assert.equal((await call(server, 'POST', '/v1/messages', { token, body })).status, 403);
    }));

test('with --auth-user-claim another claim names the user, but gim token is as it was', () =>
    with_server([...strict, '--auth-user-claim=https://game.example/uid'], async (server) => {
        const login = async (token) => (await (await Client.connect(server)).expect(op.login, { token })).user.id;
        assert.equal(await login(issuer.token({ sub: 'ann', 'https://game.example/uid': 'a:1' })), '@a.3A1');
        assert.equal(await is_turned_away(server, { token: issuer.token({ sub: 'ann' }) }), 'token: not valid');
        const { stdout } = await run_gim(['token', '--user=ann', `--token-secret=${secret}`]);
        assert.equal(await login(stdout.trim()), 'ann');
    }));

test('a login ends when its token has expired for 30 s; a refresh in time moves that', () =>
    with_server(strict, async (server) => {
        const almost = (more) => issuer.token({ sub: 'ann', exp: in_seconds(-27), ...more });
        const started = Date.now();
        const left = await Client.connect(server);
        await left.expect(op.login, { token: almost() });
        const stays = await Client.connect(server, { form: 'protobuf' });
        await stays.expect(op.login, { token: almost({ name: 'Ann' }) });
        const exp = in_seconds(60);
        assert.deepEqual(await stays.expect(op.refresh, { token: issuer.token({ sub: 'ann', exp }) }), { expires_at: exp * 1000 });
        const logged_out = await Client.connect(server);
        await logged_out.expect(op.login, { token: almost() });
        await logged_out.expect(op.logout);
        const { code, reason } = await left.end();
        assert.equal(code, 4001);
        assert.equal(reason, 'the token has expired');
        assert.ok(Date.now() - started >= 1000, 'not before');
        await sleep(500);
        await stays.expect(op.heartbeat);
        await logged_out.refused(401, op.heartbeat);
        await logged_out.expect(op.login, { token: issuer.token({ sub: 'bob' }) });
        await logged_out.close();
    }));

test('a refresh for another user is 403; a bad one ends the connection; before login there is none', () =>
    with_server(strict, async (server) => {
        const client = await Client.connect(server);
        await client.refused(401, op.refresh, { token: issuer.token({ sub: 'ann' }) });
        await client.expect(op.login, { token: issuer.token({ sub: 'ann' }) });
        assert.equal(await client.refused(403, op.refresh, { token: issuer.token({ sub: 'bob' }) }), 'token: is of another user');
        assert.equal(await client.refused(400, op.refresh, {}), 'token: missing');
        await client.expect(op.login, { token: issuer.token({ sub: 'ann', name: 'Ann' }) });
        assert.equal(await client.refused(401, op.refresh, { token: issuer.token({ sub: 'ann', exp: 1 }) }), 'token: not valid');
        assert.equal((await client.end()).code, 4500);
    }));

test('the claim rooms limits joining, sending, reading and what is pushed, also over HTTP', () =>
    with_server(strict, async (server) => {
        const everywhere = await Client.connect(server);
        await everywhere.expect(op.login, { token: issuer.token({ sub: 'ann' }) });
        const bob = await Client.connect(server);
        await bob.expect(op.login, { token: issuer.token({ sub: 'bob' }) });
        for (const room of ['open', 'closed']) {
            await everywhere.join(room);
            await bob.join(room);
            await bob.send_room(room, `before, ${room}`);
        }
        const token = issuer.token({ sub: 'ann', rooms: ['open', 'new'] });
        const limited = await Client.connect(server);
        await limited.expect(op.login, { token });
        const why = 'rooms: your token does not list this room';
        assert.equal(await limited.refused(403, op.join, { id: 'closed' }), why);
        assert.equal(await limited.refused(403, op.join, { id: 'nowhere' }), why);
        assert.equal(await limited.refused(403, op.send, { type: 1, target_id: 'closed', content: 'x' }), why);
        assert.equal(await limited.refused(403, op.history, { session_id: '1:closed' }), why);
        assert.equal(await limited.refused(403, op.members, { id: 'closed' }), why);
        await limited.join('new');
        await limited.send_room('open', 'from the limited one');
        const { items } = await limited.expect(op.sessions, {});
        assert.deepEqual(items.map((s) => s.id).sort(), ['1:new', '1:open']);

        // ann is in both rooms, but this device of hers hears one only.
        await everywhere.join('later');
        await bob.join('later');
        for (const room of ['closed', 'later', 'open']) await bob.send_room(room, `after, ${room}`);
        await everywhere.until((c) => c.contents().includes('after, open') && c.contents().includes('after, later'), 'all');
        await limited.until((c) => c.contents().includes('after, open'), 'the open one');
        await bob.send_private('ann', 'private');
        await limited.until((c) => c.contents().includes('private'), 'the private one');
        assert.deepEqual(new Set(limited.packets.map((p) => p.session.id)), new Set(['1:open', '2:ann:bob']));

        const path = (session) => `/v1/sessions/${session}/messages`;
        assert.equal((await get(server, path('1:open'), { token })).status, 200);
        assert.equal((await get(server, path('1:closed'), { token })).json.msg, why);
        assert.equal((await get(server, '/v1/rooms/closed/members', { token })).status, 403);
        const body = { type: 1, target_id: 'closed', content: 'x' };
        assert.equal((await call(server, 'POST', '/v1/messages', { token, body })).status, 403);
        assert.equal((await get(server, path('1:closed'), { token: issuer.token({ sub: 'ann' }) })).status, 200);

        // A new token changes it at once.
        await limited.expect(op.refresh, { token: issuer.token({ sub: 'ann', rooms: ['closed'] }) });
        assert.equal(await limited.refused(403, op.history, { session_id: '1:open' }), why);
        await bob.send_room('open', 'not for this device');
        await bob.send_room('closed', 'now it does');
        await limited.until((c) => c.contents().includes('now it does'), 'the closed one');
        await everywhere.until((c) => c.contents().includes('not for this device'), 'the open one');
        assert.ok(!limited.contents().includes('not for this device'));
    }));

test('without --auth token a token at login is not asked for, and there is nothing to refresh', () =>
    with_server([`--token-secret=${secret}`], async (server) => {
        await server.process.line(/info --auth none: who connects is who they say/);
        const client = await Client.connect(server);
        const { token, user } = await client.expect(op.login, { id: 'ann', token: 'whatever' });
        assert.equal(user.id, 'ann');
        assert.equal(await client.refused(409, op.refresh, { token }), 'token: logins do not expire on this server');
        assert.equal((await get(server, '/v1/users/ann', { token: issuer.token({ sub: 'x' }) })).json.data.name, 'ann');
        const nameless = await Client.connect(server);
        assert.equal(await nameless.refused(400, op.login, { token }), 'id: missing');
    }));

test('over HTTP a user is called by the token, else by the name of the login, else by the id', () =>
    with_server([`--token-secret=${secret}`], async (server) => {
        const ann = await Client.login(server, 'ann', { name: 'Ann' });
        const send = (token) =>
            call(server, 'POST', '/v1/messages', { token, body: { type: 2, target_id: 'ann', content: 'x' } });
        assert.equal((await send(issuer.token({ sub: 'stranger' }))).status, 200);
        assert.equal((await send(issuer.token({ sub: 'ann' }))).status, 200);
        assert.equal((await send(issuer.token({ sub: 'named', name: 'Nam' }))).status, 200);
        const items = await ann.await_items(3);
        assert.deepEqual(items.map((i) => i.sender.name).sort(), ['Ann', 'Nam', 'stranger']);
    }));

test('no log holds a token or a secret, at any level', async () => {
    const server = await Server.start([...strict, '--log-level=trace']);
    const tokens = [issuer.token({ sub: 'ann' }), issuer.token({ sub: 'ann', exp: 1 }), issuer.token({ sub: 'bob' }), 'bm90.bXk.dG9rZW4'];
    for (const token of tokens) {
        for (const options of [{}, { protocols: ['gim.token', token] }, { url: `${server.url}?token=${token}` }]) {
            const client = await Client.connect(server, options);
            await client.request(op.login, { id: 'ann', token });
            if (client.socket.readyState === 1) await client.request(op.refresh, { token }).catch(() => {});
            client.socket.close();
            await client.end();
        }
        await get(server, '/v1/rooms', { token, headers: { trace: 'one' } });
        await get(server, `/v1/rooms?token=${token}`, { headers: { trace: 'two' } });
    }
    const { stderr, stdout } = server.process;
    await server.stop();
    assert.match(stderr, /trace=two/);
    assert.equal(stdout, '');
    for (const part of [secret, ...tokens.flatMap((token) => token.split('.'))]) {
        assert.ok(!stderr.includes(part), `the log holds ${part}:\n${stderr}`);
    }
});

test('what cannot work is told in one line, and nothing listens', async () => {
    const rs = new Issuer('RS256');
    const oct = (kid, k) => JSON.stringify({ keys: [{ kty: 'oct', kid, k }] });
    const files = {
        'public.pem': rs.pem,
        'private.pem': rs.private_pem,
        'empty.json': '{"keys":[]}',
        'no.json': 'no',
        'bad.json': oct('short', 'AAAA'),
        'secret.json': oct(undefined, 'A'.repeat(43)),
    };
    await with_files(files, async (path) => {
        const key = path('public.pem');
        for (const [args, pattern] of [
            [['--auth=token'], /^gim: --auth: token needs a key: --token-secret, --auth-key or --auth-jwks\n$/],
            [[`--auth-key=${path('private.pem')}`], /^gim: --auth-key: ".*private.pem": holds a private key/],
            [[`--auth-key=${path('absent.pem')}`], /^gim: --auth-key: ".*absent.pem": cannot be read\n$/],
            [[`--auth-key=${path('no.json')}`], /must be a public key in PEM/],
            [[`--auth-key=${key}`, `--auth-key=${key}`, '--auth=token'], /there is a key without KID already/],
            [[`--auth-key=a=${key}`, `--auth-key=a=${key}`], /the KID "a" is taken by another key/],
            [[`--auth-jwks=${path('secret.json')}`], /beside the secret of --token-secret, every other secret needs a KID/],
            [[`--auth-jwks=${path('empty.json')}`], /empty.json": holds no key that checks/],
            [[`--auth-jwks=${path('no.json')}`], /no.json": must be a JSON Web Key Set/],
            [[`--auth-jwks=${path('bad.json')}`], /bad.json": holds no key that checks .*; key 1 \(kid "short"\): a secret must have 16 bytes/],
        ]) {
            const { code, stderr } = await run_gim(args);
            assert.equal(code, 1, stderr);
            assert.match(stderr, pattern);
            assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
        }
    });
});

test('gim token makes tokens that a server takes, by secret and by private key', async () => {
    const made = async (args, env) => {
        const { code, stdout, stderr } = await run_gim(['token', ...args], env);
        assert.equal(code, 0, stderr);
        assert.equal(stderr, '');
        assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
        return stdout.trim();
    };
    const ed = new Issuer('EdDSA');
    const rs = new Issuer('RS256');
    const files = { 'ed.pem': ed.pem, 'ed.private': ed.private_pem, 'rs.pem': rs.pem, 'rs.private': rs.private_pem };
    await with_files(files, (path) =>
        with_server(
            [...strict, `--auth-key=ed=${path('ed.pem')}`, `--auth-key=rs=${path('rs.pem')}`],
            async (server) => {
                for (const token of [
                    await made(['--user=1001', '--ttl=1h', '--name=Ada', '--room=a', '--room=b', `--token-secret=${secret}`]),
                    await made(['--user', '1001', '--name', 'Ada', '--room', 'a'], { GIM_TOKEN_SECRET: secret }),
                    await made(['--user=1001', '--name=Ada', '--room=a', `--auth-private-key=${path('ed.private')}`, '--kid=ed']),
                    await made(['--user=1001', '--name=Ada', '--room=a', `--auth-private-key=${path('rs.private')}`, '--kid', 'rs']),
                ]) {
                    const client = await Client.connect(server);
                    const { user, expires_at, server_time } = await client.expect(op.login, { token });
                    assert.deepEqual(user, { id: '1001', name: 'Ada' });
                    assert.ok(Math.abs(expires_at - server_time - 3_600_000) < 20_000);
                    await client.join('a');
                    await client.refused(403, op.join, { id: 'c' });
                }
                const other_kid = await made(['--user=1001', `--auth-private-key=${path('ed.private')}`, '--kid=rs']);
                await is_turned_away(server, { token: other_kid });
            },
        ),
    );
    await with_files({ 'no.pem': 'no key' }, async (path) => {
        for (const [args, status, pattern] of [
            [['--user=a', `--auth-private-key=${path('no.pem')}`], 1, /no.pem": must be a private key in PEM without a passphrase\n$/],
            [['--user=a', `--auth-private-key=${path('absent.pem')}`], 1, /absent.pem": cannot be read\n$/],
            [['--user=a'], 2, /^gim: token: needs --token-secret or --auth-private-key\n$/],
        ]) {
            const { code, stderr, stdout } = await run_gim(['token', ...args]);
            assert.equal(code, status, stderr);
            assert.match(stderr, pattern);
            assert.equal(stdout, '');
        }
    });
});
