// GET /metrics of the real binary: what moves by what happens, and what operators are told of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { Canaries } from './attacks/canaries.mjs';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { expect_samples, scrape } from './support/metrics.mjs';

const docs = new URL('../../docs/', import.meta.url);

test('Prometheus reads it, and its linter finds nothing', () =>
    with_server([], async (server) => {
        const { headers, text } = await get(server, '/metrics');
        assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
        execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    }));

test('counters move by exactly what happens', () =>
    with_server([], async (server) => {
        const clients = [];
        for (const id of ['1001', '1002', '1003']) clients.push(await Client.login(server, id));
        const [ann, bob, eve] = clients;
        for (const client of [ann, bob]) await client.join('9999');
        for (let i = 0; i < 5; ++i) await ann.send_room('9999', `to the room ${i}`);
        await bob.send_private('1003', 'to eve');
        await bob.await_items(5, '1:9999');
        await ann.await_items(5, '1:9999');
        await eve.await_items(1);
        await ann.refused(404, 201, { type: 2, target_id: 'nobody', category: 'text', content: 'x' });

        const pushed = clients.reduce((sum, client) => sum + client.packets.length, 0);
        const requests = 3 + 2 + 5 + 1 + 1;
        const read = clients.reduce((sum, client) => sum + client.socket._socket.bytesRead, 0);
        await expect_samples(server, {
            'gim_connections{door="gateway"}': 3,
            'gim_connections_accepted_total{door="gateway"}': 3,
            gim_users_online: 3,
            gim_logins_total: 3,
            gim_rooms_active: 1,
            'gim_messages_total{kind="room"}': 5,
            'gim_messages_total{kind="private"}': 1,
            'gim_deliveries_total{kind="room"}': 10,
            'gim_deliveries_total{kind="private"}': 1,
            gim_websocket_frames_received_total: requests,
            gim_websocket_frames_sent_total: requests + pushed,
            gim_websocket_sent_bytes_total: read,
            gim_storage_messages: 6,
            gim_storage_sessions: 2,
            gim_storage_rooms: 1,
            gim_storage_users: 3,
            'gim_request_duration_seconds_count{op="login"}': 3,
            'gim_request_duration_seconds_count{op="join"}': 2,
            'gim_request_duration_seconds_count{op="send"}': 7,
            'gim_request_duration_seconds_count{op="history"}': 0,
            gim_batch_messages_sum: 5,
            gim_slow_readers: 0,
            gim_outbox_pending_bytes: 0,
            gim_waiting_bytes: 0,
        });
        const { samples } = await scrape(server);
        assert.ok(samples.get('gim_websocket_received_bytes_total') > 0);
        assert.ok(samples.get('gim_http_request_duration_seconds_count') > 0);
        assert.equal(samples.get('gim_push_lateness_seconds_count'), samples.get('gim_batch_messages_count'));
        assert.equal(samples.get('gim_push_lateness_seconds_bucket{le="+Inf"}'), samples.get('gim_push_lateness_seconds_count'));
        for (const worker of [0, 1]) assert.ok(samples.get(`gim_worker_loop_lag_seconds_count{worker="${worker}"}`) >= 0);

        // A client ends by itself, another breaks the rules, a third asks HTTP for what is not there.
        await eve.close();
        bob.socket._socket.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0])); // a frame of an unknown kind
        assert.equal((await bob.end()).code, 1002);
        await get(server, '/nothing');
        await expect_samples(server, {
            'gim_connections{door="gateway"}': 1,
            gim_users_online: 1,
            'gim_closes_total{code="1002"}': 1,
            'gim_closes_total{code="4000"}': 0,
            'gim_http_requests_total{status="4xx"}': 1,
            'gim_http_requests_total{status="5xx"}': 0,
        });
    }));

test('what GET /v1/counters has, the metrics have, too', () =>
    with_server(['--api-key=game=a-secret-of-the-end-to-end-tests'], async (server) => {
        const key = { headers: { 'X-API-Key': 'a-secret-of-the-end-to-end-tests' } };
        assert.equal((await get(server, '/metrics', { headers: { 'X-API-Key': 'a-wrong-secret-of-these' } })).status, 401);
        const { json } = await call(server, 'GET', '/v1/counters', key);
        assert.equal(json.data.counters.api_key_refused, 1);
        const { families, samples } = await scrape(server);
        assert.equal(samples.get('gim_requests_refused_total{reason="api_key"}'), 1);
        const counters = [...families].filter(([name, { type }]) => type === 'counter' && name.startsWith('gim_'));
        const series = [...samples.keys()].filter((sample) => counters.some(([name]) => sample.split('{')[0] === name));
        assert.equal(series.length, Object.keys(json.data.counters).length);
    }));

test('from afar they need a key, of a back end or for the metrics alone', () =>
    with_server(['--trusted-proxies=127.0.0.1', '--insecure', '--api-key=game=a-secret-of-the-end-to-end-tests', '--metrics-key=prometheus=a-secret-for-the-metrics'], async (server) => {
        const headers = { 'X-Forwarded-For': '192.0.2.1' };
        const refused = await get(server, '/metrics', { headers });
        assert.equal(refused.status, 401);
        assert.match(refused.json.msg, /X-API-Key/);
        const bearer = await get(server, '/metrics', { headers, token: 'a-secret-of-the-end-to-end-tests' });
        assert.equal(bearer.status, 200);
        assert.equal((await get(server, '/metrics', { headers, token: 'a-secret-for-the-metrics' })).status, 200);
        assert.equal((await get(server, '/v1/rooms', { headers, token: 'a-secret-for-the-metrics' })).status, 401);
        assert.equal((await get(server, '/metrics')).status, 200);
    }));

