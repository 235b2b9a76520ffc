// Every target of gim, with the floor's figure from the same minutes; bench/run table starts it.
//   --runs N (5)   --seconds N (3) of measuring a run   --only WORD: just the loads whose title has it
import { load_gim, load_peer, run_micro } from './measure/load.mjs';
import { duration, markdown, median, number, quietness, saturated, spread } from './measure/figures.mjs';
import { table_options } from './measure/options.mjs';
import { keep, setting } from './measure/results.mjs';
import { start_floor, start_gim } from './measure/servers.mjs';
import { targets } from './targets.mjs';

const options = table_options({ runs: 5, seconds: 3 });
const rows = targets.filter(({ title }) => title.includes(options.only));

async function with_server(starting, run) {
    const server = await starting;
    try {
        return await run(server);
    } finally {
        await server.stop();
    }
}

// gim, and then at once the floor with frames as long as gim's were: what else goes on in the machine meets both.
async function measure({ micro, flags, workers = 1, load, floor: messages_a_send, reply_bytes = 0 }) {
    if (micro) return { gim: await run_micro(micro) };
    const timed = { ...load, seconds: options.seconds };
    const run_gim = (count) => with_server(start_gim(flags, count), (server) => load_gim(server, timed));
    const gim = await run_gim(workers);
    if (!messages_a_send) return { gim };
    if (messages_a_send === 'one worker') return { gim, floor: await run_gim(1) };
    const frame_bytes = Math.max(0, Math.round((gim.bytes ?? 0) - reply_bytes));
    const run_floor = (answer_bytes) => {
        const floor_flags = ['--batch', messages_a_send, '--frame-bytes', frame_bytes, '--answer-bytes', answer_bytes].map(String);
        return with_server(start_floor(floor_flags), (server) => load_peer(server, 'plain', timed));
    };
    const floor = await run_floor(0);
    return reply_bytes ? { gim, floor, floor_with_reply: await run_floor(reply_bytes) } : { gim, floor };
}

const found = rows.map(() => []);
const failed = [];
for (let round = 1; round <= options.runs; ++round) {
    for (const [i, row] of rows.entries()) {
        console.error(`run ${round} of ${options.runs}: ${row.title}`);
        try {
            found[i].push(await measure(row));
        } catch (failure) {
            failed.push(`${row.title}: ${failure.message}`);
        }
    }
}

const show = { ns: (v) => `${number(v)} ns`, p50_us: duration, p99_us: duration, memory: (v) => `${number(v)} B` };
const labels = { ns: '', p50_us: 'p50 ', p99_us: 'p99 ', memory: '' };

// "<= 400 ns: missed; <= 1.62 x the floor: met": of the medians; a ratio is taken run by run. The second says it for a
// machine on which the floor itself costs more or less than where the target was set.
function verdict({ column, most }, runs, floor_then) {
    const label = labels[column];
    const say = (limit, text, value) => {
        const reached = median(runs.map(value));
        return `${label}<= ${text}: ${reached == null ? 'not measured' : reached <= limit ? 'met' : 'missed'}`;
    };
    const in_floors = (limit) => say(limit, `${number(limit)} x`, (run) => run.floor && run.gim[column] / run.floor[column]);
    if (most.floors) return in_floors(most.floors);
    const said = say(most, show[column](most), (run) => run.gim[column]);
    return floor_then ? `${said}; ${in_floors(most / floor_then)}` : said;
}

// Of the floor, and then, where it was measured, of the floor with reply.
function of_floors(runs, show) {
    const without = show(runs.filter((run) => run.floor), 'floor');
    const replying = runs.filter((run) => run.floor_with_reply);
    return replying.length ? `${without}; floor with reply ${show(replying, 'floor_with_reply')}` : without;
}

const table = rows.map((row, i) => {
    const runs = found[i];
    const gim = runs.map((run) => run.gim);
    const column = row.targets[0].column === 'memory' ? 'memory' : 'ns';
    const middle = (of, what) => median(of.map((run) => run[what]));
    const times = (of) => `${duration(middle(of, 'p50_us'))} / ${duration(middle(of, 'p99_us'))}`;
    return [
        row.note ? `${row.title} (${row.note})` : row.title,
        row.floor
            ? `${of_floors(runs, (of, floor) => spread(of.map((run) => run[floor].ns)))}, ${row.floor === 'one worker' ? row.floor : `${row.floor} a send`}`
            : '-',
        spread(gim.map((run) => run[column])) + (column === 'memory' ? ' B' : ''),
        row.floor ? of_floors(runs, (of, floor) => spread(of.map((run) => run.gim.ns / run[floor].ns))) : '-',
        row.targets.map((target) => verdict(target, runs, row.floor_then)).join('; '),
        times(gim),
        row.floor ? of_floors(runs, (of, floor) => times(of.map((run) => run[floor]))) : '-',
        runs.length ? number(Math.max(...gim.map((run) => run.lost + run.skipped))) : '-',
        number(middle(gim, 'bytes')),
        runs.length ? saturated(gim) : '-',
    ];
});
const head = ['load', 'floor ns', 'gim ns', 'gim / floor', 'target', 'gim p50 / p99', 'floor p50 / p99', 'lost', 'bytes', 'saturated'];
const text = [
    `${setting()}; ${options.runs} runs of ${options.seconds} s, server on core 0 with one worker, generator on the last; ` +
        'median (least - most); ns of server CPU a delivery or connection. ' +
        quietness(found.flat().map((run) => run.gim)),
    markdown(head, table),
    ...failed.map((line) => `Failed: ${line}`),
].join('\n\n');
console.log(text);
keep('table', text, { setting: setting(), options, rows, found, failed });
process.exitCode = failed.length ? 1 : 0;
