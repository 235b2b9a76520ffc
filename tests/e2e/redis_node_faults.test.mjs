// A node that hangs or goes while users talk on it and on another one: what was acknowledged is there, once, in order, and
// the others know how it is. The checker of histories says the first at the end of each test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { close_codes, under_traffic } from './support/redis_faults.mjs';
import { sleep } from './support/time.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';
const flags = [`--api-key=game=${secret}`];

async function ask(node, path) {
    const { status, json } = await call(node, 'GET', path, { headers: { 'X-API-Key': secret } });
    assert.equal(status, 200, `${path}: ${JSON.stringify(json)}`);
    return json.data;
}

const listed = async (node) => (await ask(node, '/v1/nodes')).items;

// Asks again until the answer is as it should be.
async function until(what, is_so, ms = 30_000) {
    for (const end = Date.now() + ms; !(await is_so()); await sleep(20)) assert.ok(Date.now() < end, what);
}

// Longer than its lease of 10 s. Who is on it waits as long for an answer.
test('a node hangs until the others think that it is dead, and goes on', () =>
    under_traffic({ flags, users: { devices_of_each: 1 }, most_answer_ms: 25_000 }, async ({ nodes, traffic, log }) => {
        const [healthy, hanging] = nodes.list;
        const { user } = log.events.find(({ event, node }) => event === 'login' && node === hanging.name);
        await until(`${user} is online`, async () => (await ask(healthy, `/v1/users/${user}`)).online);
        hanging.process.child.kill('SIGSTOP');
        await until('it is forgotten', async () => (await listed(healthy)).length === 1);
        await until(`${user} is offline`, async () => !(await ask(healthy, `/v1/users/${user}`)).online);
        await traffic.more(100);
        hanging.process.child.kill('SIGCONT');
        for (const node of nodes.list) await until('both are listed', async () => (await listed(node)).length === 2);
        await until(`${user} is online again`, async () => (await ask(healthy, `/v1/users/${user}`)).online);
        await traffic.more(200);
        assert.deepEqual(close_codes(log).filter((code) => code !== 4003), []);
    }));

test('a node that stops is listed as draining, and then not at all', () =>
    under_traffic({ flags: [...flags, '--drain-timeout=4s', '--close-timeout=3s'] }, async ({ nodes, traffic, log }) => {
        const [staying, leaving] = nodes.list;
        const deaf = await Client.login(leaving, 'deaf');
        deaf.socket.pause(); // so it does not go when it is told to
        await until('both are listed', async () => (await listed(staying)).length === 2);
        const stopped = nodes.stop(leaving);
        await until('it alone drains', async () => {
            const drain = (await listed(staying)).map(({ draining }) => draining);
            return drain.length === 2 && drain.filter(Boolean).length === 1;
        });
        await stopped;
        deaf.socket.terminate();
        await until('it is gone', async () => (await listed(staying)).length === 1);
        await traffic.more(100);
        assert.deepEqual(close_codes(log), [1001]);
    }));
