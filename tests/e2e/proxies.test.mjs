// Who a client is when proxies stand between: what those of ours say counts, what others say does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { with_server } from './support/gim.mjs';
import { Raw, upgrade_request } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const number = (n) => Buffer.from([n >> 8, n & 0xff]);

// A header of version 2 for a client at this IPv4 address; `rest` stands behind the addresses.
function proxy_v2(source, rest = Buffer.alloc(0)) {
    const addresses = Buffer.from([...source.split('.').map(Number), 192, 0, 2, 9, 0xdc, 0x04, 0x01, 0xbb]);
    const length = number(addresses.length + rest.length);
    return Buffer.concat([signature, Buffer.from([0x21, 0x11]), length, addresses, rest]);
}

const local = Buffer.concat([signature, Buffer.from([0x20, 0x00]), number(0)]);
const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n';

// The status that the first answer has; 'closed' if there is none. Connections stay in `open`.
async function status(port, bytes, open) {
    const raw = await Raw.connect(port);
    raw.write(bytes);
    await raw.until(({ text, is_closed }) => text.includes('\r\n\r\n') || is_closed, 'an answer').catch(() => {});
    if (open) open.push(raw);
    else raw.destroy();
    return raw.text === '' ? 'closed' : Number(raw.text.slice(9, 12));
}

const two_an_address = '--max-connections-per-address=2';
// These clients come from beyond this machine, so --insecure must let them in where nobody is asked who they are.
const trusted = '--trusted-proxies=127.0.0.0/8,10.0.0.0/8';
const behind = (...addresses) => `X-Forwarded-For: ${addresses.join(', ')}\r\n`;

test('behind a trusted proxy the client of X-Forwarded-For has the limit, not the proxy', () =>
    with_server(['--insecure', two_an_address, trusted, '--log-level=debug'], async (server) => {
        const open = [];
        const come = (fields) => status(server.gateway_port, upgrade_request(fields), open);
        for (const client of ['192.0.2.1', '192.0.2.2', '2001:db8::1']) {
            assert.equal(await come(behind(client)), 101);
            assert.equal(await come(behind('203.0.113.7', client, '10.0.0.5')), 101, 'through two proxies');
            assert.equal(await come(behind(client)), 503);
            assert.equal(await come(behind('203.0.113.8', client)), 503, 'what the client made up is not looked at');
        }
        assert.equal(await status(server.api_port, `${health}${behind('192.0.2.1')}\r\n`), 503, 'both ports count');
        await server.process.line(/warning refused 192\.0\.2\.1: its address has 2 connections/);
        await server.process.line(/debug connection \d+: from 192\.0\.2\.2\n/);
        open.shift().destroy();
        const again = async () => {
            for (let tries = 0; tries < 200; ++tries) {
                if ((await come(behind('192.0.2.1'))) === 101) return true;
                await sleep(20);
            }
            return false;
        };
        assert.ok(await again(), 'a place that was left is free');
    }));

test('one connection of a proxy asks for many clients, each for itself', () =>
    with_server(['--insecure', two_an_address, trusted], async (server) => {
        const raw = await Raw.connect(server.api_port);
        for (let i = 1; i <= 20; ++i) raw.write(`${health}${behind(`192.0.2.${i}`)}\r\n`);
        await raw.until(({ text }) => (text.match(/HTTP\/1\.1 200 /g) ?? []).length === 20, '20 answers');
        raw.destroy();
    }));

test('a proxy that forwards what is no address is told so', () =>
    with_server(['--insecure', trusted], async (server) => {
        for (const said of ['unknown', '192.0.2.1, ', '"192.0.2.1"'])
            assert.equal(await status(server.api_port, `${health}X-Forwarded-For: ${said}\r\n\r\n`), 400, said);
        await server.process.line(/warning refused 127\.0\.0\.1: X-Forwarded-For: must be addresses/);
    }));

test('who is no trusted proxy is believed nothing', () =>
    with_server(['--insecure', two_an_address, '--trusted-proxies=10.0.0.0/8'], async (server) => {
        const open = [];
        for (const expected of [101, 101, 503])
            assert.equal(await status(server.gateway_port, upgrade_request(behind(`192.0.2.${open.length}`)), open), expected);
        open.forEach((raw) => raw.destroy());
    }));