test('a thousand users and a thousand rooms add no series', () =>
    with_server(['--max-connections-per-address=0', '--max-handshakes=0'], async (server) => {
        const before = [...(await scrape(server)).samples.keys()];
        const clients = [];
        for (let first = 0; first < 1000; first += 50) {
            const some = Array.from({ length: 50 }, async (_, i) => {
                const client = await Client.login(server, `user-${first + i}`);
                await client.join(`room-${first + i}`);
                await client.send_room(`room-${first + i}`, 'hello');
                return client;
            });
            clients.push(...(await Promise.all(some)));
        }
        const { samples } = await scrape(server);
        assert.equal(samples.get('gim_storage_rooms'), 1000);
        assert.equal(samples.get('gim_users_online'), 1000);
        assert.deepEqual([...samples.keys()], before);
        for (const client of clients) client.socket.terminate();
    }));

test('scrapes do not disturb who chats', () =>
    with_server(['--enable-message-sequence', '--message-push-duration=20ms', '--max-handshakes=0'], async (server) => {
        const canaries = await Canaries.enter(server);
        canaries.sing();
        let scrapes = 0;
        const end = Date.now() + 3000;
        const scraper = async () => {
            for (; Date.now() < end; ++scrapes) await scrape(server);
        };
        await Promise.all([scraper(), scraper(), scraper(), scraper()]);
        const seen = await canaries.end();
        assert.ok(scrapes > 20, `${scrapes} scrapes`);
        assert.ok(seen.delivered > 0);
        assert.deepEqual({ lost: seen.lost, faults: seen.faults }, { lost: 0, faults: [] });
    }));

test('docs/operations.md lists every metric, with its type, labels and help', () =>
    with_server([], async (server) => {
        const text = readFileSync(new URL('operations.md', docs), 'utf8');
        const listed = [...text.matchAll(/^\| `((?:gim|process)_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm)].map(
            ([, name, type, labels, help]) => ({ name, type, labels: labels.replaceAll('`', ''), help }),
        );
        const { families } = await scrape(server);
        const told = [...families].map(([name, { type, labels, help }]) => ({ name, type, labels: [...labels].join(', '), help }));
        assert.deepEqual(listed, told);
    }));

// What these expressions of PromQL name must be there: metrics, their labels, and the labels' values where they are listed.
function check_expressions(expressions, { families, samples }) {
    const known_labels = new Set(['instance', 'job', 'le']); // Prometheus adds the first two
    for (const { labels } of families.values()) for (const label of labels) known_labels.add(label);
    const used = new Set();
    for (const text of expressions) {
        for (const [, name, matchers = ''] of text.matchAll(/\b((?:gim|process)_\w+)(?:\{([^}]*)\})?/g)) {
            const base = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
            assert.ok(families.has(base), `${name} in ${text}`);
            assert.ok(base === name || families.get(base).type === 'histogram', `${name} in ${text}`);
            used.add(base);
            for (const [, label, how, values] of matchers.matchAll(/(\w+)(=~|=)"([^"]*)"/g)) {
                if (['instance', 'job'].includes(label)) continue;
                for (const value of how === '=' ? [values] : values.split('|')) {
                    const has_it = [...samples.keys()].some((sample) => sample.startsWith(`${name}{`) && sample.includes(`${label}="${value}"`));
                    assert.ok(has_it, `${name} with ${label}="${value}" in ${text}`);
                }
            }
        }
        for (const [, labels] of text.matchAll(/\b(?:by|on) \(([^)]*)\)/g)) {
            for (const label of labels.split(/,\s*/)) assert.ok(known_labels.has(label), `${label} in ${text}`);
        }
    }
    return used;
}

test('docs/alerts.yaml are rules of Prometheus about metrics that there are, each with a line in the runbook', () =>
    with_server([], async (server) => {
        execFileSync('promtool', ['check', 'rules', fileURLToPath(new URL('alerts.yaml', docs))], { encoding: 'utf8' });
        const rules = parse(readFileSync(new URL('alerts.yaml', docs), 'utf8')).groups.flatMap((group) => group.rules);
        assert.ok(rules.length > 0);
        check_expressions(rules.map(({ expr }) => expr), await scrape(server));
        const runbook = readFileSync(new URL('operations.md', docs), 'utf8').split('\n## Alerts\n')[1];
        const explained = [...runbook.matchAll(/^\| `(Gim\w+)` \|/gm)].map(([, name]) => name);
        assert.deepEqual(explained, rules.map(({ alert }) => alert));
    }));

test('docs/grafana.json shows every metric that there is, and no other', () =>
    with_server([], async (server) => {
        const dashboard = JSON.parse(readFileSync(new URL('grafana.json', docs), 'utf8'));
        const graphs = dashboard.panels.filter(({ type }) => type !== 'row');
        const ids = dashboard.panels.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        const seen = await scrape(server);
        const used = check_expressions(graphs.flatMap(({ targets }) => targets.map(({ expr }) => expr)), seen);
        assert.deepEqual([...seen.families.keys()].filter((name) => !used.has(name)), []);
        // Prometheus reads the expressions, too: as rules, without what only Grafana knows.
        const plain = graphs.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*')));
        const rules = { groups: [{ name: 'dashboard', rules: plain.map((expr, i) => ({ record: `graph:${i}`, expr })) }] };
        const folder = mkdtempSync(join(tmpdir(), 'gim-metrics-'));
        try {
            writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
            execFileSync('promtool', ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8' });
        } finally {
            rmSync(folder, { recursive: true });
        }
    }));
