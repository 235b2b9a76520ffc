import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Process, run_gim, with_server } from './support/gim.mjs';
import { scrape } from './support/metrics.mjs';
import { is_alive, until } from './support/successors.mjs';
import { sleep } from './support/time.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'gim-bench-'));
after(() => rmSync(folder, { recursive: true }));

// Runs a scenario for half a second and gives its report. Nothing here asserts a time: a machine may be so busy that nothing
// is measured in that time, and then it is run for longer.
async function bench(args, { code = 0, server_flags = [], env = {} } = {}) {
    const file = path.join(folder, 'result.json');
    const behind = server_flags.length > 0 ? ['--', ...server_flags] : [];
    for (const seconds of [0.5, 5]) {
        const short = [`--seconds=${seconds}`, '--warmup=0.2', '--quiet', `--json=${file}`];
        const ended = await run_gim(['bench', ...args, ...short, ...behind], env, 100_000);
        assert.equal(ended.code, code, `${args}: ${ended.stderr}`);
        assert.equal(ended.stderr, '');
        const report = JSON.parse(readFileSync(file, 'utf8'));
        if (report.delivered > 0 && report.units_in_time > 0) return { report, text: ended.stdout };
    }
    assert.fail(`${args}: nothing was delivered`);
}

function intact(report) {
    assert.equal(report.lost, 0);
    assert.equal(report.duplicated, 0);
    assert.equal(report.out_of_order, 0);
    assert.equal(report.refused, 0);
    assert.equal(report.disconnected, 0);
    assert.ok(report.delivered > 0);
    assert.equal(report.expected, report.delivered + report.skipped);
    assert.ok(report.units_in_time > 0 && report.units_in_time <= report.delivered);
}

test('fanout: every message reaches every member, in each protocol', async () => {
    for (const protocol of ['json', 'json-object', 'proto']) {
        const { report, text } = await bench(['fanout', '--members=20', `--protocol=${protocol}`]);
        intact(report);
        assert.equal(report.connections, 20);
        assert.equal(report.expected, report.sent * 20);
        assert.ok(report.received_bytes > 0 && report.received_frames > 0);
        assert.match(text, /lost +0/);
    }
});

test('fanout at a rate: what was offered was sent, and CPU and memory of the server are known', async () => {
    const { report } = await bench(['fanout', '--members=10', '--publishers=3', '--rate=200', '--size=1000']);
    intact(report);
    assert.equal(report.offered, report.sent);
    assert.ok(report.server_cpu_ns_per_unit > 0);
    assert.ok(report.resident_bytes_per_connection > 0);
});

test('fanout in latest mode: what the server skipped is told and not lost', async () => {
    const { report } = await bench(['fanout', '--members=10', '--rate=500'], {
        server_flags: ['--enable-message-sequence=false', '--message-push-count=2', '--message-push-duration=50ms'],
    });
    intact(report);
    assert.ok(report.skipped > 0);
});

test('rooms: each room gets its own messages only', async () => {
    const { report } = await bench(['rooms', '--rooms=5', '--members=4', '--publishers=7', '--workers=2']);
    intact(report);
    assert.equal(report.connections, 20);
    assert.equal(report.expected, report.sent * 4);
});

test('private: one way and both ways', async () => {
    for (const ways of [[], ['--both-ways']]) {
        const { report } = await bench(['private', '--pairs=5', ...ways]);
        intact(report);
        assert.equal(report.connections, 10);
        assert.equal(report.expected, report.sent);
    }
});

// A folder for PATH in which these programs are, and no other.
function path_of(...programs) {
    const only = mkdtempSync(path.join(folder, 'path-'));
    for (const program of programs) {
        const where = process.env.PATH.split(':').map((at) => path.join(at, program));
        symlinkSync(where.find((file) => existsSync(file)), path.join(only, program));
    }
    return only;
}

test('with Redis: what it costs a message, and what redis-benchmark does with the same one', async () => {
    const { report, text } = await bench(['rooms', '--rooms=4', '--members=1', '--inflight=8', '--storage=redis'], { env: { TMPDIR: folder } });
    intact(report);
    assert.match(report.server, / --storage=redis --redis-url=redis:\/\/127\.0\.0\.1:\d+\/0/);
    assert.match(report.pinning, /Redis/);
    assert.ok(report.messages_in_time > 0);
    assert.ok(report.redis_cpu_ns_per_message > 0);
    assert.ok(report.redis_benchmark_appends_per_second > 0);
    assert.ok(report.redis_benchmark_zadds_per_second > 0);
    assert.match(text, /Redis CPU +\S+ \S+ a message\n/);
    assert.match(text, /Redis alone +\S+ appends a second, \S+ ZADD a second/);
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('gim-bench-redis-')), []);
});

test('with Redis at a rate: all that was offered was sent', async () => {
    const { report } = await bench(['rooms', '--rooms=4', '--members=1', '--rate=200', '--storage=redis'], { env: { PATH: path_of('redis-server') } });
    intact(report);
    assert.equal(report.offered, report.sent);
    assert.ok(report.redis_cpu_ns_per_message > 0);
    assert.equal(report.redis_benchmark_appends_per_second, null);
    assert.match(report.notes.join('\n'), /redis-benchmark was not run: it is not in PATH/);
});

