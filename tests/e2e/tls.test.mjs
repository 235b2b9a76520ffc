import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import https from 'node:https';
import tls from 'node:tls';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Certificate } from './support/certificate.mjs';
import { Client } from './support/client.mjs';
import { run_gim, with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { exchange, Raw, upgrade_request } from './support/raw.mjs';
import { within } from './support/time.mjs';

const certificate = new Certificate('localhost');
after(() => certificate.remove());

const with_tls = (flags, body) => with_server([...certificate.flags, ...flags], body);

const options = (server, { ca = certificate.ca, ...more } = {}) => ({
    ...more,
    url: `wss://127.0.0.1:${server.gateway_port}/ws`,
    socket: { ca },
});
const login = (server, id, more) => Client.login(server, id, options(server, more));

// The answer to a request over TLS, with the certificate that was shown.
async function ask(server, request_options = {}, body) {
    const answer = new Promise((resolve, reject) => {
        const request = https.request(
            { host: '127.0.0.1', port: server.api_port, path: '/healthz', ca: certificate.ca, agent: false, ...request_options },
            (response) => {
                let text = '';
                const peer = response.socket.getPeerCertificate();
                response.on('data', (piece) => (text += piece));
                response.on('end', () => resolve({ status: response.statusCode, text, peer }));
            },
        );
        request.on('error', reject);
        request.end(body);
    });
    return within(20_000, answer, () => 'no answer over https');
}

// The error that a TLS client ends with; undefined if it gets a connection.
async function refused(port, client_options) {
    const ended = new Promise((resolve) => {
        const socket = tls.connect({ host: '127.0.0.1', port, ca: certificate.ca, ...client_options }, () => {
            socket.destroy();
            resolve(undefined);
        });
        socket.on('error', resolve);
    });
    return within(20_000, ended, () => `a TLS client on port ${port} gets no answer`);
}

for (const form of ['text', 'protobuf']) {
    test(`a client over wss does all that one over ws does (${form})`, () =>
        with_tls(['--message-push-count=1', '--enable-message-sequence'], async (server) => {
            const one = await login(server, '1001', { form });
            const two = await login(server, '1002', { form });
            await one.send_private('1002', 'hello');
            assert.equal((await two.await_items(1))[0].content, 'hello');
            await one.join('9999');
            await two.join('9999');
            const large = 'x'.repeat(30_000);
            await one.send_room('9999', large);
            assert.equal((await two.await_items(1, '1:9999'))[0].content, large);
            assert.equal((await one.history('1:9999')).items.length, 1);
            assert.equal((await one.close()).code, 1000);
        }));
}

test('1,000 messages come over TLS in their order, none lost', () =>
    with_tls(['--message-push-count=50', '--message-push-duration=5ms', '--enable-message-sequence'], async (server) => {
        const members = await Promise.all(['1001', '1002', '1003'].map((id) => login(server, id)));
        for (const member of members) await member.join('9999');
        const expected = Array.from({ length: 1000 }, (_, i) => `message ${i} ${'x'.repeat(i)}`);
        const sent = expected.map((content) => members[0].send_room('9999', content));
        for (const member of members) {
            await member.await_items(1000, '1:9999');
            assert.deepEqual(member.contents('1:9999'), expected);
        }
        await Promise.all(sent);
    }));

test('a client that rests gets all that waited for it, whole and in order', () =>
    with_tls(['--message-push-count=1', '--enable-message-sequence'], async (server) => {
        const one = await login(server, '1001');
        const two = await login(server, '1002');
        two.socket.pause();
        const expected = Array.from({ length: 25 }, (_, i) => `${i} ${'y'.repeat(30_000 + i)}`);
        for (const content of expected) await one.send_private('1002', content);
        two.socket.resume();
        await two.await_items(expected.length);
        assert.deepEqual(two.contents(), expected);
    }));

test('who does not read is cut off with 4000, and concerns no other', () =>
    with_tls(['--message-push-count=1', '--enable-message-sequence', '--log-level=debug'], async (server) => {
        const slow = await login(server, '1001');
        const [sender, other] = [await login(server, '1002'), await login(server, '1003')];
        for (const member of [slow, sender, other]) await member.join('9999');
        slow.socket.pause();
        let is_cut = false;
        const cut = server.process.line(/closing with 4000/).then(() => (is_cut = true));
        let sent = 0;
        for (; !is_cut && sent < 3000; ++sent) {
            await sender.send_room('9999', `${sent} ${'z'.repeat(30_000)}`);
        }
        await cut;
        const numbers = Array.from({ length: sent }, (_, i) => String(i));
        await other.await_items(sent, '1:9999');
        assert.deepEqual(other.contents('1:9999').map((content) => content.split(' ')[0]), numbers);
        slow.socket.resume();
        await slow.end();
    }));

test('the API speaks https: bodies, errors, several requests on one connection', () =>
    with_tls([], async (server) => {
        const one = await login(server, '1001');
        await login(server, '1002');
        const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
        const headers = { Authorization: `Bearer ${one.token}`, 'Content-Type': 'application/json' };
        const body = JSON.stringify({ type: 2, target_id: '1002', category: 'text', content: 'w'.repeat(30_000) });
        for (let i = 0; i < 3; ++i) {
            const sent = await ask(server, { method: 'POST', path: '/v1/messages', headers, agent }, body);
            assert.equal(sent.status, 200, sent.text);
        }
        const history = await ask(server, { path: '/v1/sessions/2:1001:1002/messages', headers, agent });
        assert.equal(JSON.parse(history.text).data.items.length, 3);
        assert.equal((await ask(server, { path: '/none', agent })).status, 404);
        agent.destroy();
    }));

test('curl gets answers by TLS 1.2 and 1.3, and HTTP/1.1 though it would like 2', () =>
    with_tls([], async (server) => {
        for (const version of ['1.2', '1.3']) {
            const args = ['-sS', '-i', '--max-time', '20', '--cacert', certificate.cert, '--tls-max', version];
            const { stdout } = await promisify(execFile)('curl', [...args, `https://127.0.0.1:${server.api_port}/healthz`]);
            assert.match(stdout, /^HTTP\/1\.1 200 /);
        }
    }));

test('TLS 1.1 is refused, on both ports', () =>
    with_tls([], async (server) => {
        const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
        for (const port of [server.gateway_port, server.api_port]) {
            assert.equal(await refused(port, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }), undefined);
            assert.match(String(await refused(port, old)), /protocol version/);
        }
    }));

