import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Process, run_gim, Server, with_server } from './support/gim.mjs';
import { ipv6, needs, seccomp, without_ipv6 } from './support/needs.mjs';
import { op } from './support/ops.mjs';

const free_ports = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0'];

async function fails(args, code, pattern, env) {
    const ended = await run_gim(args, env);
    assert.equal(ended.code, code, `${args}: ${ended.stderr}`);
    assert.match(ended.stderr, pattern);
    assert.equal(ended.stderr.trimEnd().split('\n').length, 1, `one line: ${ended.stderr}`);
    assert.equal(ended.stdout, '');
}

test('--version and -v say the version, --help and -h every flag with its default', async () => {
    for (const flag of ['--version', '-v']) {
        const { code, stdout } = await run_gim([flag]);
        assert.equal(code, 0);
        assert.match(stdout, /\d+\.\d+\.\d+/);
    }
    for (const flag of ['--help', '-h']) {
        const { code, stdout } = await run_gim([flag]);
        assert.equal(code, 0);
        const defaults = {
            'gateway-address': ':8080',
            'api-address': ':8081',
            'message-protocol': 'json',
            'message-push-count': '10',
            'message-push-duration': '200ms',
            'message-push-concurrency-limit': '0',
            storage: 'memory',
            'trace-header': 'trace',
            'heartbeat-interval': '(60s|1m|1m0s)',
            'session-history': '1000',
            'write-coalesce': '1ms',
            compression: 'false',
            'compression-window': '15',
            'compression-threshold': '256B?',
        };
        for (const [name, value] of Object.entries(defaults)) {
            // The default stands on the flag's line or on the next one.
            assert.match(stdout, new RegExp(`--${name}\\b[^\\n]*(\\n\\s+[^-\\s][^\\n]*)*[^\\w]${value}(?!\\w)`), name);
        }
        for (const name of ['ws', 'http', 'ws-worker', 'trace', 'enable-message-sequence', 'log-level', 'config', 'token-secret', 'tls-cert', 'tls-key']) {
            assert.match(stdout, new RegExp(`--${name}\\b`), name);
        }
    }
});

test('a bad value is one line that names the flag, and exit 2', async () => {
    const bad = {
        'gateway-address': ['nonsense', ':70000', '1.2.3.4'],
        'api-address': [':x'],
        'gateway-worker': ['0', '-1', 'many', '1.5'],
        'message-protocol': ['xml'],
        'enable-message-sequence': ['maybe'],
        'message-push-count': ['0', '-3', 'x'],
        'message-push-duration': ['0s', '-1s', '200', 'soon'],
        'message-push-concurrency-limit': ['-1', 'x'],
        storage: ['disk'],
        'heartbeat-interval': ['0s', 'x'],
        'session-history': ['0', 'x'],
        'write-coalesce': ['-1ms', 'x'],
        compression: ['maybe'],
        'compression-window': ['8', '16'],
        'compression-threshold': ['-1', '1MiB'],
        'log-level': ['loud'],
    };
    for (const [name, values] of Object.entries(bad)) {
        for (const value of values) await fails([...free_ports.filter((flag) => !flag.includes(name)), `--${name}=${value}`], 2, new RegExp(name));
    }
    await fails(['--no-such-flag'], 2, /no-such-flag/);
    await fails(['no-such-command'], 2, /no-such-command/);
    await fails(['--config=/no/such/file'], 2, /\/no\/such\/file/);
});

