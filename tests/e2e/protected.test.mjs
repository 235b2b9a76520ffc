// Without --auth token and --insecure a server takes only clients of its own machine, as far as addresses tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { ipv6, needs, own_address } from './support/needs.mjs';
import { op } from './support/ops.mjs';
import { Raw, upgrade_request } from './support/raw.mjs';

// An address of this machine that is not the loopback's: who connects to it comes from it.
const outside = own_address.find();
const everywhere = ['--gateway-address=:0', '--api-address=:0'];
const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const why =
    'this server asks nobody who they are (--auth none), so it takes only who comes from its machine; ' +
    'start it with --auth=token, or with --insecure to let everybody in';

// The whole answer to these bytes, which closes the connection if it is a refusal.
async function answer(port, bytes, host) {
    const raw = await Raw.connect(port, host);
    raw.write(bytes);
    await raw.until(({ text, is_closed }) => /\r\n\r\n/.test(text) || is_closed, 'an answer');
    if (raw.text.includes(' 403 ')) await raw.until(({ is_closed }) => is_closed, 'the end');
    raw.destroy();
    return raw.text;
}

test('the machine itself is let in by both doors', () =>
    with_server(everywhere, async (server) => {
        await server.process.line(
            /info --auth none: who connects is who they say; so only this machine may connect, others need --insecure\n/,
        );
        const client = await Client.login(server, '1001');
        assert.equal((await get(server, '/v1/rooms', { token: client.token })).status, 200);
    }));

test('the machine itself is let in over IPv6, too', needs(ipv6), () =>
    with_server(everywhere, (server) => Client.login(server, '1001', { url: `ws://[::1]:${server.gateway_port}` })));

test('who comes from elsewhere gets 403 and a line that says what to do, at both doors; --insecure and tokens let them in', needs(own_address), async () => {
    await with_server(everywhere, async (server) => {
        const refused = await answer(server.gateway_port, upgrade_request(), outside);
        assert.match(refused, /^HTTP\/1\.1 403 Forbidden\r\n/);
        assert.ok(refused.endsWith(`\r\n\r\n${why}\n`), refused);
        const from_api = await answer(server.api_port, health, outside);
        assert.match(from_api, /^HTTP\/1\.1 403 Forbidden\r\n/);
        assert.deepEqual(JSON.parse(from_api.split('\r\n\r\n')[1]), { code: 403, msg: why });
        await server.process.line(new RegExp(`warning refused ${outside}: not of this machine`));
        await Client.login(server, '1001');
    });
    for (const flags of [['--insecure'], ['--auth=token', '--token-secret=a secret of this test']]) {
        await with_server([...everywhere, ...flags], async (server) => {
            assert.match(await answer(server.gateway_port, upgrade_request(), outside), /^HTTP\/1\.1 101 /);
            assert.match(await answer(server.api_port, health, outside), /^HTTP\/1\.1 200 /);
            if (flags[0] !== '--insecure') return;
            await server.process.line(/info --auth none: who connects is who they say; --insecure lets everybody connect\n/);
            const url = `ws://${outside}:${server.gateway_port}`;
            const client = await Client.login(server, '1001', { url });
            await client.expect(op.heartbeat);
        });
    }
});

test('the client of a trusted proxy counts, not the proxy that runs on this machine', () =>
    with_server(['--trusted-proxies=127.0.0.1'], async (server) => {
        const behind = (client) => `X-Forwarded-For: ${client}\r\n`;
        const come = (client) => answer(server.gateway_port, upgrade_request(behind(client)));
        assert.match(await come('127.0.0.9'), /^HTTP\/1\.1 101 /);
        for (const client of ['192.0.2.1', '2001:db8::1', '10.0.0.1']) {
            const refused = await come(client);
            assert.match(refused, /^HTTP\/1\.1 403 Forbidden\r\n/);
            assert.ok(refused.endsWith(`${why}\n`), refused);
        }
        const from_api = await answer(server.api_port, health.replace('\r\n\r\n', `\r\n${behind('192.0.2.1')}\r\n`));
        assert.match(from_api, /^HTTP\/1\.1 403 Forbidden\r\n/);
    }));
