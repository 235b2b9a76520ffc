// Following one user's messages, in the log and over the API.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { run_gim, Server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { sleep } from './support/time.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';
const base = [`--api-key=game=${secret}`, '--log-format=json', '--log-level=off', '--message-push-duration=50ms'];

// A gim whose log can be read: body(server, steps), where steps(user) are the lines of its trace.
async function with_trace(flags, body) {
    const folder = mkdtempSync(join(tmpdir(), 'gim-trace-'));
    const file = join(folder, 'log');
    const server = await Server.start([...base, `--log-file=${file}`, ...flags]);
    const steps = (user) =>
        readFileSync(file, 'utf8')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line))
            .filter((line) => line.user === user);
    try {
        await body(server, steps);
        await server.stop();
    } finally {
        server.process.child.kill('SIGKILL');
        rmSync(folder, { recursive: true });
    }
}

const ask = (server, method, path, headers = {}) => call(server, method, path, { headers: { 'X-API-Key': secret, ...headers } });

async function data(server, method, path) {
    const { status, json } = await ask(server, method, path);
    assert.equal(status, 200, JSON.stringify(json));
    return json.data;
}

// The steps whose `of` are these, once they are whole.
async function until_steps(steps, what, is_whole, of = () => true) {
    for (let tries = 0; ; ++tries) {
        const seen = steps().filter(of);
        if (is_whole(seen)) return seen;
        assert.ok(tries < 250, `no ${what} in ${JSON.stringify(steps())}`);
        await sleep(40);
    }
}

// The same once one of them is called `last`.
const until_step = (steps, last, of) => until_steps(steps, last, (seen) => seen.some(({ step }) => step === last), of);

const names = (steps) => steps.map(({ step }) => step);
const of_message = ({ id }) => (step) => step.message_id === id;

test('the sender is traced: what became of her message, step by step', () =>
    with_trace(['--trace-user=ada', '--enable-message-sequence'], async (server, steps) => {
        const [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map((id) => Client.login(server, id)));
        for (const one of [bob, cleo]) await one.join('lobby');
        await ada.refused(403, op.send, { type: 1, target_id: 'lobby', content: 'secret words' });
        await ada.join('lobby');
        const sent = await ada.send_room('lobby', 'secret words');
        await bob.await_items(1);
        // Each worker says to how many it delivered, and one may be behind the other.
        const delivered = (all) => all.filter(({ step }) => step === 'delivered').reduce((sum, { reached }) => sum + reached, 0);
        const is_whole = (all) => names(all).includes('written') && delivered(all) >= 3;
        const seen = await until_steps(() => steps('ada'), 'three deliveries', is_whole, of_message(sent));
        assert.deepEqual(names(seen).slice(0, 3), ['stored', 'batched', 'flushed']);
        assert.equal(delivered(seen), 3);
        assert.ok(seen.every(({ session, sequence }) => session === '1:lobby' && sequence === 1));
        assert.equal(seen[2].messages, 1);
        const requests = steps('ada').filter(({ step, op: asked }) => step === 'received' && asked === op.send);
        assert.equal(requests.length, 2);
        assert.equal(typeof requests[0].connection, 'number');
        const refused = steps('ada').find(({ code }) => code === 403);
        assert.equal(refused.step, 'answered');
        assert.match(refused.error, /target_id/);
        const times = seen.filter(({ step }) => ['stored', 'batched', 'flushed'].includes(step)).map(({ us }) => us);
        assert.deepEqual(times, [...times].sort((a, b) => a - b));
        assert.equal(seen[0].message, `trace user=ada step=stored us=${seen[0].us} connection=${seen[0].connection} session=1:lobby sequence=1 message_id=${sent.id}`);
        assert.ok(!JSON.stringify(steps('ada')).includes('secret'), 'no contents');
        assert.deepEqual(steps('bob'), []);
    }));

test('her message was replaced by newer ones before the room pushed: it says so', () =>
    with_trace(['--trace-user=ada', '--message-push-count=2', '--message-push-duration=1s'], async (server, steps) => {
        const [ada, bob] = [await Client.login(server, 'ada'), await Client.login(server, 'bob')];
        for (const one of [ada, bob]) await one.join('lobby');
        const sent = await ada.send_room('lobby', 'first');
        await Promise.all(['second', 'third', 'fourth'].map((text) => bob.send_room('lobby', text)));
        const seen = await until_step(() => steps('ada'), 'skipped', of_message(sent));
        assert.deepEqual(names(seen), ['stored', 'batched', 'skipped']);
        assert.match(seen[2].why, /newer ones filled the push: it is in the history/);
    }));

test('the receiver is traced, from a call on to the next: when she got what', () =>
    with_trace([], async (server, steps) => {
        const [ada, bob] = [await Client.login(server, 'ada'), await Client.login(server, 'bob')];
        for (const one of [ada, bob]) await one.join('lobby');
        const before = await bob.send_private('ada', 'before');
        await ada.await_items(1);
        const started = await data(server, 'PUT', '/v1/trace/users/ada?for=1h');
        assert.ok(started.ends_at > Date.now() + 3_500_000 && started.ends_at < Date.now() + 3_700_000);
        const sent = await bob.send_private('ada', 'private');
        await ada.await_items(2);
        const seen = await until_step(() => steps('ada'), 'written', of_message(sent));
        assert.deepEqual(names(seen), ['queued', 'written']);
        assert.equal(seen[0].session, '2:ada:bob');
        assert.equal(steps('ada').filter(of_message(before)).length, 0);
        await bob.send_room('lobby', 'room');
        await until_step(() => steps('ada'), 'written', ({ session }) => session === '1:lobby');
        const shown = await data(server, 'GET', '/v1/trace/users/ada');
        assert.deepEqual(names(shown.steps), names(steps('ada')));
        assert.equal(shown.steps.find(of_message(sent)).us, seen[0].us);
        assert.deepEqual((await data(server, 'GET', '/v1/trace/users')).items.map(({ user }) => user), ['ada']);
        const ended = await data(server, 'DELETE', '/v1/trace/users/ada');
        assert.deepEqual(ended.steps, shown.steps);
        const lines = steps('ada').length;
        await bob.send_private('ada', 'after');
        await ada.await_items(4);
        await ada.close();
        assert.equal(steps('ada').length, lines);
        assert.equal((await ask(server, 'DELETE', '/v1/trace/users/ada')).status, 404);
        assert.equal((await ask(server, 'GET', '/v1/trace/users/ada')).status, 404);
    }));

