// One attack on a server of its own, with canaries inside: what was sent, what they saw, and the server's memory.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { with_server } from '../support/gim.mjs';
import { within } from '../support/time.mjs';
import { Canaries } from './canaries.mjs';

const attacker = fileURLToPath(new URL('attacker.mjs', import.meta.url));
// With the rates of requests and sends that a server has by default, which other tests switch off.
const flags = [
    ...['--enable-message-sequence=true', '--message-push-count=10', '--message-push-duration=20ms'],
    ...['--max-requests=50', '--max-sends-per-user=50'],
];

export function resident_mib(pid) {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(kib) / 1024;
}

// What the attacking process reports.
async function attack_with(attack, target) {
    const child = fork(attacker, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    try {
        const report = new Promise((resolve, reject) => {
            child.once('message', resolve);
            child.once('exit', (code) => reject(new Error(`the attacker ended with ${code}`)));
        });
        child.send({ attack, target });
        const { seen, failure } = await within(90_000 + target.seconds * 1000, report, () => `${attack} does not end`);
        if (failure) throw new Error(`${attack}: ${failure}`);
        return seen;
    } finally {
        child.kill('SIGKILL');
    }
}

// The row of the table.
export async function under_attack(attack, { seconds, more_flags = [], token_of }) {
    let row;
    await with_server([...flags, ...more_flags], async (server) => {
        const { pid } = server.process.child;
        const canaries = await Canaries.enter(server, token_of);
        await sleep(200);
        const before = resident_mib(pid);
        let peak = before;
        const watch = setInterval(() => (peak = Math.max(peak, resident_mib(pid))), 100);
        canaries.sing();
        const target = { gateway_port: server.gateway_port, api_port: server.api_port, seconds };
        try {
            const seen = attack ? await attack_with(attack, target) : await sleep(seconds * 1000, { sent: '-' });
            await sleep(300);
            const heard = await canaries.end();
            row = { attack: attack ?? 'nothing', seen, heard, memory: { before, peak, after: resident_mib(pid) } };
        } finally {
            clearInterval(watch);
        }
    });
    return row;
}

const columns = [
    ['attack', (row) => row.attack.replaceAll('_', ' ')],
    ['what was sent', (row) => row.seen.sent],
    ['cut', (row) => (row.seen.sockets ? `${row.seen.cut ?? '-'} of ${row.seen.sockets}` : '-')],
    ['codes', (row) => Object.keys(row.seen.codes ?? {}).join(' ') || '-'],
    ['canaries got', (row) => `${row.heard.delivered}`],
    ['lost', (row) => `${row.heard.lost}`],
    ['p99 ms', (row) => row.heard.p99_ms.toFixed(0)],
    ['MiB before', (row) => row.memory.before.toFixed(1)],
    ['peak', (row) => row.memory.peak.toFixed(1)],
    ['after', (row) => row.memory.after.toFixed(1)],
];

// The rows as a table in Markdown.
export function table(rows) {
    const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, text]) => text(row)))];
    const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
    const lines = cells.map((line) => `| ${line.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`);
    lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
    return lines.join('\n');
}
