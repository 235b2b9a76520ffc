// Runs a load generator against a server that was started, and says what it found.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Contention } from './contention.mjs';
import { build_folder, generator_core, pinned } from './servers.mjs';

// { members: 1000, size: 64 } as --members=1000 --size=64.
const flags_of = (load) => Object.entries(load).map(([name, value]) => `--${name}=${value}`);

// Runs a program of the build on the generator's core, `seconds` and a minute at most; gives what it wrote to stdout.
// `watch` is told its pid.
async function run_to_end(program, args, seconds, watch = () => {}) {
    const [command, all] = pinned(generator_core, path.join(build_folder, program), args);
    const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    watch(child.pid);
    let written = '';
    let said = '';
    child.stdout.on('data', (bytes) => (written += bytes));
    child.stderr.on('data', (bytes) => (said = (said + bytes).slice(-4096)));
    const timer = setTimeout(() => child.kill('SIGKILL'), (seconds + 60) * 1000);
    const code = await new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
    });
    clearTimeout(timer);
    // 3: messages were lost, which the report says.
    if (code !== 0 && code !== 3) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`);
    return written;
}

async function generate(program, args, server, seconds) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gim-bench-'));
    const report = path.join(folder, 'report.json');
    const watched = { server: new Contention(server.pid) };
    try {
        const watch = (pid) => (watched.generator = new Contention(pid));
        await run_to_end(program, [...args, `--json=${report}`], seconds, watch);
        const waited = { server: watched.server.end(), generator: watched.generator.end() };
        return summary(JSON.parse(readFileSync(report, 'utf8')), waited);
    } finally {
        Object.values(watched).forEach((one) => one.end());
        rmSync(folder, { recursive: true });
    }
}

// `load` is { scenario, and flags of the generator by name }.
export async function load_gim(server, { scenario, ...load }) {
    const to = [`--url=ws://127.0.0.1:${server.port}`, `--pid=${server.pid}`];
    return generate('gim', ['bench', scenario, ...to, ...flags_of(load)], server, load.seconds);
}

export async function load_peer(server, dialect, { scenario, protocol, ...load }) {
    const to = [`--dialect=${dialect}`, `--url=tcp://127.0.0.1:${server.port}`, `--pid=${server.pid}`];
    return generate('gim_peer_load', [scenario, ...to, ...flags_of(load)], server, load.seconds);
}

// One of the micro-benchmarks, by its name.
export async function run_micro(name) {
    const [one] = JSON.parse(await run_to_end('gim_micro', [`--benchmark_filter=^${name}$`, '--benchmark_format=json'], 60)).benchmarks;
    return { ns: one.cpu_time, lost: 0, skipped: 0, report: one };
}

// What the tables show of a report, with the whole of it but its curves behind it.
function summary(report, waited) {
    // Of the core, if nothing else had run there.
    const wanted = (share, part) => (share == null ? null : share / (1 - (part ?? 0)));
    const { latency, samples, answers, ...rest } = report;
    return {
        ns: report.server_cpu_ns_per_unit,
        bytes: report.received_bytes_per_unit,
        per_second: report.delivered_per_second,
        p50_us: latency.count ? latency.p50_ns / 1000 : null,
        p99_us: latency.count ? latency.p99_ns / 1000 : null,
        lost: report.lost + report.duplicated + report.out_of_order + report.refused + report.disconnected,
        skipped: report.skipped,
        server_share: wanted(report.server_core_share, waited.server),
        generator_share: wanted(report.generator_core_share, waited.generator),
        waited: waited.server,
        memory: report.resident_bytes_per_connection,
        report: rest,
    };
}