test('an unset variable of the shell swallows no flag: no command starts without what it was told', async () => {
    await fails(['--auth-issuer=', '--auth=token', ...free_ports], 2, /^gim: --auth-issuer: must not be empty\n$/);
    await fails(['--auth-issuer', '--auth=token', ...free_ports], 2, /^gim: --auth-issuer: needs a value; write one that begins with - as --auth-issuer=VALUE\n$/);
    await fails(['--insecure=', ...free_ports], 2, /^gim: --insecure: must not be empty\n$/);
    await fails(free_ports, 2, /^gim: --auth-issuer: must not be empty\n$/, { GIM_AUTH_ISSUER: '' });
    for (const [command, name] of [['check-config', '--tls-cert'], ['top', '--url'], ['token', '--user'], ['reload-binary', '--pid-file']]) {
        await fails([command, `${name}=`, '--no-such-flag'], 2, /no-such-flag/);
        await fails([command, `${name}=`], 2, new RegExp(`^gim: ${name}: must not be empty\n$`));
    }
    await fails(['bench', 'fanout', '--json=', '--members=1'], 2, /^gim: --json: must not be empty\n$/);
    // With a secret that is empty there is none, and what follows counts.
    const { stdout } = await run_gim(['check-config', '--token-secret=', '--max-connections=10000']);
    assert.match(stdout, /^max-connections=10000 +# flag/m);
});

test('a variable that sets no flag is said at the start, and with --strict-env the end', async () => {
    const env = { GIM_ATUH: 'token', GIM_WS: '127.0.0.1:0', GIM_SERVICE_HOST: '10.0.0.1' };
    const server = await Server.start(['--http=127.0.0.1:0', '--ws-worker=1'], env);
    await server.process.line(/ warn(ing)? settings: GIM_ATUH: sets no flag; the nearest name is GIM_AUTH\n/);
    assert.doesNotMatch(server.process.stderr, /GIM_SERVICE_HOST/);
    await server.stop();
    const checked = await run_gim(['check-config'], env);
    assert.equal(checked.code, 0);
    assert.equal(checked.stderr, 'gim: warning: GIM_ATUH: sets no flag; the nearest name is GIM_AUTH\n');
    assert.match(checked.stdout, /^gateway-address=127\.0\.0\.1:0 +# GIM_WS$/m);
    await fails(['--strict-env', ...free_ports], 2, /^gim: --strict-env: GIM_ATUH: sets no flag; the nearest name is GIM_AUTH\n$/, env);
});

test('a snapshot of what is in Redis is refused in one line', async () => {
    const ended = await run_gim([...free_ports, '--storage=redis', '--snapshot=/tmp/memory']);
    assert.equal(ended.code, 2);
    assert.equal(ended.stderr, 'gim: --snapshot: is for --storage memory, Redis keeps everything itself\n');
});

test("the original's aliases and both spellings are understood", async () => {
    const spellings = [
        ['--ws=127.0.0.1:0', '--http=127.0.0.1:0', '--ws-worker=1', '--trace=X-T'],
        [...free_ports, '--gateway-worker', '2', '--enbale-message-sequence=false'],
        [...free_ports, '--enbale-message-sequence=true', '--message-protocol', 'proto'],
        ['serve', ...free_ports, '--enable-message-sequence', '--message-push-duration', '1m30s'],
    ];
    for (const args of spellings) {
        const server = await Server.start(args);
        await Client.login(server, '1001');
        await server.stop();
    }
});

// A server on this address, which is `pattern` when it says where it listens, serves at these hosts.
async function serves_at(address, pattern, hosts, under = []) {
    const server = await Server.start([`--gateway-address=${address}`], {}, under);
    assert.match(server.gateway_address, pattern);
    for (const [i, host] of hosts.entries()) {
        const client = await Client.login(server, `100${i}`, { url: `ws://${host}:${server.gateway_port}/` });
        await client.expect(op.heartbeat);
    }
    await server.stop();
    return server.process.stderr;
}

test('every kind of address is understood, and the real port is said', async () => {
    await serves_at('127.0.0.1:0', /^127\.0\.0\.1:[1-9]\d*$/, ['127.0.0.1']);
    await serves_at(':0', /:[1-9]\d*$/, ['127.0.0.1']);
});

test('an address of IPv6 is understood, and every interface means both', needs(ipv6), async () => {
    await serves_at('[::1]:0', /^\[::1\]:[1-9]\d*$/, ['[::1]']);
    const said = await serves_at(':0', /^\[::\]:[1-9]\d*$/, ['127.0.0.1', '[::1]']);
    assert.doesNotMatch(said, /no IPv6/);
});

test('on a machine without IPv6 every interface means IPv4, and a line says so', needs(seccomp), async () => {
    const said = await serves_at(':0', /^0\.0\.0\.0:[1-9]\d*$/, ['127.0.0.1'], [without_ipv6]);
    assert.match(said, /info gateway: this machine has no IPv6, so every interface means IPv4 only\n/);
    const refused = new Process([...free_ports, '--gateway-address=[::1]:0'], {}, [without_ipv6]);
    const { code, stderr } = await refused.end();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^gim: gateway: cannot listen on \[::1\]:0: Address family not supported by protocol\n$/);
});

test('a port in use is one line and exit 1, also when another gim has it', () =>
    with_server([], async (server) => {
        const gateway = `--gateway-address=127.0.0.1:${server.gateway_port}`;
        const api = `--api-address=127.0.0.1:${server.api_port}`;
        await fails([gateway, '--api-address=127.0.0.1:0'], 1, new RegExp(`${server.gateway_port}`));
        await fails(['--gateway-address=127.0.0.1:0', api], 1, new RegExp(`${server.api_port}`));
        await fails([`--gateway-address=:${server.gateway_port}`, '--api-address=127.0.0.1:0'], 1, new RegExp(`${server.gateway_port}`));
        // The first one is not disturbed.
        for (let i = 0; i < 20; ++i) await Client.login(server, '1001');
        assert.equal((await get(server, '/healthz')).status, 200);
    }));

test('SIGTERM and SIGINT say 1001 to every client and end with 0', async () => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
        const server = await Server.start();
        const clients = [];
        for (let i = 0; i < 10; ++i) clients.push(await Client.login(server, `${i}`));
        const keep_alive = net.connect(server.api_port, '127.0.0.1');
        keep_alive.on('error', () => {});
        keep_alive.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
        await server.stop(signal);
        for (const client of clients) assert.equal((await client.end()).code, 1001);
    }
});

