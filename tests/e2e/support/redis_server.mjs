// A real redis-server on a port and in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { free_port } from './ports.mjs';
import { RespConnection } from './resp.mjs';
import { within } from './time.mjs';

// Whoever is left when the tests end is ended.
const running = new Set();
process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
});

export class RedisServer {
    #connection;

    // `options` are those of redis.conf: { appendonly: 'yes', maxmemory: '4mb' }. By default it writes nothing to the disk;
    // with appendonly it has written whatever it answered.
    static async start(options = {}) {
        const server = new RedisServer();
        server.options = { save: '', appendonly: 'no', appendfsync: 'always', ...options };
        server.folder = mkdtempSync(join(tmpdir(), 'gim-redis-'));
        server.port = await free_port();
        try {
            await server.#spawn();
        } catch (failure) {
            await server.stop();
            throw failure;
        }
        return server;
    }

    get url() {
        return `redis://127.0.0.1:${this.port}/0`;
    }

    get is_running() {
        return running.has(this.child);
    }

    get pid() {
        return this.child.pid;
    }

    // One command on a connection that is kept.
    async command(...args) {
        if (!this.#connection?.is_open) this.#connection = await RespConnection.connect(this.port);
        return this.#connection.command(...args);
    }

    // What INFO says, as { used_memory: '1024', ... }.
    async info(section = 'everything') {
        const text = await this.command('INFO', section);
        return Object.fromEntries(text.split('\r\n').filter((line) => /^\w+:/.test(line)).map((line) => line.split(/:(.*)/)));
    }

    // SIGSTOP hangs it, SIGCONT lets it go on; after SIGKILL it has ended.
    async kill(signal = 'SIGKILL') {
        this.child.kill(signal);
        if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#end();
    }

    // Anew on the same port, with what it had written to the disk unless `empty`; ends it first if it runs.
    async restart({ empty = false } = {}) {
        if (this.is_running) await this.kill();
        if (empty) for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true });
        await this.#spawn();
    }

    // Fills its disk: none of its files can grow. With `appendfsync always` it would end at the next write.
    fill_disk() {
        const files = readdirSync(this.folder, { recursive: true }).map((name) => statSync(join(this.folder, name)));
        this.#limit_files(Math.max(0, ...files.filter((file) => file.isFile()).map(({ size }) => size)));
    }

    free_disk() {
        this.#limit_files('unlimited');
    }

    // Lowers or lifts the soft limit, for which nobody needs a privilege.
    #limit_files(bytes) {
        execFileSync('prlimit', ['--pid', `${this.pid}`, `--fsize=${bytes}:unlimited`]);
    }

    async stop() {
        if (this.is_running) await this.kill();
        await this.#connection?.close();
        rmSync(this.folder, { recursive: true, force: true });
    }

    async #spawn() {
        const options = Object.entries({ bind: '127.0.0.1', port: this.port, dir: this.folder, ...this.options });
        const args = options.flatMap(([name, value]) => [`--${name}`, ...[value].flat().map(String)]);
        this.output = '';
        // A file at its limit is an error of write(), not the end of the process: see fill_disk.
        const child = spawn('sh', ['-c', 'trap "" XFSZ; exec redis-server "$@"', 'sh', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child = child;
        running.add(child);
        this.ended = new Promise((resolve) => child.on('close', resolve));
        this.ended.then(() => running.delete(child));
        const ready = new Promise((resolve, reject) => {
            const look = (bytes) => {
                this.output += bytes;
                if (this.output.includes('Ready to accept connections')) resolve();
            };
            child.stdout.on('data', look);
            child.stderr.on('data', look);
            child.on('error', reject);
            this.ended.then((code) => reject(new Error(`redis-server ended with ${code}:\n${this.output}`)));
        });
        await within(20_000, ready, () => `redis-server does not begin:\n${this.output}`);
    }

    #end() {
        return within(20_000, this.ended, () => `redis-server does not end:\n${this.output}`);
    }
}

// Runs `body(redis)` against a Redis of its own.
export async function with_redis(options, body) {
    const redis = await RedisServer.start(options);
    try {
        await body(redis);
    } finally {
        await redis.stop();
    }
}