test('a client that only speaks HTTP/2 is refused', () =>
    with_tls([], async (server) => {
        assert.equal(await refused(server.api_port, { ALPNProtocols: ['h2', 'http/1.1'] }), undefined);
        assert.match(String(await refused(server.api_port, { ALPNProtocols: ['h2'] })), /no application protocol/);
    }));

test('who speaks plain HTTP to a TLS port is told so, and closed', () =>
    with_tls([], async (server) => {
        for (const port of [server.gateway_port, server.api_port]) {
            for (const request of [upgrade_request(), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'DELETE /v1 HTTP/1.1\r\nHost: x\r\n\r\n']) {
                const answer = await exchange(port, request);
                assert.match(answer, /^HTTP\/1\.1 400 /);
                assert.match(answer, /TLS/);
            }
        }
    }));

test('who is turned away at the door of a full server is closed, without plain bytes in the way of TLS', () =>
    with_tls(['--max-connections=1'], async (server) => {
        const one = await login(server, '1001');
        for (const port of [server.gateway_port, server.api_port]) {
            const raw = await Raw.connect(port);
            raw.socket.end();
            assert.equal(await raw.end(), '');
            assert.ok((await refused(port, {})) instanceof Error);
        }
        await one.expect(op.heartbeat);
    }));

test('garbage on a TLS port ends that connection only', () =>
    with_tls([], async (server) => {
        const one = await login(server, '1001');
        const garbage = [Buffer.alloc(5000), Buffer.alloc(5000, 0xff), Buffer.from('1603010005ffffffffff', 'hex'), Buffer.from('\x16\x03')];
        for (const port of [server.gateway_port, server.api_port]) {
            for (const bytes of garbage) {
                const raw = await Raw.connect(port);
                raw.write(bytes);
                raw.socket.end();
                await raw.end();
            }
        }
        await one.expect(op.heartbeat);
    }));