test('a client that never reads does not hold up the end', async () => {
    const server = await Server.start();
    const [ada, deaf] = [await Client.login(server, '1001'), await Client.login(server, '1002')];
    deaf.socket.pause();
    for (let i = 0; i < 20; ++i) await ada.send_private('1002', 'x'.repeat(30_000));
    const begin = Date.now();
    await server.stop();
    assert.ok(Date.now() - begin < 15_000);
    deaf.socket.terminate();
});

test('flags come before the environment, the environment before the file, the file before the default', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gim-'));
    const config = path.join(folder, 'gim.conf');
    writeFileSync(config, 'session-history=3\n');
    try {
        const kept = async (flags, env) => {
            const server = await Server.start(flags, env);
            const ada = await Client.login(server, '1001');
            await ada.join('9999');
            for (let i = 0; i < 6; ++i) await ada.send_room('9999', `${i}`);
            const { items } = await ada.history('1:9999');
            await server.stop();
            return items.length;
        };
        const env = { GIM_SESSION_HISTORY: '4' };
        assert.equal(await kept([], {}), 6);
        assert.equal(await kept([`--config=${config}`], {}), 3);
        assert.equal(await kept([], { GIM_CONFIG: config }), 3);
        assert.equal(await kept([`--config=${config}`], env), 4);
        assert.equal(await kept([`--config=${config}`, '--session-history=5'], env), 5);

        writeFileSync(config, 'session-history=none\n');
        await fails([...free_ports, `--config=${config}`], 2, /session-history/);
        await fails(free_ports, 2, /session-history|GIM_SESSION_HISTORY/, { GIM_SESSION_HISTORY: 'none' });
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test('check-config says what is set and by whom, shows no secret, and reads the keys', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gim-'));
    const config = path.join(folder, 'gim.conf');
    writeFileSync(config, 'session-history=3\nlog-level=warn\n');
    const secret = 'a-secret-of-the-end-to-end-tests';
    try {
        const env = { GIM_SESSION_HISTORY: '4', GIM_TOKEN_SECRET: secret };
        const args = ['check-config', `--config=${config}`, '--message-push-count=7', `--api-key=web=${secret}`, `--api-key=game=${secret}x`];
        const { code, stdout, stderr } = await run_gim(args, env);
        assert.equal(code, 0, stderr);
        const lines = Object.fromEntries(stdout.split('\n').map((line) => line.split(/ +# /)));
        assert.equal(lines['message-push-count=7'], 'flag');
        assert.equal(lines['session-history=4'], 'GIM_SESSION_HISTORY, reloadable');
        assert.equal(lines['log-level=warn'], `${config}, reloadable`);
        assert.equal(lines['heartbeat-interval=1m'], 'default, reloadable');
        assert.equal(lines['storage=memory'], 'default');
        assert.equal(lines['token-secret=(not shown)'], 'GIM_TOKEN_SECRET, reloadable');
        assert.equal(lines['api-key=web=(not shown)'], 'flag, reloadable');
        assert.equal(lines['api-key=game=(not shown)'], 'flag, reloadable');
        assert.ok(!stdout.includes(secret));
        assert.match(stdout, /--auth none: who connects is who they say/);

        const bad = await run_gim(['check-config', '--log-level=loud']);
        assert.deepEqual([bad.code, bad.stdout], [2, '']);
        const missing = await run_gim(['check-config', '--tls-cert=/no/such.pem', '--tls-key=/no/such.key']);
        assert.equal(missing.code, 1);
        assert.match(missing.stderr, /^gim: TLS: .*no\/such.*\n$/);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
