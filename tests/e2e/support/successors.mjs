// A server that is replaced by another process, or may be.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from './gim.mjs';
import { sleep } from './time.mjs';

const flags = ['--drain-timeout=2s', '--close-timeout=500ms', '--max-handshakes=0', '--log-level=info', '--enable-message-sequence=true'];

// One that has ended is not alive, also where process 1, as in many containers, does not collect those that are left to it.
export const is_alive = (pid) => {
    try {
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
        return false;
    }
};

export const until = async (reached, what) => {
    for (const end = Date.now() + 20_000; !reached(); await sleep(10)) assert.ok(Date.now() < end, what());
};

// Runs `body(server, path, successors)` with a gim that is a copy of its own in `path`, and with the flags of `more(folder)`. Ends
// it, and whoever of `successors` replaced it.
export async function with_copy(body, more = () => []) {
    const folder = mkdtempSync(join(tmpdir(), 'gim-restart-'));
    const path = join(folder, 'gim');
    copyFileSync(process.env.GIM_BINARY, path);
    const successors = [];
    // The copy is the program that runs, the real one only names it.
    const server = await Server.start([...flags, ...more(folder)], {}, ['sh', '-c', 'shift; exec "$0" "$@"', path]);
    try {
        await body(server, path, successors);
    } finally {
        server.process.child.kill('SIGKILL');
        for (const pid of successors) if (is_alive(pid)) process.kill(pid, 'SIGKILL');
        await server.process.ended; // the pipes' last writers have gone
        rmSync(folder, { recursive: true, force: true });
    }
    assert.doesNotMatch(server.process.stderr, /Sanitizer|runtime error/);
}

