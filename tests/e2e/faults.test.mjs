// Faults of the machine: the clock is set, the disk of the log is full.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { RawWebSocket } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const binary = process.env.GIM_BINARY;
const hour = 3600_000;

async function in_folder(body) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gim-faults-'));
    try {
        await body(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

// The environment in which the wall clock of a gim is what `file` says. A sanitizer must be loaded before all else.
function faked_clock(file) {
    const [faketime] = execFileSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8' }).match(/\S+libfaketime\.so\.1/);
    const sanitizer = execFileSync('ldd', [binary], { encoding: 'utf8' }).match(/\S+\/libasan\.so\S*/)?.[0];
    return {
        LD_PRELOAD: [sanitizer, faketime].filter(Boolean).join(' '),
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
    };
}

test('the clock is set back an hour and on two: order, ids and timeouts do not change', () =>
    in_folder(async (folder) => {
        const clock = path.join(folder, 'clock');
        writeFileSync(clock, '+0\n');
        const server = await Server.start(['--heartbeat-interval=2s'], faked_clock(clock));
        const ada = await Client.login(server, 'ada');
        await ada.join('9999');
        const told = [];
        const send = async () => told.push(await ada.expect(op.send, { type: 1, target_id: '9999', content: `${told.length}` }));
        for (let i = 0; i < 3; ++i) await send();
        const mute = await RawWebSocket.connect(server);
        mute.text({ op: op.login, body: { id: 'mute' } });
        await mute.await_frame(({ opcode }) => opcode === 1, 'the reply to the login');
        const muted_at = Date.now();

        writeFileSync(clock, '-3600\n');
        const { server_time: back } = await ada.expect(op.heartbeat);
        assert.ok(Math.abs(back - (Date.now() - hour)) < 60_000, `the clock was not set back: ${back}`);
        for (let i = 0; i < 3; ++i) await send();
        writeFileSync(clock, '+3600\n');
        const { server_time: ahead } = await ada.expect(op.heartbeat);
        assert.ok(Math.abs(ahead - (Date.now() + hour)) < 60_000, `the clock was not set on: ${ahead}`);
        for (let i = 0; i < 3; ++i) await send();

        assert.deepEqual(told.map(({ sequence }) => sequence), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        const times = told.map(({ created_at }) => created_at);
        assert.deepEqual(times, [...times].sort((a, b) => a - b), 'time never runs backwards in a session');
        const ids = told.map(({ id }) => id);
        assert.equal(new Set(ids).size, 9);
        assert.deepEqual(ids, [...ids].sort(), 'ids rise');
        const { items } = await ada.expect(op.history, { session_id: '1:9999', after: 0 });
        assert.deepEqual(items.map(({ content }) => content), ['0', '1', '2', '3', '4', '5', '6', '7', '8']);

        assert.equal(await mute.close_code(), 4004);
        const took = Date.now() - muted_at;
        assert.ok(took >= 1500 && took < 15_000, `the heartbeat was missed after ${took} ms`);
        await server.stop();
    }));

test('the disk of the log is full: the service goes on, and lines that were lost are counted', () =>
    in_folder(async (folder) => {
        const log = path.join(folder, 'log');
        const gim = spawn(
            binary,
            ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0', '--gateway-worker=2', '--log-level=debug'],
            { stdio: ['ignore', 'ignore', openSync(log, 'a')] },
        );
        const ended = new Promise((resolve) => gim.on('close', resolve));
        try {
            let api;
            for (let tries = 0; !api && tries < 500; ++tries) {
                await sleep(20);
                api = readFileSync(log, 'utf8').match(/api listening on (\S+)/)?.[1];
            }
            const ask = async (times) => {
                for (let i = 0; i < times; ++i) assert.equal((await fetch(`http://${api}/healthz`)).status, 200);
            };
            const limit = (bytes) => execFileSync('prlimit', ['--pid', `${gim.pid}`, `--fsize=${bytes}:unlimited`]);
            await ask(3);
            const full = statSync(log).size + 100; // not a whole number of lines
            limit(full);
            await ask(50);
            assert.equal(statSync(log).size, full);
            limit('unlimited');
            await ask(3);
            // The line of a request may come after its answer.
            for (let tries = 0; ; ++tries) {
                const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
                const lost = lines.map((line) => line.match(/ warning (\d+) log lines were lost/)?.[1]).filter(Boolean).map(Number);
                assert.equal(lost.length, 1, lines.join('\n'));
                const whole = lines.filter((line) => /GET \/healthz 200 .*ms$/.test(line)).length;
                if (whole + lost[0] === 56) break;
                assert.ok(tries < 100, lines.join('\n'));
                await sleep(20);
            }
            gim.kill('SIGTERM');
            assert.equal(await ended, 0);
        } finally {
            gim.kill('SIGKILL');
        }
    }));
