import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { exchange, Raw, upgrade_request } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

test('plain HTTP on the gateway gets 426 and a closed connection', () =>
    with_server([], async (server) => {
        const answer = await exchange(server.gateway_port, 'GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n');
        assert.match(answer, /^HTTP\/1\.1 426 /);
        assert.match(answer, /\r\nConnection: close\r\n/i);
        assert.match(answer, /\r\nUpgrade: websocket\r\n/i);
    }));

test('an upgrade that is none leaves no tunnel: it is refused and closed', () =>
    with_server([], async (server) => {
        const good = upgrade_request();
        const broken = {
            'a wrong version': good.replace('Version: 13', 'Version: 12'),
            'no key': good.replace(/Sec-WebSocket-Key.*\r\n/, ''),
            'a POST': good.replace('GET', 'POST'),
            'HTTP/1.0': good.replace('HTTP/1.1', 'HTTP/1.0'),
        };
        for (const [what, request] of Object.entries(broken)) {
            // A second request behind it must never be answered.
            const answer = await exchange(server.gateway_port, `${request}GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
            assert.match(answer, /^HTTP\/1\.[01] 4\d\d /, what);
            assert.equal(answer.match(/HTTP\/1\.[01] \d\d\d/g).length, 1, what);
        }
    }));

const many_fields = Array.from({ length: 65 }, (_, i) => `X-Field-${i}: x\r\n`).join('');

// Each would let two parsers in a row see different requests.
const ambiguous = {
    'Transfer-Encoding twice': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'chunked with Content-Length':
        'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
    'chunked in HTTP/1.0': 'POST /v1/messages HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a chunked GET': 'GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'an absolute target with another Host': 'GET http://a/healthz HTTP/1.1\r\nHost: b\r\n\r\n',
    'Transfer-Encoding with Content-Length':
        'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
    'chunked, identity': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'Content-Length twice': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}',
    'Content-Length as a list': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}',
    'Content-Length with a sign': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}',
    'Content-Length negative': 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'no Host': 'GET /healthz HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'a folded field': 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n',
    'a control character in a field': 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\x01b\r\n\r\n',
    'a bare LF inside': 'GET /healthz HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n',
    'a space before the colon': 'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n',
    'a GET with a body': 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}',
    'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
};
for (const [what, request] of Object.entries(ambiguous)) {
    test(`${what}: 400 and close, on both ports`, () =>
        with_server([], async (server) => {
            for (const port of [server.api_port, server.gateway_port]) {
                const answer = await exchange(port, `${request}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
                assert.match(answer, /^HTTP\/1\.1 400 /);
                assert.equal(answer.match(/HTTP\/1\.1 \d\d\d/g).length, 1, 'what follows is not read');
            }
        }));
}

