// The same load on gim, the floor and the peers, one after the other, each alone on core 0; bench/run peers starts it.
//   --runs N (1)   --seconds N (3) of measuring a run   --only WORD: the floor and the servers whose name has it
import { load_gim, load_peer } from '../measure/load.mjs';
import { duration, markdown, median, number, quietness, saturated, spread } from '../measure/figures.mjs';
import { table_options } from '../measure/options.mjs';
import { keep, setting } from '../measure/results.mjs';
import { start_floor, start_gim, start_peer } from '../measure/servers.mjs';

const options = table_options({ runs: 1, seconds: 3 });

const loads = [
    { title: 'fanout 1 x 1,000, 64 B, 1 in flight', scenario: 'fanout', members: 1000, size: 64, inflight: 1 },
    { title: 'fanout 1 x 1,000, 64 B, 16 in flight', scenario: 'fanout', members: 1000, size: 64, inflight: 16 },
    { title: '100 rooms x 50, 100 publishers, 64 B', scenario: 'rooms', rooms: 100, members: 50, publishers: 100, size: 64, inflight: 1 },
    { title: 'private 1:1, 200 pairs, 64 B', scenario: 'private', pairs: 200, size: 64, inflight: 1 },
];

const at_once = ['--enable-message-sequence', '--message-push-count=1'];
const peer = (name, dialect) => ({ name, start: () => start_peer(name), run: (server, load) => load_peer(server, dialect, load) });
const gim = (name, protocol) => ({
    name,
    start: () => start_gim(at_once),
    run: (server, load) => load_gim(server, { ...load, protocol }),
});
const floor = (name, flags) => ({ name, start: () => start_floor(flags), run: (server, load) => load_peer(server, 'plain', load) });
const servers = [
    floor('floor, a send a message', []),
    { ...floor('floor, tens', ['--batch', '10']), fits: ({ inflight }) => inflight >= 10 },
    gim('gim, JSON', 'json'),
    gim('gim, protobuf', 'proto'),
    peer('nats-server', 'nats'),
    peer('nginx+nchan', 'nchan'),
    peer('mosquitto', 'mqtt'),
    peer('node ws', 'plain'),
    peer('socket.io', 'socket_io'),
].filter(({ name }, i) => i === 0 || name.includes(options.only));

// A server for each run of each load, so that none inherits the memory or the queues of the one before.
async function measure({ start, run }, { title, ...load }) {
    const server = await start();
    try {
        return await run(server, { ...load, seconds: options.seconds });
    } finally {
        await server.stop();
    }
}

const found = loads.map(() => servers.map(() => []));
const failed = [];
for (let round = 1; round <= options.runs; ++round) {
    for (const [l, load] of loads.entries()) {
        for (const [s, server] of servers.entries()) {
            if (server.fits && !server.fits(load)) continue;
            console.error(`run ${round} of ${options.runs}: ${load.title}: ${server.name}`);
            try {
                found[l][s].push(await measure(server, load));
            } catch (failure) {
                failed.push(`${load.title}: ${server.name}: ${failure.message}`);
            }
        }
    }
}

const sections = loads.map(({ title }, l) => {
    const floor_ns = median(found[l][0].map((run) => run.ns));
    const rows = servers.flatMap(({ name, fits }, s) => {
        if (fits && !fits(loads[l])) return [];
        const runs = found[l][s];
        const middle = (what) => median(runs.map((run) => run[what]));
        const cells = [
            name,
            spread(runs.map((run) => run.ns)),
            floor_ns ? number(middle('ns') / floor_ns) : '-',
            number(middle('per_second')),
            duration(middle('p50_us')),
            duration(middle('p99_us')),
            runs.length ? number(Math.max(...runs.map((run) => run.lost + run.skipped))) : 'failed',
            number(middle('bytes')),
            number(middle('memory')),
            runs.length ? saturated(runs) : '-',
        ];
        return [cells];
    });
    const head = ['server', 'CPU ns a delivery', 'x floor', 'deliveries/s', 'p50', 'p99', 'lost', 'bytes a delivery', 'memory B a connection', 'saturated'];
    return `### ${title}\n\n${markdown(head, rows)}`;
});
const text = [
    `${setting()}; ${options.runs} run(s) of ${options.seconds} s, server on core 0, generator on the last. ${quietness(found.flat(2))}`,
    'Frames of gim carry id, sender, time and sequence, those of the others the content alone; gim also keeps the history ' +
        'and answers each sender.',
    ...sections,
    ...failed.map((line) => `Failed: ${line}`),
].join('\n\n');
console.log(text);
keep('peers', text, { setting: setting(), options, loads, servers: servers.map(({ name }) => name), found, failed });
process.exitCode = failed.length ? 1 : 0;
