// Churn for minutes, in rounds with a rest between: node soak.mjs MINUTES. In each rest nobody is connected, and what the
// server holds is written down. Descriptors must be as many as at first, and memory as much as after the first quarter,
// in which all bounded histories and caches fill.
import assert from 'node:assert/strict';
import { Churn, descriptors, patient, resident_mib } from '../support/churn.mjs';
import { with_server } from '../support/gim.mjs';
import { sleep } from '../support/time.mjs';

const minutes = Number(process.argv[2] ?? 10);
const rounds = 12;
const warm = rounds / 4;
// Fragments of the heap; what leaks a hundred bytes a connection or request would be beyond it in ten minutes.
const allowed_mib = 8;

const flags = [...patient, '--enable-message-sequence=true', '--message-push-duration=20ms', '--session-history=20'];

await with_server(flags, async (server) => {
    process.once('SIGTERM', () => {
        server.process.child.kill('SIGKILL');
        process.exit(1);
    });
    const churn = new Churn(server);
    const rests = [];
    for (let round = 1; round <= rounds; ++round) {
        await churn.run((minutes * 60_000) / rounds);
        await churn.all_gone();
        await sleep(200);
        rests.push({ mib: resident_mib(churn.pid), descriptors: descriptors(churn.pid) });
        const { mib, descriptors: open } = rests.at(-1);
        console.log(`round ${round}: ${churn.lives} lives, ${churn.requests} requests, ${mib.toFixed(1)} MiB, ${open} descriptors`);
    }
    await churn.check();
    for (const { descriptors: open } of rests) assert.equal(open, churn.descriptors_before);
    const first = Math.max(...rests.slice(0, warm).map(({ mib }) => mib));
    const last = rests.at(-1).mib;
    assert.ok(last <= first + allowed_mib, `memory grew from ${first.toFixed(1)} to ${last.toFixed(1)} MiB`);
    console.log(`flat: ${first.toFixed(1)} MiB after a quarter, ${last.toFixed(1)} MiB at the end`);
});
