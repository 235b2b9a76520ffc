// Users who talk on several nodes while something happens to their Redis.
import assert from 'node:assert/strict';
import { with_proxy } from './chaos_proxy.mjs';
import { with_history, with_traffic } from './history_traffic.mjs';
import { with_nodes } from './nodes.mjs';
import { with_redis_cluster } from './redis_cluster.mjs';
import { with_redis } from './redis_server.mjs';
import { sleep } from './time.mjs';

export const node_flags = [
    '--session-history=1000000',
    '--enable-message-sequence=true',
    '--message-push-duration=20ms',
    '--drain-timeout=2s',
    '--close-timeout=500ms',
    '--log-level=info',
];

// Longer than the second that is promised, by what a busy machine adds.
const most_promised_ms = 4000;

// Runs `body({ redis, proxy, nodes, traffic, log, random })` while users talk on `count` nodes, and checks their history.
// With `cluster` their Redis is a cluster like that.
// With `is_behind_proxy` there is a proxy between the nodes and Redis; with `are_strangers` private sessions begin meanwhile.
// Answers may take `most_answer_ms`. Gives what the checker counted.
export function under_traffic(how, body) {
    const { count = 2, redis: options = {}, cluster, is_behind_proxy = false, are_strangers = false, flags = [], users = {} } = how;
    const { most_answer_ms = most_promised_ms } = how;
    let counts;
    const talk = (redis, proxy) =>
        with_history((log, random) =>
            with_nodes(count, proxy ?? redis, [...node_flags, ...flags], async (nodes) => {
                const options = { users: 8, devices_of_each: 2, pause_ms: 25, coming_and_going: false, ...users };
                counts = await with_traffic(log, random, nodes.picker(), options, async (traffic) => {
                    if (!are_strangers) await traffic.acquaint();
                    await traffic.more(50);
                    await body({ redis, proxy, nodes, traffic, log, random });
                });
                assert_prompt(log, most_answer_ms);
            }),
        );
    const run = (redis) => (is_behind_proxy ? with_proxy(redis.port, (proxy) => talk(redis, proxy)) : talk(redis));
    if (cluster) return with_redis_cluster(cluster, talk).then(() => counts);
    return with_redis({ appendonly: 'yes', ...options }, run).then(() => counts);
}

// Every answer came in time, and those with a 5xx say why.
export function assert_prompt(log, most_answer_ms = most_promised_ms) {
    for (const { took_ms, code, msg } of log.answers()) {
        assert.ok(took_ms < most_answer_ms, `an answer (${code} ${msg}) took ${took_ms} ms`);
        if (code >= 500) assert.deepEqual([code, /storage unavailable/.test(msg)], [503, true], `${code} ${msg}`);
    }
}

export function refused(log) {
    return log.answers().filter(({ code }) => code === 503).length;
}

// Waits until so many more sends were refused.
export async function more_refused(log, sends, ms = 60_000) {
    const wanted = refused(log) + sends;
    for (const end = Date.now() + ms; refused(log) < wanted; await sleep(20)) {
        assert.ok(Date.now() < end, `only ${refused(log)} of ${wanted} sends were refused`);
    }
}

// The codes with which connections were closed, each once.
export function close_codes(log) {
    const codes = log.events.filter(({ event }) => event === 'closed').map(({ code }) => code);
    return [...new Set(codes)];
}
