// `gim top`: what it shows of a running server, and what becomes of the terminal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, with_server } from './support/gim.mjs';
import { needs, pseudo_terminal } from './support/needs.mjs';
import { sleep, within } from './support/time.mjs';

const url_of = (server) => `--url=http://127.0.0.1:${server.api_port}`;

const folder = mkdtempSync(join(tmpdir(), 'gim-top-'));
after(() => rmSync(folder, { recursive: true }));

// gim top in a terminal of 30 lines and 110 columns; `stty` tells its settings before and after, which must be the same.
class Terminal {
    static #count = 0;
    #go = join(folder, `go${++Terminal.#count}`);

    // `meanwhile` is what a shell does beside it after go(), with its process id as $top.
    constructor(args, meanwhile) {
        const top = `"$GIM_BINARY" top ${args.join(' ')}`;
        const until_go = `until [ -e ${this.#go} ]; do sleep 0.05; done`;
        const running = meanwhile ? `${top} < /dev/tty & top=$!; ${until_go}; ${meanwhile}; wait $top` : top;
        const command = `trap : INT; stty rows 30 cols 110; stty -g; ${running}; echo "exit=$?"; stty -g`;
        this.child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm' } });
        this.output = '';
        this.child.stdout.on('data', (bytes) => (this.output += bytes));
        this.ended = new Promise((resolve) => this.child.on('close', resolve));
    }

    async shows(pattern) {
        for (let tries = 0; !pattern.test(this.output); ++tries) {
            assert.ok(tries < 250, `no ${pattern} in ${JSON.stringify(this.output.slice(-3000))}`);
            await sleep(40);
        }
    }