test('a chunked body is read strictly: what is behind one that is broken is never read', () =>
    with_server([], async (server) => {
        const { token } = await Client.login(server, '1001');
        await Client.login(server, '1002');
        const head =
            `POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
            'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
        const next = 'GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        const pieces = ['{"type":2,"target_id":"1002', '","content":"x"}'];
        const chunk = (data, extension = '') => `${data.length.toString(16)}${extension}\r\n${data}\r\n`;
        const good = `${chunk(pieces[0], ';a=b')}${chunk(pieces[1])}0\r\nA: b\r\n\r\n`;
        const answer = await exchange(server.api_port, head + good + next);
        assert.deepEqual(answer.match(/HTTP\/1\.1 \d\d\d/g), ['HTTP/1.1 200', 'HTTP/1.1 200'], answer);
        assert.match(answer, /"session_id":"2:1001:1002"/);
        const refused = [
            ['1\n{\n0\n\n', 400],
            ['1 \r\n{\r\n0\r\n\r\n', 400],
            ['0x1\r\n{\r\n0\r\n\r\n', 400],
            ['000000001\r\n{\r\n0\r\n\r\n', 400],
            ['1;a\n\r\n{\r\n0\r\n\r\n', 400],
            ['1\r\n{}\r\n0\r\n\r\n', 400],
            ['0\r\n A: b\r\n\r\n', 400],
            ['100001\r\n', 413],
            [`0;${'a'.repeat(8193)}\r\n\r\n`, 431],
        ];
        for (const [body, status] of refused) {
            const text = await exchange(server.api_port, head + body + next);
            assert.deepEqual(text.match(/HTTP\/1\.1 \d\d\d/g), [`HTTP/1.1 ${status}`], JSON.stringify(body));
            assert.match(text, /\r\nConnection: close\r\n/);
        }
        const other = await exchange(server.api_port, head.replace('chunked', 'gzip, chunked') + next);
        assert.match(other, /^HTTP\/1\.1 501 Not Implemented\r\n/);
    }));

test('a body that nobody may send is not waited for: the head is answered with 401', () =>
    with_server([], async (server) => {
        const withheld = Array.from({ length: 100 }, async () => {
            const head = 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n';
            const answer = await exchange(server.api_port, head + 'x'.repeat(100_000));
            assert.match(answer, /^HTTP\/1\.1 401 /);
            assert.match(answer, /\r\nConnection: close\r\n/);
        });
        await Promise.all(withheld);
    }));

test('all bodies together have a bound: beyond it a request gets 503, and the others go on', () =>
    with_server(['--max-memory=4MiB'], async (server) => {
        const { token } = await Client.login(server, '1001');
        await Client.login(server, '1002');
        const head = (length) =>
            `POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\n`;
        const almost = head(1048576) + ' '.repeat(1048575);
        const held = await Promise.all(Array.from({ length: 10 }, () => Raw.connect(server.api_port)));
        for (const raw of held) raw.write(almost);
        const refused = () => held.filter(({ text }) => text.startsWith('HTTP/1.1 503 '));
        // Two of them fit into the half that bodies may have.
        for (let i = 0; i < 400 && refused().length < 7; ++i) await sleep(20);
        assert.ok(refused().length >= 7, `${refused().length} were refused`);
        for (const { text } of refused()) {
            assert.match(text, /\r\nConnection: close\r\n/);
            assert.match(text, /\r\nRetry-After: 1\r\n/);
        }
        await server.process.line(/warning refused 127\.0\.0\.1: bodies, answers and long messages have what --max-memory leaves them/);
        const sent = await call(server, 'POST', '/v1/messages', { token, body: { type: 2, target_id: '1002', content: 'x' } });
        assert.equal(sent.status, 200);
        for (const raw of held) raw.destroy();
    }));

test('every answer has a Date, at both doors', () =>
    with_server([], async (server) => {
        const healthy = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        for (const port of [server.api_port, server.gateway_port])
            for (const request of [healthy, 'nonsense\r\n\r\n']) {
                const [, date] = /\r\nDate: (.* GMT)\r\n/.exec(await exchange(port, request));
                assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
            }
    }));

test('an ambiguous upgrade is refused too', () =>
    with_server([], async (server) => {
        for (const extra of ['Host: b\r\n', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n']) {
            assert.match(await exchange(server.gateway_port, upgrade_request(extra)), /^HTTP\/1\.1 400 /, extra);
        }
    }));

test('more than 64 fields are refused and closed with 431, on both ports', () =>
    with_server([], async (server) => {
        const too_many = `GET /healthz HTTP/1.1\r\nHost: x\r\n${many_fields}\r\n`;
        assert.match(await exchange(server.api_port, too_many), /^HTTP\/1\.1 431 /);
        assert.match(await exchange(server.gateway_port, upgrade_request(many_fields)), /^HTTP\/1\.1 431 /);
    }));

test('a header over 8 KiB is refused and closed with 431, on both ports', () =>
    with_server([], async (server) => {
        for (const port of [server.api_port, server.gateway_port]) {
            const answer = await exchange(port, `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(9000)}\r\n\r\n`);
            assert.match(answer, /^HTTP\/1\.1 431 /);
        }
        const almost = await Raw.connect(server.api_port);
        almost.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: ${'a'.repeat(7000)}\r\n\r\n`);
        assert.match(await almost.end(), /^HTTP\/1\.1 200 /);
    }));

test('a body over 1 MiB is 413, and is not waited for', () =>
    with_server([], async (server) => {
        const { token } = await Client.login(server, '1001');
        const head = (length) =>
            `POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${length}\r\n\r\n`;
        assert.match(await exchange(server.api_port, head(1024 * 1024 + 1)), /^HTTP\/1\.1 413 /);
        assert.match(await exchange(server.api_port, head('9'.repeat(30))), /^HTTP\/1\.1 4(00|13) /);
    }));

test('500 heads that drip are all cut after 5 seconds, a body after 10, and others are served meanwhile', () =>
    with_server([], async (server) => {
        // Twice the time allowed, so that a busy machine is no failure: without a limit it would never end.
        const drip = async (port, begin, piece, allowed) => {
            const raw = await Raw.connect(port);
            raw.write(begin);
            const timer = setInterval(() => raw.write(piece), 200);
            try {
                await raw.end(2 * allowed);
            } finally {
                clearInterval(timer);
            }
        };
        const { token } = await Client.login(server, '1001');
        const body =
            `POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
            'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
        const ports = Array.from({ length: 500 }, (_, i) => (i % 2 ? server.api_port : server.gateway_port));
        await Promise.all([
            ...ports.map((port) => drip(port, 'GET / HTTP/1.1\r\nX-A: ', 'a', 5000)),
            drip(server.api_port, body, ' ', 10_000),
            get(server, '/healthz'),
        ]);
    }));

test('the same request byte by byte is answered like in one piece', () =>
    with_server([], async (server) => {
        const raw = await Raw.connect(server.api_port);
        for (const byte of 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') raw.write(byte);
        assert.match(await raw.end(), /^HTTP\/1\.1 200 /);
    }));
