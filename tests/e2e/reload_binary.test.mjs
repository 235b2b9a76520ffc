// gim reload-binary: says what came of a hot restart, and never signals a stranger.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim } from './support/gim.mjs';
import { is_alive, until, with_copy } from './support/successors.mjs';
import { within } from './support/time.mjs';

const pid_file = (folder) => [`--pid-file=${join(folder, 'gim.pid')}`];
const named_by = (file) => Number(readFileSync(file, 'utf8'));
const reload = (file, ...more) => run_gim(['reload-binary', '--pid-file', file, ...more]);

async function fails(ended, pattern) {
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, pattern);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(stdout, '');
}

test('the pid file names who serves, from the first to the last process', () =>
    with_copy(async (server, path, successors) => {
        const file = join(dirname(path), 'gim.pid');
        const old = server.process.child.pid;
        await until(() => existsSync(file), () => server.process.stderr);
        assert.equal(readFileSync(file, 'utf8'), `${old}\n`);
        const ada = await Client.login(server, 'ada');

        const { code, stdout, stderr } = await reload(file);
        assert.equal(code, 0, stderr);
        const [, pid] = /^process (\d+) serves now, in place of (\d+)\n$/.exec(stdout);
        successors.push(Number(pid));
        assert.equal(stdout, `process ${pid} serves now, in place of ${old}\n`);
        await server.process.line(new RegExp(`process ${pid} serves now`));
        assert.equal(named_by(file), Number(pid));
        assert.equal((await ada.end()).code, 1001);
        await until(() => !is_alive(old), () => server.process.stderr);
        assert.equal(named_by(file), Number(pid)); // the end of the old one has left it alone
        assert.equal((await get(server, '/readyz')).status, 200);

        process.kill(Number(pid), 'SIGTERM');
        await until(() => !is_alive(Number(pid)), () => server.process.stderr);
        assert.ok(!existsSync(file));
        await fails(reload(file), /^gim: --pid-file: ".*gim\.pid": No such file or directory\n$/);
    }, pid_file));

test('when the new binary does not start, reload-binary says that the old one goes on', () =>
    with_copy(async (server, path, successors) => {
        const file = join(dirname(path), 'gim.pid');
        const old = server.process.child.pid;
        await until(() => existsSync(file), () => server.process.stderr);
        const good = `${path}.good`;
        renameSync(path, good);
        const goes_on = new RegExp(`^gim: reload-binary: process ${old} goes on, no other one serves; its log says why\n$`);
        await fails(reload(file), goes_on);
        writeFileSync(path, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
        await fails(reload(file), goes_on);
        await server.process.line(/no new process, this one goes on: it ended with 3/);
        assert.equal(named_by(file), old);
        // One that says nothing more, and does not end by itself either.
        rmSync(path);
        writeFileSync(path, '#!/bin/bash\nfor fd in /proc/self/fd/*; do n=${fd##*/}; ((n > 2 && n < 100)) && eval "exec $n>&-"; done\nexec sleep 60\n', { mode: 0o755 });
        await fails(reload(file), goes_on);
        await server.process.line(/no new process, this one goes on: it was ended by signal 9/);
        assert.equal(named_by(file), old);
        // One that never comes to serve.
        rmSync(path);
        writeFileSync(path, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
        await fails(reload(file, '--timeout=1s'), /has not said within 1s that another one serves; see its log\n$/);
        await Client.login(server, 'ada');
        // Its end is an answer, too.
        const signals = () => server.process.stderr.match(/starting a new process/g).length;
        const before = signals();
        const asked = fails(reload(file), new RegExp(`process ${old} has ended, and no other one has taken its place\n$`));
        await until(() => signals() > before, () => server.process.stderr);
        server.process.child.kill('SIGTERM');
        await asked;
        assert.ok(!existsSync(file));
    }, pid_file));

test('who is no gim that serves gets no signal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gim-pid-'));
    const file = join(folder, 'gim.pid');
    const stranger = spawn('sleep', ['60']);
    const exited = new Promise((resolve) => stranger.on('exit', resolve));
    try {
        writeFileSync(file, `${stranger.pid}\n`);
        await fails(reload(file), /^gim: reload-binary: process \d+ is no gim that serves, nothing was sent to it\n$/);
        assert.equal(stranger.exitCode ?? stranger.signalCode, null);
        stranger.kill('SIGKILL');
        await within(10_000, exited, () => 'it does not end');
        await fails(reload(file), /^gim: reload-binary: process \d+ cannot be told: No such process\n$/);
        writeFileSync(file, 'nonsense\n');
        await fails(reload(file), /^gim: --pid-file: ".*gim\.pid" holds no process id\n$/);
        const usage = await run_gim(['reload-binary', `${stranger.pid}`]);
        assert.deepEqual([usage.code, usage.stdout], [2, '']);
    } finally {
        stranger.kill('SIGKILL');
        rmSync(folder, { recursive: true });
    }
});

test('a gim that cannot write its pid file does not begin', async () => {
    const free = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0'];
    const { code, stderr } = await run_gim([...free, '--pid-file=/no/such/folder/gim.pid']);
    assert.equal(code, 1);
    assert.match(stderr, /^gim: --pid-file: "\/no\/such\/folder\/gim\.pid\.\d+": No such file or directory\n$/);
});