    go() {
        writeFileSync(this.#go, '');
    }

    press(key) {
        this.output = '';
        this.child.stdin.write(key);
    }

    // Waits for its end, and looks whether the terminal is as it was: gives the exit code.
    async end() {
        const before = this.settings;
        await within(20_000, this.ended, () => `it does not end: ${JSON.stringify(this.output.slice(-500))}`);
        const [, code, after] = /exit=(\d+)\s+([0-9a-f:]+)\s*$/.exec(this.output);
        assert.equal(after, before);
        const given_back = this.output.lastIndexOf('\x1b[?25h\x1b[?1049l');
        assert.ok(given_back > 0 && !this.output.slice(given_back + 1).includes('\x1b[H'), 'the first screen, with the cursor');
        return Number(code);
    }

    static async start(args, meanwhile) {
        const it = new Terminal(args, meanwhile);
        await it.shows(/\x1b\[\?1049h/);
        it.settings = /^([0-9a-f:]+)\s/.exec(it.output)[1];
        return it;
    }
}

// What answers as a gim does, with the metrics of a real one, and tables as they are given.
async function with_stub(answers, body) {
    const asked = [];
    const stub = http.createServer((request, response) => {
        asked.push(request.url);
        const [path] = request.url.split('?');
        response.statusCode = answers[path] === undefined ? 404 : 200;
        response.end(answers[path] ?? '{"code":404,"msg":"path: there is nothing here"}');
    });
    await new Promise((resolve) => stub.listen(0, '127.0.0.1', resolve));
    try {
        await body({ api_port: stub.address().port, asked });
    } finally {
        stub.closeAllConnections();
        stub.close();
    }
}

test('--once prints one frame of plain text: what is connected, and what goes on', () =>
    with_server(['--message-push-duration=20ms'], async (server) => {
        const clients = await Promise.all(['ada', 'bob', 'cleo'].map((id) => Client.login(server, id)));
        for (const client of clients) await client.join('arena');
        const top = run_gim(['top', url_of(server), '--once', '--interval=1500ms']);
        let is_over = false;
        const sending = (async () => {
            while (!is_over) {
                await clients[0].send_room('arena', 'x');
                await sleep(10);
            }
        })();
        const { code, stdout, stderr } = await top;
        is_over = true;
        await sending;
        assert.equal(stderr, '');
        assert.equal(code, 0);
        assert.match(stdout, /^[ -~\n]+$/, 'no escapes');
        assert.match(stdout, new RegExp(`^gim \\d+\\.\\d+\\.\\d+  http://127.0.0.1:${server.api_port}  up 00:00:\\d\\d\\n`));
        assert.match(stdout, /^connections 3 +users 3 +rooms 1 +slow readers 0$/m);
        assert.match(stdout, /^cpu \d+ % +memory [\d.]+ MiB /m);
        const [, sent, delivered] = /^messages +in ([\d.,]+)\/s +delivered ([\d.,]+)\/s/m.exec(stdout);
        assert.ok(Number(sent) > 0 && Number(delivered.replace(',', '')) > Number(sent), stdout);
        assert.match(stdout, /^requests +p50 [\d.]+ [mu]?s +p99 [\d.]+ [mu]?s$/m);
        assert.match(stdout, /^push lateness +p50 [\d.]+ /m);
        assert.match(stdout, /^connections by outbox, 3 in all\nUSER +ID +ADDRESS +OUTBOX /m);
        for (const id of ['ada', 'bob', 'cleo']) assert.match(stdout, new RegExp(`^${id} +\\d+ +127\\.0\\.0\\.1 +\\d`, 'm'));
        assert.match(stdout, /^arena +3 +3 +[\d.]+ +\d+ /m);
        assert.equal(stdout.match(/^ +[01] +\d+ +\d+ +0 +0 B /gm).length, 2, 'two workers');
    }));

// Runs `body(stub)` with one that has something in every table.
const with_tables = (body) =>
    with_server([], async (server) => {
        const { text: metrics } = await get(server, '/metrics');
        const list = (items) => JSON.stringify({ code: 0, msg: '', data: { total: 4711, items } });
        const answers = {
            '/metrics': metrics,
            '/debug/workers': list([{ worker: 0, connections: 99, lag_recent_ms: 0.25 }]),
            '/debug/connections': list([{ id: 7, user: 'slow\x1b[2J\u202e', outbox_bytes: 65536, oldest_ms: 1500 }]),
            '/debug/rooms': list([{ id: 'arena', members: 200, rate: 12.5 }]),
        };
        await with_stub(answers, body);
    });

test('tables of connections and rooms are shown, and nothing in them is printed unescaped', () =>
    with_tables(async (stub) => {
        const { code, stdout } = await run_gim(['top', url_of(stub), '--once', '--interval=100ms']);
        assert.equal(code, 0);
        assert.match(stdout, /^[ -~\n]+$/);
        assert.match(stdout, /^connections by outbox, 4,711 in all$/m);
        assert.match(stdout, /^slow\\x1b\[2J\\x~ +7 +- +64\.0 KiB +1\.50 s /m);
        assert.match(stdout, /^arena +200 +- +12\.5 /m);
        assert.match(stdout, /^ +0 +99 .*250 us/m);
    }));

test('keys sort the tables and pause', needs(pseudo_terminal), () =>
    with_tables(async (stub) => {
        const terminal = await Terminal.start([url_of(stub), '--interval=100ms']);
        await terminal.shows(/rooms by rate/);
        terminal.press('c');
        await terminal.shows(/connections by age/);
        terminal.press('r');
        await terminal.shows(/rooms by members/);
        assert.ok(stub.asked.some((path) => path.startsWith('/debug/rooms?sort=members&')));
        terminal.press('p');
        await terminal.shows(/paused/);
        // A round that has begun is asked to its end.
        for (let tries = 0, asked; asked !== stub.asked.length; ++tries) {
            assert.ok(tries < 20, 'it goes on asking');
            asked = stub.asked.length;
            await sleep(400);
        }
        terminal.press('q');
        assert.equal(await terminal.end(), 0);
    }));

test('q and signals: the terminal is given back', needs(pseudo_terminal), () =>
    with_server([], async (server) => {
        const terminal = await Terminal.start([url_of(server), '--interval=100ms']);
        await terminal.shows(/connections 0/);
        terminal.press('q');
        assert.equal(await terminal.end(), 0);

        const interrupted = await Terminal.start([url_of(server), '--interval=100ms']);
        await interrupted.shows(/connections 0/);
        interrupted.press('\x03');
        assert.equal(await interrupted.end(), 0);

        for (const signal of ['TERM', 'HUP', 'QUIT']) {
            const told = await Terminal.start([url_of(server), '--interval=100ms'], `kill -${signal} $top`);
            await told.shows(/connections 0/);
            told.go();
            assert.equal(await told.end(), 0, signal);
        }
    }));

test('it takes another size at once, and keeps to it', needs(pseudo_terminal), () =>
    with_server([], async (server) => {
        const terminal = await Terminal.start([url_of(server), '--interval=1h'], 'stty rows 9 cols 40');
        await terminal.shows(/connections by outbox/);
        terminal.go();
        await terminal.shows(/\x1b\[H(?!.*\x1b\[H)(?:(?!connections by outbox)[^])*\x1b\[J$/);
        const last = terminal.output.split('\x1b[H').at(-1).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
        const lines = last.split(/\r*\n/);
        assert.equal(lines.length, 9);
        assert.ok(lines.every((line) => line.length <= 40), last);
        terminal.press('q');
        assert.equal(await terminal.end(), 0);
    }));

test('when the server goes away it says so, asks again and gives the terminal back', needs(pseudo_terminal), async () => {
    let terminal;
    await with_server([], async (server) => {
        terminal = await Terminal.start([url_of(server), '--interval=100ms']);
        await terminal.shows(/connections 0/);
    });
    await terminal.shows(/no answer: Connection refused; trying again/);
    terminal.press('q');
    assert.equal(await terminal.end(), 0);
});

test('without a terminal it prints once why a server gives no answer', async () => {
    await with_stub({ '/metrics': 'no metrics' }, async (stub) => {
        const { code, stdout } = await run_gim(['top', url_of(stub), '--once']);
        assert.equal(code, 1);
        assert.match(stdout, /no answer: GET \/metrics: not the text of Prometheus/);
    });
    await with_stub({}, async (stub) => {
        const { code, stdout } = await run_gim(['top', url_of(stub)]);
        assert.equal(code, 1, 'as with --once');
        assert.match(stdout, /no answer: GET \/metrics: 404/);
    });
});

// Runs `body(url, asked)` beside a server that begins each answer and never ends it. `asked` comes with the first request.
async function with_endless_answers(body) {
    const sockets = new Set();
    let on_request;
    const asked = new Promise((resolve) => (on_request = resolve));
    const never = net.createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('data', () => {
            socket.write('HTTP/1.1 200 OK\r\n\r\n');
            on_request();
        });
        const drip = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(drip));
    });
    await new Promise((resolve) => never.listen(0, '127.0.0.1', resolve));
    try {
        await body(`--url=http://127.0.0.1:${never.address().port}`, asked);
    } finally {
        for (const socket of sockets) socket.destroy();
        never.close();
    }
}

test('an answer that never ends is given up', () =>
    with_endless_answers(async (url) => {
        const { code, stdout } = await run_gim(['top', url, '--once']);
        assert.equal(code, 1);
        assert.match(stdout, /no answer: it does not answer in time/);
    }));

test('keys do not wait for a server that hangs', needs(pseudo_terminal), () =>
    with_endless_answers(async (url, asked) => {
        const terminal = await Terminal.start([url]);
        await within(10_000, asked, () => 'it asks nothing');
        terminal.press('q');
        assert.equal(await terminal.end(), 0);
        assert.doesNotMatch(terminal.output, /no answer/, 'it did not wait until the answer was late');
    }));

test('flags that cannot be', async () => {
    for (const [flags, message] of [
        [['--url=https://x:1'], /--url: must begin with http:\/\//],
        [['--interval=1ms'], /--interval: /],
        [['--api-key='], /--api-key: /],
        [['--api-key-file=/no/such'], /--api-key-file: .*cannot be read/],
        [['extra'], /unknown flag "extra"/],
    ]) {
        const { code, stderr } = await run_gim(['top', ...flags]);
        assert.equal(code, 2, `${flags}`);
        assert.match(stderr, message);
    }
    const { code, stdout } = await run_gim(['top', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /there is no TLS/);
});
