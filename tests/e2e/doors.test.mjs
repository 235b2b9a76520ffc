// Who may come in, and how many: as clients see it, on both ports.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { scrape } from './support/metrics.mjs';
import { op } from './support/ops.mjs';
import { exchange, Raw, upgrade_request } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const health_request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const unlimited = ['--max-connections=0', '--max-connections-per-address=0', '--max-handshakes=0'];

function assert_busy(answer, why) {
    assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
    assert.match(answer, /\r\nRetry-After: [1-5]\r\n/);
    assert.match(answer, /\r\nConnection: close\r\n/);
    assert.match(answer, why);
}

// Tries until `attempt` succeeds: what another end does takes a moment.
async function soon(attempt, ms = 20_000) {
    for (const end = Date.now() + ms; ; ) {
        try {
            return await attempt();
        } catch (failure) {
            if (Date.now() > end) throw failure;
            await sleep(20);
        }
    }
}

test('beyond --max-connections a newcomer gets 503 on both ports, and comes in when somebody has left', () =>
    with_server(['--max-connections=5'], async (server) => {
        const inside = [];
        for (let i = 0; i < 5; ++i) inside.push(await Client.login(server, `100${i}`));
        assert_busy(await exchange(server.gateway_port, upgrade_request()), /this server has all the connections/);
        const refused = await exchange(server.api_port, health_request);
        assert_busy(refused, /this server has all the connections/);
        assert.equal(JSON.parse(refused.split('\r\n\r\n')[1]).code, 503);
        // Those who are inside notice nothing.
        for (const client of inside) await client.expect(op.heartbeat);
        await inside.pop().close();
        const newcomer = await soon(() => Client.login(server, '2001'));
        for (const client of [newcomer, ...inside]) await client.expect(op.heartbeat);
        await soon(() => assert.match(server.process.stderr, /warning refused 127\.0\.0\.1: all 5 connections are taken \(--max-connections\)/));
    }));

test('a gateway that is full does not make the process look dead', () =>
    with_server(['--max-connections=10'], async (server) => {
        for (let i = 0; i < 9; ++i) await Client.login(server, `100${i}`);
        assert_busy(await exchange(server.gateway_port, upgrade_request()), /all the connections/);
        assert.equal((await get(server, '/healthz')).status, 200);
    }));

test('an address has at most --max-connections-per-address', () =>
    with_server(['--max-connections-per-address=3'], async (server) => {
        const inside = [];
        for (let i = 0; i < 3; ++i) inside.push(await Client.login(server, `100${i}`));
        assert_busy(await exchange(server.gateway_port, upgrade_request()), /your address has all the connections/);
        assert_busy(await exchange(server.api_port, health_request), /your address has all the connections/);
        await inside.pop().close();
        await soon(() => Client.login(server, '2001'));
    }));

