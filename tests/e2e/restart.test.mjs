// A new process takes over the sockets of the old one; and sockets that somebody else opened.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { clean_environment } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { is_alive, until, with_copy } from './support/successors.mjs';
import { sleep, within } from './support/time.mjs';

test('while a new process takes over nobody who connects is refused, and those who were there are told', () =>
    with_copy(async (server, path, successors) => {
        const ada = await Client.login(server, 'ada');
        const bob = await Client.login(server, 'bob');
        for (const client of [ada, bob]) await client.join('r');
        let is_over = false;
        const failures = [];
        let logins = 0;
        const newcomers = (async () => {
            for (let n = 0; !is_over; ++n) {
                // Who came to the old one at the last moment hears 1001 and comes again.
                const coming = Client.login(server, `n${n % 4}`)
                    .catch((failure) => (/1001/.test(failure.message) ? Client.login(server, `n${n % 4}`) : Promise.reject(failure)))
                    .then(async (client) => {
                        ++logins;
                        const asks_the_new_one = successors.length > 0;
                        const { status } = await get(server, '/readyz');
                        if (status !== 200 && asks_the_new_one) failures.push(`/readyz ${status}`);
                        client.socket.terminate();
                    })
                    .catch((failure) => failures.push(failure.message));
                if (n % 8 === 7) await coming;
                await sleep(10);
            }
        })();
        await sleep(200);
        const old = server.process.child;
        const exited = new Promise((resolve) => old.on('exit', (code) => resolve(code)));
        old.kill('SIGUSR2');
        const [, pid] = await server.process.line(/process (\d+) serves now/);
        successors.push(Number(pid));
        assert.notEqual(Number(pid), old.pid);
        // What is accepted by the old one reaches those who are with the old one.
        if (ada.notices.length === 0) await ada.send_room('r', 'still here').catch(() => {});
        for (const client of [ada, bob]) assert.equal((await client.end()).code, 1001);
        assert.equal(ada.notices[0].reason, 'drain');
        assert.equal(await within(10_000, exited, () => server.process.stderr), 0);
        const before = logins;
        await until(() => logins > before + 20 || failures.length > 0, () => `${logins} logins`);
        is_over = true;
        await newcomers;
        assert.deepEqual(failures, []);

        const again = await Client.login(server, 'ada');
        await again.join('r');
        assert.equal((await get(server, '/readyz')).status, 200);
        const lines = server.process.stderr.match(/gateway listening on \S+/g);
        assert.equal(lines.length, 2);
        assert.equal(lines[0], lines[1]);

        process.kill(Number(pid), 'SIGTERM');
        assert.equal((await again.end()).code, 1001);
        await until(() => !is_alive(Number(pid)), () => server.process.stderr);
        await until(() => /stopped: \d+ connections/.test(server.process.stderr), () => server.process.stderr);
    }));

test('a new process that does not start leaves the old one serving, and the next try may succeed', () =>
    with_copy(async (server, path, successors) => {
        const good = `${path}.good`;
        renameSync(path, good);
        const ada = await Client.login(server, 'ada');
        server.process.child.kill('SIGUSR2');
        await server.process.line(/no new process, this one goes on: .*No such file/);
        writeFileSync(path, '#!/bin/sh\necho nonsense >&2\nexit 3\n', { mode: 0o755 });
        server.process.child.kill('SIGUSR2');
        await server.process.line(/no new process, this one goes on: it ended with 3/);
        await ada.expect(op.heartbeat);
        await Client.login(server, 'bob');
        assert.equal((await get(server, '/readyz')).status, 200);

        rmSync(path);
        renameSync(good, path);
        server.process.child.kill('SIGUSR2');
        const [, pid] = await server.process.line(/process (\d+) serves now/);
        successors.push(Number(pid));
        assert.equal((await ada.end()).code, 1001);
    }));

test('who is told to stop while a new process begins stops, and the new one does not begin', () =>
    with_copy(async (server, path) => {
        const slow = `${path}.slow`;
        writeFileSync(slow, '#!/bin/sh\necho "slow one $$" >&2\nexec sleep 60\n', { mode: 0o755 });
        renameSync(slow, path);
        server.process.child.kill('SIGUSR2');
        const [, pid] = await server.process.line(/slow one (\d+)/);
        const exited = new Promise((resolve) => server.process.child.on('exit', resolve));
        server.process.child.kill('SIGTERM');
        assert.equal(await within(10_000, exited, () => server.process.stderr), 0);
        await until(() => !is_alive(Number(pid)), () => server.process.stderr);
    }));

// A gim that is given sockets as systemd does it: from descriptor 3 on, with names.
async function activated(names, sockets, more = []) {
    const environment = clean_environment({ LISTEN_FDS: `${sockets.length}`, LISTEN_FDNAMES: names });
    const script = 'LISTEN_PID=$$ exec "$@"';
    const child = spawn('sh', ['-c', script, 'sh', process.env.GIM_BINARY, '--gateway-address=127.0.0.1:1', '--api-address=127.0.0.1:1', ...more], {
        env: environment,
        stdio: ['ignore', 'ignore', 'pipe', ...sockets.map((socket) => socket._handle.fd)],
    });
    child.text = '';
    child.stderr.on('data', (bytes) => (child.text += bytes));
    child.ended = new Promise((resolve) => child.on('close', resolve));
    return child;
}

const listening = () =>
    new Promise((resolve) => {
        const socket = net.createServer();
        socket.listen(0, '127.0.0.1', () => resolve(socket));
    });

test('sockets of a service manager are used, whatever the addresses say', async () => {
    const sockets = [await listening(), await listening()];
    const ports = sockets.map((socket) => socket.address().port);
    const child = await activated('gateway:api', sockets, ['--gateway-worker=3']);
    sockets.forEach((socket) => socket.close());
    try {
        await until(() => /api listening/.test(child.text), () => child.text);
        const server = { url: `ws://127.0.0.1:${ports[0]}/ws`, gateway_port: ports[0], api_port: ports[1] };
        for (let i = 0; i < 10; ++i) await Client.login(server, `u${i}`);
        assert.equal((await get(server, '/healthz')).status, 200);
        assert.match(child.text, new RegExp(`gateway listening on 127.0.0.1:${ports[0]}\n`));
        child.kill('SIGTERM');
        assert.equal(await within(10_000, child.ended, () => child.text), 0);
    } finally {
        child.kill('SIGKILL');
    }
});

test('sockets without a door, or more of them than workers, are one line and exit 1', async () => {
    for (const [names, count, pattern] of [
        ['web', 1, /^gim: an inherited socket is called "web"; FileDescriptorName= .*\n$/],
        ['gateway:gateway', 2, /^gim: gateway: cannot listen on inherited sockets \(at most one for each worker\): .*\n$/],
    ]) {
        const sockets = await Promise.all(Array.from({ length: count }, listening));
        const child = await activated(names, sockets, ['--gateway-worker=1']);
        sockets.forEach((socket) => socket.close());
        assert.equal(await within(10_000, child.ended, () => child.text), 1);
        assert.match(child.text, pattern);
    }
});