test('with --proxy-protocol the header says who the client is, on both ports', () =>
    with_server(['--insecure', two_an_address, trusted, '--proxy-protocol'], async (server) => {
        const open = [];
        const come = (header, fields = '') =>
            status(server.gateway_port, Buffer.concat([Buffer.from(header), Buffer.from(upgrade_request(fields))]), open);
        assert.equal(await come(proxy_v2('192.0.2.1')), 101);
        assert.equal(await come('PROXY TCP4 192.0.2.1 192.0.2.9 5000 443\r\n'), 101);
        assert.equal(await come(proxy_v2('192.0.2.1')), 503);
        assert.equal(await come(proxy_v2('192.0.2.1'), behind('192.0.2.7')), 503, 'a client of a proxy is no proxy');
        assert.equal(await come(proxy_v2('10.0.0.1'), behind('192.0.2.7')), 101, 'one proxy behind another');
        assert.equal(await come('PROXY TCP6 2001:db8::1 2001:db8::9 5000 443\r\n'), 101);
        const asked = (header) => status(server.api_port, Buffer.concat([header, Buffer.from(`${health}\r\n`)]));
        assert.equal(await asked(proxy_v2('192.0.2.1')), 503);
        assert.equal(await asked(proxy_v2('192.0.2.2')), 200);
        assert.equal(await asked(local), 200, 'the proxy itself asks how we are');
        assert.equal(await asked(proxy_v2('192.0.2.3', Buffer.from([0x04, 0, 2, 0, 0]))), 200, 'with more than addresses');
    }));

test('a header that comes byte by byte is understood', () =>
    with_server(['--insecure', trusted, '--proxy-protocol'], async (server) => {
        const raw = await Raw.connect(server.api_port);
        for (const byte of Buffer.concat([proxy_v2('192.0.2.1'), Buffer.from(`${health}Connection: close\r\n\r\n`)]))
            raw.write(Buffer.from([byte]));
        assert.match(await raw.end(), /^HTTP\/1\.1 200 /);
    }));

test('a header that is missing, broken off, too long or a lie closes the connection', () =>
    with_server(['--insecure', trusted, '--proxy-protocol', '--http-header-timeout=1s'], async (server) => {
        const good = proxy_v2('192.0.2.1');
        const bad = {
            'no header': Buffer.from(`${health}\r\n`),
            'no header, but TLS': Buffer.from('1603010201010203', 'hex'),
            'a version that is none': Buffer.concat([signature, Buffer.from([0x31, 0x11]), good.subarray(14)]),
            'a length of 65535': Buffer.concat([signature, Buffer.from([0x21, 0x11, 0xff, 0xff])]),
            'addresses that are not there': Buffer.concat([signature, Buffer.from([0x21, 0x21]), good.subarray(14)]),
            'a field longer than the header': proxy_v2('192.0.2.1', Buffer.from([0x04, 0xff, 0xff, 0])),
            'a text without an end': Buffer.from(`PROXY ${'x'.repeat(200)}`),
            'an address that is none': Buffer.from('PROXY TCP4 1.2.3 192.0.2.9 5000 443\r\n'),
            'one broken off': good.subarray(0, good.length - 1),
        };
        for (const [what, bytes] of Object.entries(bad))
            for (const port of [server.gateway_port, server.api_port]) {
                const raw = await Raw.connect(port);
                raw.write(bytes);
                assert.equal(await raw.end(), '', what);
            }
        await server.process.line(/warning refused 127\.0\.0\.1: PROXY header: /);
    }));

test('without --proxy-protocol a header is bad HTTP, and so it is from whom nobody trusts', async () => {
    const bytes = Buffer.concat([proxy_v2('192.0.2.1'), Buffer.from(`${health}\r\n`)]);
    for (const flags of [[], [trusted], ['--trusted-proxies=10.0.0.0/8', '--proxy-protocol']])
        await with_server(flags, async (server) => {
            assert.equal(await status(server.api_port, bytes), 400);
            assert.equal(await status(server.api_port, `${health}\r\n`), 200);
        });
});