test('newcomers beyond --max-handshakes a second are turned away, and the log does not fill', () =>
    with_server(['--max-handshakes=5'], async (server) => {
        const first = await Client.login(server, '1001');
        const began = Date.now();
        const answers = await Promise.all(
            Array.from({ length: 60 }, () => exchange(server.gateway_port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
        );
        const refused = answers.filter((text) => text.startsWith('HTTP/1.1 503'));
        for (const text of refused) assert_busy(text, /too many are connecting/);
        const seconds = (Date.now() - began) / 1000;
        assert.ok(refused.length >= 60 - 5 * (seconds + 1), `${refused.length} refused in ${seconds} s`);
        await first.expect(op.heartbeat);
        await soon(() => assert.match(server.process.stderr, /warning refused/));
        const lines = server.process.stderr.match(/warning refused/g);
        assert.ok(lines.length >= 1 && lines.length <= 1 + seconds / 3 + 1, `${lines.length} lines in ${seconds} s`);
    }));

test('an address that connects and resets without end keeps nobody else out', () =>
    with_server(['--max-handshakes=60', '--max-handshakes-per-address=6'], async (server) => {
        let is_over = false;
        const attacker = async () => {
            while (!is_over) {
                const socket = net.connect({ host: '127.0.0.1', port: server.gateway_port, localAddress: '127.0.0.2' });
                await new Promise((resolve) => socket.on('connect', resolve).on('error', resolve));
                socket.resetAndDestroy();
            }
        };
        const attack = Promise.all(Array.from({ length: 8 }, attacker));
        const refused = async (reason) => (await scrape(server)).samples.get(`gim_connections_refused_total{reason="${reason}"}`);
        try {
            await soon(async () => assert.ok((await refused('too_fast_of_address')) > 0));
            // Newcomers at half the rate, each from its own address.
            for (let i = 1; i <= 60; ++i) {
                const newcomer = await Raw.connect(server.gateway_port, '127.0.0.1', `127.0.1.${i}`);
                newcomer.write(upgrade_request());
                await newcomer.until(({ text }) => text.includes('\r\n\r\n'), 'an answer');
                assert.match(newcomer.text, /^HTTP\/1\.1 101 /, `newcomer ${i}`);
                newcomer.destroy();
                await sleep(1000 / 30);
            }
            assert.equal(await refused('too_fast'), 0);
        } finally {
            is_over = true;
            await attack;
        }
        assert.match(server.process.stderr, /warning refused 127\.0\.0\.2: its address makes more than 6 new connections a second/);
        // It may come back when it stops.
        await soon(async () => {
            const back = await Raw.connect(server.gateway_port, '127.0.0.1', '127.0.0.2');
            back.write(upgrade_request());
            await back.until(({ text }) => text.startsWith('HTTP/1.1 101 '), 'an answer');
            back.destroy();
        });
    }));

test('three times as many as may come in, for seconds: who is inside goes on undisturbed', () =>
    with_server(['--max-connections=60', '--max-handshakes=100'], async (server) => {
        const [alice, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
        const end = Date.now() + 4000;
        let refused = 0;
        const attacker = async () => {
            while (Date.now() < end) {
                const raw = await Raw.connect(server.gateway_port);
                raw.write(upgrade_request());
                await raw.until(({ text, is_closed }) => text.includes('\r\n\r\n') || is_closed, 'an answer').catch(() => {});
                if (raw.text.startsWith('HTTP/1.1 503')) ++refused;
                else await sleep(300);
                raw.destroy();
            }
        };
        const attack = Promise.all(Array.from({ length: 180 }, attacker));
        let sent = 0;
        while (Date.now() < end) {
            await alice.send_private('1002', String(sent++));
            await sleep(20);
        }
        await attack;
        await bob.await_items(sent);
        assert.deepEqual(bob.contents(), Array.from({ length: sent }, (_, i) => String(i)));
        assert.ok(refused > 100, `${refused} refused`);
        await soon(() => Client.login(server, '1003'));
    }));

test('what a request may have is set by flags, for both ports', () =>
    with_server(
        ['--http-header-bytes=1KiB', '--http-header-fields=8', '--http-header-timeout=500ms', '--http-body-bytes=1KiB', '--http-body-timeout=500ms', '--http-idle-timeout=500ms'],
        async (server) => {
            const long = `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(1024)}\r\n\r\n`;
            const many = `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: x\r\n'.repeat(8)}\r\n`;
            for (const port of [server.gateway_port, server.api_port]) {
                const begun = await Raw.connect(port);
                begun.write('GET / HTTP/1.1\r\n');
                assert.match(await exchange(port, long), /^HTTP\/1\.1 431 [^]*more than 1024 bytes/);
                assert.match(await exchange(port, many), /^HTTP\/1\.1 431 [^]*more than 8 fields/);
                assert.equal(await begun.end(), '', 'cut when its time is over');
            }
            const { token } = await Client.login(server, '1001');
            const post = (length) =>
                `POST /v1/messages?token=${token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
            assert.match(await exchange(server.api_port, post(1025)), /^HTTP\/1\.1 413 [^]*at most 1024/);
            assert.equal(await exchange(server.api_port, `${post(1024)}x`), '', 'a body that does not come');
            const idle = await Raw.connect(server.api_port);
            idle.write(health_request);
            assert.match(await idle.end(), /^HTTP\/1\.1 200 /);
        },
    ));

// The CPU time of a process in seconds.
function cpu_seconds(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

test('out of descriptors: those inside are served, the rest is closed, nothing spins, and it recovers alone', () =>
    with_server(
        unlimited,
        async (server) => {
            const [alice, bob] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
            const crowd = await Promise.all(Array.from({ length: 400 }, () => Raw.connect(server.gateway_port)));
            // What finds no descriptor is not left waiting in the queue.
            await soon(async () => assert.ok(crowd.filter((raw) => raw.is_closed).length >= 400 - 256));
            const before = cpu_seconds(server.process.child.pid);
            const began = Date.now();
            const more = await Promise.all(Array.from({ length: 20 }, () => Raw.connect(server.gateway_port)));
            for (let i = 0; i < 20; ++i) {
                await alice.send_private('1002', String(i));
                await sleep(100);
            }
            await bob.await_items(20);
            const cpu = cpu_seconds(server.process.child.pid) - before;
            const passed = (Date.now() - began) / 1000;
            assert.ok(cpu < passed / 2, `${cpu} s of CPU in ${passed} s`);
            await server.process.line(/cannot accept: Too many open files/);

            for (const raw of [...crowd, ...more]) raw.destroy();
            const newcomer = await soon(() => Client.login(server, '2001'));
            await newcomer.send_private('1001', 'hello');
            await alice.await_items(1, '2:1001:2001');
        },
        ['prlimit', '--nofile=256'],
    ));