test('a handshake that does not come in time is cut off, mute or dripping, on both ports', () =>
    with_tls([], async (server) => {
        const dripping = [];
        for (const port of [server.gateway_port, server.api_port]) {
            const mute = await Raw.connect(port);
            const drip = await Raw.connect(port);
            // A record that says 16 KiB and comes byte by byte.
            drip.write(Buffer.from('1603014000', 'hex'));
            const timer = setInterval(() => drip.write(Buffer.alloc(1)), 100);
            dripping.push(mute.end(), drip.end().finally(() => clearInterval(timer)));
        }
        await Promise.all(dripping);
    }));

test('SIGHUP reads certificate and key again: who is there stays, who comes sees the new one', async () => {
    const renewed = new Certificate('old.example');
    try {
        await with_server(renewed.flags, async (server) => {
            const old_ca = renewed.ca;
            const stays = await login(server, '1001', { ca: old_ca });
            assert.equal((await ask(server, { ca: old_ca })).peer.subject.CN, 'old.example');

            renewed.renew('new.example');
            server.process.child.kill('SIGHUP');
            await server.process.line(/TLS: certificate and key reloaded/);
            assert.equal((await ask(server, { ca: renewed.ca })).peer.subject.CN, 'new.example');
            assert.match(String(await refused(server.gateway_port, { ca: old_ca })), /self.signed|unable to verify/i);
            const comes = await login(server, '1002', { ca: renewed.ca });
            await comes.send_private('1001', 'from the new to the old');
            assert.equal((await stays.await_items(1))[0].content, 'from the new to the old');

            renewed.spoil_key();
            server.process.child.kill('SIGHUP');
            await server.process.line(/TLS: going on with the old certificate: key .*must be/);
            assert.equal((await ask(server, { ca: renewed.ca })).peer.subject.CN, 'new.example');
            await stays.expect(op.heartbeat);
            await comes.expect(op.heartbeat);
        });
    } finally {
        renewed.remove();
    }
});

test('SIGHUP without TLS ends nothing', () =>
    with_server([], async (server) => {
        const one = await Client.login(server, '1001');
        server.process.child.kill('SIGHUP');
        await server.process.line(/settings: read again/);
        await one.expect(op.heartbeat);
    }));

test('a server that stops says so over TLS, too', async () => {
    let ended;
    await with_tls([], async (server) => {
        const one = await login(server, '1001');
        ended = one.end();
    });
    assert.equal((await ended).code, 1001);
});

test('without TLS a client that tries it is closed', () =>
    with_server([], async (server) => {
        for (const port of [server.gateway_port, server.api_port]) {
            assert.ok((await refused(port, {})) instanceof Error);
        }
    }));

test('certificate and key come together, and must be good, or gim does not start', async () => {
    const fails = async (flags, code, pattern) => {
        const ended = await run_gim(['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0', ...flags]);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stderr, pattern);
        assert.equal(ended.stderr.trimEnd().split('\n').length, 1, `one line: ${ended.stderr}`);
    };
    const [cert, key] = certificate.flags;
    await fails([cert], 2, /--tls-cert: needs --tls-key/);
    await fails([key], 2, /--tls-key: needs --tls-cert/);
    await fails(['--tls-cert=/none.pem', key], 1, /TLS: certificate \/none\.pem: No such file/);
    await fails([cert, '--tls-key=/none.pem'], 1, /TLS: key \/none\.pem: No such file/);
    await fails([cert, `--tls-key=${certificate.cert}`], 1, /TLS: key .*must be that of the certificate/);
});
