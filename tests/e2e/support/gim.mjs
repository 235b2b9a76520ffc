// Starts the real binary, named by the environment variable GIM_BINARY, and stops it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { add_to } from './failures.mjs';
import { within } from './time.mjs';

const binary = process.env.GIM_BINARY;
if (!binary) throw new Error('GIM_BINARY must name the gim to test; scripts/test sets it');

const sanitizer_report = /(Address|Leak|Thread|Memory)Sanitizer|runtime error:/;

// The environment without the caller's GIM_ variables, which gim would take for flags.
export function clean_environment(extra) {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIM_'));
    return { ...Object.fromEntries(kept), ...extra };
}

// A gim that was started with these arguments, whatever becomes of it. `under` is a command that runs it, as prlimit.
export class Process {
    constructor(args, env = {}, under = []) {
        this.stdout = '';
        this.stderr = '';
        const [program, ...words] = [...under, binary, ...args];
        this.child = spawn(program, words, { env: clean_environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
        this.child.stdout.on('data', (bytes) => (this.stdout += bytes));
        this.child.stderr.on('data', (bytes) => (this.stderr += bytes));
        this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve({ code, signal })));
    }

    // Waits for a line of stderr behind its first `from` characters, and gives what the pattern captured.
    async line(pattern, from = 0) {
        const seen = new Promise((resolve, reject) => {
            const look = () => {
                const match = pattern.exec(this.stderr.slice(from));
                if (match) resolve(match);
            };
            this.child.stderr.on('data', look);
            this.ended.then(({ code }) => reject(new Error(`gim ended with ${code} before ${pattern}:\n${this.stderr}`)));
            look();
        });
        return within(60_000, seen, () => `no ${pattern} in:\n${this.stderr}`);
    }

    // Waits until it has ended by itself.
    async end(ms = 20_000) {
        try {
            const { code, signal } = await within(ms, this.ended, () => `gim does not end:\n${this.stderr}`);
            assert.doesNotMatch(this.stderr, sanitizer_report);
            return { code, signal, stdout: this.stdout, stderr: this.stderr };
        } finally {
            this.child.kill('SIGKILL');
        }
    }
}

// Runs gim to its end: { code, signal, stdout, stderr }.
export function run_gim(args, env, ms) {
    return new Process(args, env).end(ms);
}

// A gim that serves on two free ports.
export class Server {
    static async start(flags = [], env = {}, under = []) {
        const defaults = [
            [['--gateway-address', '--ws'], '127.0.0.1:0'],
            [['--api-address', '--http'], '127.0.0.1:0'],
            [['--gateway-worker', '--ws-worker'], '2'],
            // Tests ask faster than people do. Those of the rate say one.
            [['--max-requests'], '0'],
            [['--max-sends-per-user'], '0'],
        ];
        const args = [...flags];
        for (const [names, value] of defaults) {
            if (!flags.some((flag) => names.includes(flag.split('=')[0]))) args.push(`${names[0]}=${value}`);
        }
        const server = new Server();
        server.process = new Process(args, env, under);
        try {
            [, server.gateway_address] = await server.process.line(/^.*gateway listening on (\S+)\n/m);
            [, server.api_address] = await server.process.line(/^.*api listening on (\S+)\n/m);
        } catch (failure) {
            server.process.child.kill('SIGKILL');
            throw failure;
        }
        server.gateway_port = Number(server.gateway_address.split(':').at(-1));
        server.api_port = Number(server.api_address.split(':').at(-1));
        server.url = `ws://127.0.0.1:${server.gateway_port}/ws`;
        return server;
    }

    // Stops it as an operator does. It must end well, and no sanitizer may have reported anything.
    async stop(signal = 'SIGTERM') {
        this.process.child.kill(signal);
        const { code, signal: killed_by, stderr } = await this.process.end();
        assert.equal(code, 0, `gim ended with ${code ?? killed_by}:\n${stderr}`);
    }
}

// Runs `body(server)` against a gim of its own.
export async function with_server(flags, body, under) {
    const server = await Server.start(flags, {}, under);
    try {
        await body(server);
    } catch (failure) {
        server.process.child.kill('SIGKILL');
        await server.process.ended;
        add_to(failure, `--- gim said:\n${server.process.stderr}`);
        throw failure;
    }
    await server.stop();
}
