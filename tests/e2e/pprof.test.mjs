// GET /debug/pprof/ of the real binary, read by Debian's google-pprof.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Server, with_server } from './support/gim.mjs';
import { with_copy } from './support/successors.mjs';
import { sleep, within } from './support/time.mjs';

const run = promisify(execFile);
const secret = 'a-secret-of-the-end-to-end-tests';

// Sends to a room of fifty until it is told to end; gives how often.
async function load(server) {
    const members = await Promise.all(Array.from({ length: 50 }, (_, i) => Client.login(server, `user-${i}`)));
    for (const member of members) await member.join('arena');
    let sent = 0;
    let ends = false;
    const sender = async (member) => {
        for (; !ends; ++sent) await member.send_room('arena', 'x');
    };
    const senders = Promise.all(members.slice(0, 8).map(sender));
    senders.catch(() => {}); // thrown at the end
    return async () => {
        ends = true;
        await senders;
        for (const member of members) member.socket.terminate();
        return sent;
    };
}

test('google-pprof names the functions of a server under load, which goes on meanwhile', () =>
    with_server(['--profiling-enabled', '--enable-message-sequence', '--message-push-count=1'], async (server) => {
        const end_load = await load(server);
        const folder = mkdtempSync(join(tmpdir(), 'gim-pprof-'));
        try {
            const env = { ...process.env, HOME: folder, PPROF_TMPDIR: folder };
            const url = `http://127.0.0.1:${server.api_port}/debug/pprof/profile`;
            // On a busy machine the server gets little of the CPU, and so few samples or none.
            for (let tries = 1; ; ++tries) {
                const { stdout } = await run('google-pprof', ['--text', '--seconds=2', url], { env, timeout: 120_000, maxBuffer: 1 << 24 });
                if (/^Total: \d+ samples[^]*gim::(push|gateway|session|protocol)::/m.test(stdout)) break;
                assert.ok(tries < 10, stdout);
            }
        } finally {
            rmSync(folder, { recursive: true });
        }
        assert.ok((await end_load()) > 0);
    }));

test('one profile is taken at a time, and the worker that waits for it answers others', () =>
    with_server(['--profiling', '--gateway-worker=1'], async (server) => {
        let is_over = false;
        const first = get(server, '/debug/pprof/profile?seconds=2').finally(() => (is_over = true));
        await get(server, '/healthz'); // so the next one comes second
        let refused;
        for (let i = 0; i < 100 && refused?.status !== 409; ++i) {
            refused = await get(server, '/debug/pprof/profile?seconds=1');
            if (refused.status === 409) break;
            await sleep(10);
        }
        assert.equal(refused.status, 409);
        assert.match(refused.json.msg, /another profile is running/);
        assert.equal((await get(server, '/healthz')).status, 200);
        assert.equal(is_over, false);
        const { status, headers, text } = await first;
        assert.equal(status, 200);
        assert.equal(headers['content-type'], 'application/octet-stream');
        assert.match(text, /\/gim\n/, 'the mappings are behind the samples');
        assert.equal((await get(server, '/debug/pprof/profile?seconds=1')).status, 200);
    }));

test('a server that stops ends its profile', async () => {
    const server = await Server.start(['--profiling']);
    const profile = get(server, '/debug/pprof/profile?seconds=60').catch(() => undefined);
    await sleep(300);
    await server.stop(); // which ends well, and soon
    await profile;
});

test('cmdline tells no secret, symbol tells names, and heap how to get one', () =>
    with_server(['--enable-profiling', `--api-key=game=${secret}`], async (server) => {
        const cmdline = await get(server, '/debug/pprof/cmdline');
        assert.match(cmdline.text, /^\/\S*gim\n/);
        assert.match(cmdline.text, /^--api-key$/m);
        assert.ok(!cmdline.text.includes(secret));
        assert.equal((await get(server, '/debug/pprof/symbol')).text, 'num_symbols: 1\n');
        const symbols = await call(server, 'POST', '/debug/pprof/symbol', { body: '0x1+nonsense' });
        assert.equal(symbols.text, '0x1\t0x1\n');
        const heap = await get(server, '/debug/pprof/heap');
        assert.equal(heap.status, 501);
        assert.match(heap.json.msg, /LD_PRELOAD=libtcmalloc/);
        for (const seconds of ['0', '61', 'x']) {
            const { status, json } = await get(server, `/debug/pprof/profile?seconds=${seconds}`);
            assert.equal(status, 400);
            assert.match(json.msg, /^seconds: /);
        }
    }));

test('only who may see the connections may profile, and nobody where it is off', async () => {
    await with_server(['--profiling', `--api-key=game=${secret}`], async (server) => {
        for (const path of ['profile?seconds=1', 'heap', 'cmdline', 'symbol']) {
            const headers = { 'X-Forwarded-For': '127.0.0.1' };
            assert.equal((await get(server, `/debug/pprof/${path}`, { headers })).status, 401, path);
        }
        const headers = { Host: 'evil.example', 'X-API-Key': secret };
        assert.equal((await get(server, '/debug/pprof/cmdline', { headers })).status, 200);
    });
    await with_server([], async (server) => {
        for (const path of ['profile?seconds=1', 'heap', 'cmdline', 'symbol']) {
            const { status, json } = await get(server, `/debug/pprof/${path}`);
            assert.equal(status, 404, path);
            assert.match(json.msg, /--profiling-enabled/);
        }
    });
});

test('a profile does not hold up the end of a server that another one replaces', () =>
    with_copy(
        async (server, path, successors) => {
            const mute = await Client.login(server, 'mute'); // whose close is waited for until it is cut
            mute.socket.pause();
            const profile = get(server, '/debug/pprof/profile?seconds=60').catch(() => 'cut');
            await sleep(500);
            const ended = new Promise((resolve) => server.process.child.on('exit', resolve));
            server.process.child.kill('SIGUSR2');
            const [, pid] = await server.process.line(/process (\d+) serves now/);
            successors.push(Number(pid));
            assert.equal(await within(10_000, ended, () => server.process.stderr), 0);
            assert.match(server.process.stderr, /\d connections are cut/);
            await profile;
            mute.socket.terminate();
        },
        () => ['--profiling-enabled', '--drain-timeout=300ms', '--close-timeout=1m'],
    ));
