// The log: its file, its form, and what cannot be made of it from outside.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { Raw } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/;

async function in_folder(body) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gim-logs-'));
    try {
        await body(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

// A gim that logs into `log` of a folder of its own; all of its lines can be read after its end.
const with_log = (flags, body) =>
    in_folder(async (folder) => {
        const log = path.join(folder, 'log');
        const server = await Server.start([`--log-file=${log}`, ...flags]);
        try {
            await body(server, log, folder);
            await server.stop();
        } finally {
            server.process.child.kill('SIGKILL');
        }
    });

const lines_of = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);

// A line may be written after what it tells of was seen.
async function eventually(what, is_so) {
    for (let tries = 0; !(await is_so()); ++tries) {
        assert.ok(tries < 250, what);
        await sleep(40);
    }
}

const line_in = (log, pattern) => eventually(`${pattern} in ${log}`, () => lines_of(log).some((line) => pattern.test(line)));

test('a renamed file is opened again under load: every line stands once, whole, in one of the files', () =>
    with_log(['--log-level=debug', '--max-handshakes=0'], async (server, log, folder) => {
        const askers = 4;
        const rotations = 25;
        let asked = 0;
        let is_over = false;
        const ask = async (asker) => {
            for (let i = 0; !is_over; ++i, ++asked) assert.equal((await get(server, `/asked/${asker}/${i}`)).status, 404);
        };
        const asking = Array.from({ length: askers }, (_, asker) => ask(asker));
        for (let n = 0; n < rotations; ++n) {
            renameSync(log, `${log}.${n}`);
            server.process.child.kill('SIGHUP');
            await eventually('a new file', () => existsSync(log));
            await sleep(10);
        }
        is_over = true;
        await Promise.all(asking);
        assert.ok(asked > rotations, `${asked} requests`);
        const all = () => readdirSync(folder).flatMap((file) => lines_of(path.join(folder, file)));
        const of_requests = () => all().filter((line) => line.includes('GET /asked/'));
        await eventually('a line for every request', () => of_requests().length >= asked);
        for (const line of all()) assert.match(line, /^\S+ (info|debug) \S.*[^ ]$/);
        const names = of_requests().map((line) => line.match(/^\S+ debug GET (\/asked\/\d+\/\d+) 404 \d+\.\dms$/)[1]);
        assert.equal(names.length, asked);
        assert.equal(new Set(names).size, asked);
        assert.equal(all().filter((line) => line.endsWith(' info log: file opened again')).length, rotations);
        assert.equal(statSync(log).mode & 0o007, 0, 'not for everybody');
        assert.deepEqual(server.process.stderr.split('\n').map((line) => line.split(' ')[0]), ['gateway', 'api', '']);
    }));

test('a file that cannot be opened is one line and exit 1', async () => {
    const free_ports = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0'];
    const { code, stderr, stdout } = await run_gim([...free_ports, '--log-file=/no/such\nfolder/log']);
    assert.equal(code, 1);
    assert.match(stderr, /^gim: --log-file: cannot open "\/no\/such.+folder\/log": No such file or directory\n$/);
    assert.equal(stdout, '');
});

test('if the file cannot be opened again, the old one goes on and says so', () =>
    in_folder(async (folder) => {
        const place = path.join(folder, 'place');
        execFileSync('mkdir', [place]);
        const server = await Server.start([`--log-file=${place}/log`]);
        try {
            renameSync(place, path.join(folder, 'moved'));
            const log = path.join(folder, 'moved', 'log');
            server.process.child.kill('SIGHUP');
            await line_in(log, /error log: going on with the old file: cannot open ".*place\/log": No such file/);
            await get(server, '/healthz', { headers: { trace: 'after-it' } });
            await line_in(log, /trace=after-it/);
            await server.stop();
        } finally {
            server.process.child.kill('SIGKILL');
        }
    }));

test('JSON: every line is an object, whatever clients send', () =>
    with_log(['--log-format=json', '--log-level=debug'], async (server, log) => {
        const hostile = [
            Buffer.from('GET /a"b\\c{"level":"error"} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
            Buffer.from('GET /\xff\xfe\x80\x1b[2J\x7f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'latin1'),
            Buffer.from('GET /x HTTP/1.1\r\nHost: x\r\nTrace: "}\\n{"level":"error\r\nConnection: close\r\n\r\n'),
            Buffer.from('\x00\x01\xff\n{"level":"error"}\r\n\r\n', 'latin1'),
            Buffer.from(`GET /${'"'.repeat(6000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        ];
        for (const bytes of hostile) {
            const raw = await Raw.connect(server.api_port);
            raw.write(bytes);
            await raw.end();
        }
        await get(server, '/healthz', { headers: { trace: 'abc-1' } });
        const ada = await Client.login(server, 'ada');
        const rude = await Client.login(server, 'rude');
        rude.socket.send('{"op":\n"\u0000');
        for (let i = 0; i < 20; ++i) rude.socket.send('\n{"level":"error"}\u2028\u0007');
        assert.equal((await rude.end()).code, 4504);
        await ada.expect(op.heartbeat);
        await line_in(log, /"code":4504/);
        await line_in(log, /"trace":"abc-1"/);

        const text = readFileSync(log);
        assert.ok(text.every((byte) => byte === 0x0a || (byte >= 0x20 && byte <= 0x7e)), 'printable ASCII only');
        const lines = lines_of(log);
        for (const line of lines) {
            assert.ok(line.length < 4096);
            const { time, level, message } = JSON.parse(line);
            assert.match(time, stamp);
            assert.ok(!Number.isNaN(Date.parse(time)));
            assert.match(level, /^(info|debug|warning)$/, line);
            assert.equal(typeof message, 'string');
        }
        const objects = lines.map((line) => JSON.parse(line));
        const closed = objects.find(({ code }) => code === 4504);
        assert.equal(closed.user, 'rude');
        assert.equal(typeof closed.connection, 'number');
        assert.match(closed.message, new RegExp(`^connection ${closed.connection}: closing with 4504: `));
        const traced = objects.find(({ trace }) => trace === 'abc-1');
        assert.equal(traced.code, 200);
        assert.match(traced.message, /^GET \/healthz 200 trace=abc-1 /);
    }));

test('SIGHUP reads the level again; a bad file of flags leaves the old one and says so', () =>
    in_folder(async (folder) => {
        const config = path.join(folder, 'gim.conf');
        const log = path.join(folder, 'log');
        writeFileSync(config, `log-level=warn\nlog-file=${log}\n`);
        const server = await Server.start([`--config=${config}`]);
        try {
            const ask = (trace) => get(server, '/healthz', { headers: { trace } });
            // A request is logged behind its answer, and before the next one of its connection is read.
            const twice = await Raw.connect(server.api_port);
            const asked = 'GET /healthz HTTP/1.1\r\nHost: x\r\ntrace: ';
            twice.write(`${asked}at-warn\r\n\r\n${asked}next\r\nConnection: close\r\n\r\n`);
            await twice.end();
            writeFileSync(config, `log-level=info\nlog-file=${log}\n`);
            server.process.child.kill('SIGHUP');
            await line_in(log, / info log: level is info$/);
            await ask('at-info');
            await line_in(log, /trace=at-info/);
            writeFileSync(config, 'log-level=loud\n');
            server.process.child.kill('SIGHUP');
            await line_in(log, / error settings: going on with the old ones: gim: --log-level: must be trace, .* got "loud"$/);
            await ask('still-info');
            await line_in(log, /trace=still-info/);
            assert.ok(!readFileSync(log, 'utf8').includes('at-warn'));
            await server.stop();
        } finally {
            server.process.child.kill('SIGKILL');
        }
    }));

test('the disk of the file is full: the service goes on, lines that were lost are counted, JSON stays JSON', () =>
    with_log(['--log-format=json', '--log-level=debug'], async (server, log) => {
        const limit = (bytes) => execFileSync('prlimit', ['--pid', `${server.process.child.pid}`, `--fsize=${bytes}:unlimited`]);
        const ask = async (times) => {
            for (let i = 0; i < times; ++i) assert.equal((await get(server, '/healthz')).status, 200);
        };
        const counted = async () => Number((await get(server, '/metrics')).text.match(/^gim_log_lines_lost_total (\d+)$/m)[1]);
        assert.equal(await counted(), 0);
        limit(statSync(log).size + 50); // not a whole number of lines
        await ask(50);
        await eventually('lost lines in the metrics', async () => (await counted()) >= 49);
        limit('unlimited');
        await ask(3);
        await line_in(log, /log lines were lost: they could not be written/);
        const whole = lines_of(log).filter((line) => line.endsWith('}'));
        const torn = lines_of(log).filter((line) => !line.endsWith('}'));
        // The one at which the disk was full; none if a line came between stat and limit, so that the file was longer at once.
        assert.ok(torn.length <= 1, torn.join('\n'));
        const lost = whole.map((line) => JSON.parse(line)).filter(({ message }) => / lines were lost/.test(message));
        assert.equal(lost.length, 1);
        const said = Number(lost[0].message.split(' ')[0]);
        await eventually('what was said is what was counted', async () => (await counted()) === said);
    }));

test('whoever read the log has gone: the service goes on', async () => {
    const server = await Server.start(['--log-level=debug']);
    try {
        server.process.child.stderr.destroy();
        for (let i = 0; i < 10; ++i) assert.equal((await get(server, '/healthz')).status, 200);
        const ada = await Client.login(server, 'ada');
        await ada.expect(op.heartbeat);
        await server.stop();
    } finally {
        server.process.child.kill('SIGKILL');
    }
});