test('who is not connected, and comes back; a message over HTTP carries its trace', () =>
    with_trace(['--trace-user=ada', '--trace-user=bob'], async (server, steps) => {
        await (await Client.login(server, 'bob')).close();
        await until_step(() => steps('bob'), 'disconnected');
        const body = { type: 2, target_id: 'bob', content: 'x', sender: { id: 'ada' } };
        const headers = { 'X-API-Key': secret, trace: 'ticket 4711' };
        const { json } = await call(server, 'POST', '/v1/messages', { headers, body });
        const seen = await until_step(() => steps('ada'), 'answered');
        assert.ok(seen.every(({ trace }) => trace === 'ticket 4711'));
        const pushed = seen.find(({ step, to }) => step === 'pushed' && to === 'bob');
        assert.equal(pushed.connections, 0);
        assert.equal(pushed.why, 'not connected: it is in the history');
        assert.equal(seen.find(({ step }) => step === 'stored').message_id, json.data.id);
        assert.equal(seen.find(({ step }) => step === 'received').door, 'api');
        await Client.login(server, 'bob');
        await until_steps(() => steps('bob'), 'second connection', (all) => names(all).filter((step) => step === 'connected').length === 2);
    }));

test('only back ends, only so many users, only for a time', () =>
    with_trace(['--max-traced-users=2'], async (server, steps) => {
        const ada = await Client.login(server, 'ada');
        const path = '/v1/trace/users/ada';
        for (const method of ['GET', 'PUT', 'DELETE']) {
            assert.equal((await call(server, method, path)).status, 401);
            assert.equal((await call(server, method, path, { token: ada.token })).status, 403);
        }
        assert.equal((await call(server, 'GET', '/v1/trace/users', { token: ada.token })).status, 403);
        for (const bad of ['0s', '25h', '10', 'm', '-1m', '1d', '1.5h', '99999999999s']) {
            const { status, json } = await ask(server, 'PUT', `${path}?for=${bad}`);
            assert.deepEqual([status, json.msg.slice(0, 4)], [400, 'for:'], bad);
        }
        assert.equal((await ask(server, 'PUT', '/v1/trace/users/a:b')).status, 400);
        const ends_at = (await data(server, 'PUT', path)).ends_at;
        assert.ok(Math.abs(ends_at - Date.now() - 600_000) < 20_000, 'ten minutes');
        await data(server, 'PUT', '/v1/trace/users/bob?for=1h');
        const { status, json } = await ask(server, 'PUT', '/v1/trace/users/cleo');
        assert.equal(status, 429);
        assert.match(json.msg, /2 users are traced, as many as may be \(--max-traced-users\)/);
        await data(server, 'PUT', '/v1/trace/users/bob?for=1s');
        for (let tries = 0; (await ask(server, 'GET', '/v1/trace/users/bob')).status !== 404; ++tries) {
            assert.ok(tries < 200, 'it ends by itself');
            await sleep(50);
        }
        await data(server, 'PUT', '/v1/trace/users/cleo');
        const bob = await Client.login(server, 'bob');
        await bob.expect(op.heartbeat);
        assert.deepEqual(steps('bob'), []);
    }));

test('one who floods fills no disk: lines are held back, and their number is told', () =>
    with_trace(['--trace-user=ada', '--max-trace-lines=5'], async (server, steps) => {
        const ada = await Client.login(server, 'ada');
        const started = Date.now();
        await Promise.all(Array.from({ length: 400 }, () => ada.expect(op.heartbeat)));
        const lines = steps('ada').length;
        const most = 20 + 5 * ((Date.now() - started) / 1000 + 2);
        assert.ok(lines >= 20 && lines <= most, `${lines} lines`);
        await sleep(400);
        await ada.expect(op.heartbeat);
        assert.match(steps('ada').at(-2).message + steps('ada').at(-1).message, /; \d+ more like it before/);
        const { lines_held_back, steps: kept } = await data(server, 'GET', '/v1/trace/users/ada');
        assert.ok(lines_held_back > 400, `${lines_held_back}`);
        assert.equal(kept.length, 200);
        const { counters } = await data(server, 'GET', '/v1/counters');
        assert.equal(counters.trace_line_held_back, lines_held_back);
    }));

test('flags that cannot be', async () => {
    for (const [flags, message] of [
        [['--trace-user=a:b'], /--trace-user: must be a user's id/],
        [['--max-traced-users=1', '--trace-user=a', '--trace-user=b'], /--trace-user: more users than --max-traced-users/],
        [['--max-trace-lines=x'], /--max-trace-lines/],
    ]) {
        const { code, stderr } = await run_gim(flags);
        assert.equal(code, 2);
        assert.match(stderr, message);
    }
});
