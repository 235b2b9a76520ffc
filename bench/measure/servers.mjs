// Starts the servers that are measured, each on core 0, and stops them. Only processes started here are ever ended.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const build_folder = process.env.GIM_BENCH_BUILD ?? path.join(root, 'build/bench');
const peers_folder = path.join(root, 'bench/peers');

// The generator has the last core, the server the first.
export const server_core = '0';
export const generator_core = String(os.cpus().length - 1);

export function pinned(core, command, args) {
    return os.cpus().length > 1 ? ['taskset', ['-c', core, command, ...args]] : [command, args];
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Server {
    constructor(name, command, args, cores = server_core) {
        const [program, all] = pinned(cores, command, args);
        this.name = name;
        this.command = [path.basename(command), ...args].join(' ');
        this.output = '';
        this.child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child.stdout.on('data', (bytes) => this.hear(bytes));
        this.child.stderr.on('data', (bytes) => this.hear(bytes));
        this.child.on('error', (failure) => this.hear(failure.message));
        this.has_ended = false;
        this.ended = new Promise((resolve) => {
            this.child.on('close', () => {
                this.has_ended = true;
                resolve();
            });
        });
        this.pid = this.child.pid; // taskset becomes the server
    }

    hear(bytes) {
        this.output = (this.output + bytes).slice(-4096);
    }

    // Waits until `look` gives something.
    async until(look) {
        for (const end = Date.now() + 10_000; Date.now() < end && !this.has_ended; await after(20)) {
            const found = await look();
            if (found) return found;
        }
        await this.stop();
        throw new Error(`${this.name} did not start:\n${this.output}`);
    }

    async port_printed(pattern) {
        this.port = await this.until(() => pattern.exec(this.output)?.[1]);
        return this;
    }

    async port_open(port) {
        this.port = port;
        await this.until(
            () =>
                new Promise((resolve) => {
                    const probe = net.connect(port, '127.0.0.1');
                    probe.on('error', () => resolve(false));
                    probe.on('connect', () => {
                        probe.destroy();
                        resolve(true);
                    });
                }),
        );
        return this;
    }

    async stop() {
        this.child.kill('SIGTERM');
        await Promise.race([this.ended, after(8000)]);
        this.child.kill('SIGKILL');
        await this.ended;
    }
}

function free_port() {
    return new Promise((resolve, reject) => {
        const probe = net.createServer();
        probe.on('error', reject);
        probe.listen(0, '127.0.0.1', () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

export function start_floor(flags = []) {
    return new Server('floor', path.join(build_folder, 'gim_floor'), flags).port_printed(/listening on 127\.0\.0\.1:(\d+)\n/);
}

// One worker has core 0; several have all cores.
// What would hold a load of one machine back.
const no_limits = ['connections', 'connections-per-address', 'handshakes', 'requests', 'rooms-per-user', 'room-members', 'sends-per-user'].map(
    (what) => `--max-${what}=0`,
);

export function start_gim(flags = [], workers = 1) {
    const addresses = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0'];
    const fixed = [...addresses, '--log-level=error', `--gateway-worker=${workers}`, ...no_limits];
    const cores = workers > 1 ? `0-${generator_core}` : server_core;
    return new Server('gim', path.join(build_folder, 'gim'), [...fixed, ...flags], cores).port_printed(
        /gateway listening on \S+:(\d+)\n/,
    );
}

// A configuration of bench/peers with its @NAMES@ filled in: the path of the file.
function configured(template, values) {
    const folder = path.join(build_folder, 'peers');
    mkdirSync(folder, { recursive: true });
    let text = readFileSync(path.join(peers_folder, template), 'utf8');
    for (const [name, value] of Object.entries({ FOLDER: folder, ...values })) text = text.replaceAll(`@${name}@`, value);
    const file = path.join(folder, template.replace(/\.in$/, ''));
    writeFileSync(file, text);
    return file;
}

const peer_commands = {
    'nats-server': (port) => ['nats-server', ['--addr', '127.0.0.1', '--port', String(port)]],
    'nginx+nchan': (port) => ['nginx', ['-c', configured('nginx.conf.in', { PORT: port })]],
    mosquitto: (port) => ['mosquitto', ['-c', configured('mosquitto.conf.in', { PORT: port })]],
    'node ws': (port) => ['node', [path.join(peers_folder, 'ws.mjs'), String(port)]],
    'socket.io': (port) => ['node', [path.join(peers_folder, 'socket_io.mjs'), String(port)]],
};

export async function start_peer(name) {
    const port = await free_port();
    const [command, args] = peer_commands[name](port);
    return new Server(name, command, args).port_open(port);
}