test('idle: connections are held, and their memory is told', async () => {
    const { report } = await bench(['idle', '--connections=300']);
    assert.equal(report.unit, 'connection');
    assert.equal(report.delivered, 300);
    assert.equal(report.disconnected, 0);
    assert.ok(report.resident_bytes_per_connection > 0);
});

test('connect: clients come and go', async () => {
    const { report } = await bench(['connect', '--inflight=4']);
    assert.equal(report.unit, 'connection');
    assert.ok(report.delivered > 0);
    assert.equal(report.disconnected, 0);
});

test('history: pages over op 203 and HTTP', async () => {
    const { report } = await bench(['history', '--rooms=2', '--members=3', '--inflight=4']);
    assert.equal(report.unit, 'answer');
    assert.ok(report.delivered > 0);
    assert.equal(report.refused, 0);
    assert.match(report.notes.join('\n'), /Op 203: [1-9].*\nHTTP: [1-9]/);
});

test('slow: members that stop reading cost the others nothing', async () => {
    const { report } = await bench(['slow', '--members=10', '--slow-members=2', '--size=30000', '--rate=200']);
    intact(report);
    assert.equal(report.connections, 12);
    assert.equal(report.expected, report.sent * 10);
    assert.match(report.notes.join('\n'), /Of 2 members that stopped reading/);
});

test('a server that runs already is measured by its URL, twice', () =>
    with_server(['--enable-message-sequence', '--message-push-count=1'], async (server) => {
        const where = [`--url=ws://127.0.0.1:${server.gateway_port}`, `--pid=${server.process.child.pid}`];
        for (let run = 0; run < 2; ++run) {
            const { report } = await bench(['fanout', '--members=10', ...where]);
            intact(report);
            assert.ok(report.server_cpu_ns_per_unit > 0);
        }
        const { report } = await bench(['history', '--rooms=1', '--members=2', ...where, `--http-url=http://127.0.0.1:${server.api_port}`]);
        assert.ok(report.delivered > 0);
    }));

test('the page is one file that holds its charts', async () => {
    const file = path.join(folder, 'report.html');
    await bench(['fanout', '--members=5', `--report=${file}`]);
    const page = readFileSync(file, 'utf8');
    assert.match(page, /^<!doctype html>/i);
    assert.match(page, /<svg/);
});

async function fails(args, pattern, env) {
    const { code, stdout, stderr } = await run_gim(['bench', ...args, '--quiet'], env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, pattern);
    assert.equal(stderr.trimEnd().split('\n').length, 1, `one line: ${stderr}`);
    assert.equal(stdout, '');
}

test('what cannot be run is one clear line and exit 1', async () => {
    const taken = net.createServer();
    await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address();
    await new Promise((resolve) => taken.close(resolve));
    for (const scenario of ['fanout', 'idle', 'connect']) {
        await fails([scenario, `--url=ws://127.0.0.1:${port}`], new RegExp(`ws://127.0.0.1:${port}: cannot connect: Connection refused`));
    }
    await fails(['fanout', '--url=http://127.0.0.1:1'], /must begin with ws:/);
    await fails(['history', '--url=ws://127.0.0.1:1'], /--http-url/);
    await fails(['fanout', '--json=/no/such/folder/x.json'], /\/no\/such\/folder\/x.json/);
    await fails(['fanout', '--', '--no-such-flag'], /private server does not start: gim: unknown flag "--no-such-flag"/);
    await fails(['fanout', '--storage=redis'], /needs the program redis-server in PATH/, { PATH: folder });
    await with_server([], async (server) => {
        await fails(['fanout', `--url=ws://127.0.0.1:${server.api_port}`], /upgrade was answered with HTTP\/1.1 4/);
    });
});

test('a server that goes away in the middle is told', () =>
    with_server([], async (server) => {
        const run = new Process(['bench', 'fanout', '--members=5', '--rate=100', '--warmup=0.1', '--quiet', `--url=ws://127.0.0.1:${server.gateway_port}`]);
        const ended = run.end();
        const messages = async () => (await scrape(server)).samples.get('gim_messages_total{kind="room"}');
        for (let tries = 0; (await messages()) < 50 && tries < 500; ++tries) await sleep(10);
        server.process.child.kill('SIGTERM');
        const { code, stdout } = await ended;
        assert.equal(code, 3);
        assert.match(stdout, /5 connections ended early, the first one: closed by the server with 1001/);
    }));

for (const [storage, programs] of [['memory', ['gim\0serve']], ['redis', ['gim\0serve', 'redis-server']]]) {
    test(`an interrupted run ends what it has started, with ${storage}`, async () => {
        const run = new Process(['bench', 'idle', '--connections=5', '--seconds=60', `--storage=${storage}`]);
        const children = await children_of(run.child.pid, programs);
        run.child.kill('SIGINT');
        const { code, stderr } = await run.end();
        assert.equal(code, 130);
        assert.match(stderr, /gim: interrupted\n$/);
        await until(() => !children.some(is_alive), () => `${children} are left`);
    });
}

// The processes that this one has started, as soon as they have become these programs.
async function children_of(pid, programs) {
    for (;;) {
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
        const words = children.map((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8'));
        if (programs.every((program) => words.some((word) => word.startsWith(program)))) return children.map(Number);
        await sleep(10);
    }
}
