// Whatever happens to Redis while users talk on two nodes: what was acknowledged is there, once, in order, and nobody misses
// anything without being told. The checker of histories says so at the end of each test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close_codes, more_refused, under_traffic } from './support/redis_faults.mjs';
import { sleep } from './support/time.mjs';

async function epoch_of(redis) {
    const epoch = await redis.command('GET', 'gim:{all}:epoch');
    assert.ok(epoch, 'there is no epoch');
    return epoch;
}

// What no client notices but by a 503: all connections are there as before.
function assert_nobody_was_closed(log) {
    assert.deepEqual(close_codes(log), []);
}

test('Redis hangs for 5 s', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        await redis.kill('SIGSTOP');
        await more_refused(log, 20);
        await sleep(5000);
        await redis.kill('SIGCONT');
        await traffic.more(200);
        assert_nobody_was_closed(log);
    }));

test('Redis is killed and comes back with its data', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        const epoch = await epoch_of(redis);
        for (let times = 0; times < 3; ++times) {
            await redis.kill();
            await more_refused(log, 20);
            await redis.restart();
            await traffic.more(100);
        }
        assert.equal(await epoch_of(redis), epoch);
        assert_nobody_was_closed(log);
    }));

test('Redis is killed and comes back empty: all are told', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        const epoch = await epoch_of(redis);
        await redis.kill();
        log.add('emptied');
        await redis.restart({ empty: true });
        await traffic.more(200);
        assert.notEqual(await epoch_of(redis), epoch);
        assert.deepEqual(close_codes(log), [4003]);
        const told = new Set(log.events.filter(({ event }) => event === 'closed').map(({ connection }) => connection));
        const before = log.events.slice(0, log.events.findIndex(({ event }) => event === 'emptied')).filter(({ event }) => event === 'login');
        assert.deepEqual(before.filter(({ connection }) => !told.has(connection)), []);
    }));

// Cuts connections of this type, as soon as there are some.
async function cut(redis, type) {
    for (let tries = 0; (await redis.command('CLIENT', 'KILL', 'TYPE', type)) === 0; ++tries) {
        assert.ok(tries < 200, `there is no connection of the type ${type}`);
        await sleep(50);
    }
}

test('subscriptions are cut again and again', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        for (let times = 0; times < 10; ++times) {
            await cut(redis, 'pubsub');
            await traffic.more(50);
        }
        assert_nobody_was_closed(log);
    }));

test('all connections to Redis are cut again and again', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        for (let times = 0; times < 10; ++times) {
            for (const type of ['normal', 'pubsub']) await cut(redis, type);
            await traffic.more(50);
        }
        assert_nobody_was_closed(log);
    }));

// Of a session that is new nobody knows which message was its first: who may have missed one is told, and reads all of it.
test('subscriptions are cut while strangers begin to talk', () =>
    under_traffic({ are_strangers: true, users: { users: 16, devices_of_each: 1 } }, async ({ redis, traffic, log }) => {
        for (let times = 1; times <= 8; ++times) {
            await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
            await traffic.greet(times, 5);
        }
        assert.deepEqual(close_codes(log).filter((code) => code !== 4003), []);
    }));

// Sends once, without a request id, what must be refused: the checker says whether anybody sees it nevertheless.
async function assert_refuses(traffic) {
    for (const [i, device] of traffic.devices.entries()) {
        const body = { type: 1, target_id: traffic.rooms[0], content: `refused ${i}` };
        const answer = await device.send_once(`1:${body.target_id}`, body, { is_sure: true });
        assert.equal(answer?.code, 503, JSON.stringify(answer));
    }
}

test('maxmemory is reached: what is refused is told to nobody, and history can be read', () =>
    under_traffic({}, async ({ redis, traffic, log }) => {
        await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
        await more_refused(log, 20);
        await assert_refuses(traffic);
        const { items } = await traffic.devices[0].client.history(`1:${traffic.rooms[0]}`);
        assert.ok(items.length > 0);
        await redis.command('CONFIG', 'SET', 'maxmemory', '0');
        await traffic.more(200);
        assert_nobody_was_closed(log);
    }));

// With `appendfsync always` Redis would end instead.
test('the disk is full: what is refused is told to nobody, and history can be read', () =>
    under_traffic({ redis: { appendfsync: 'everysec' } }, async ({ redis, traffic, log }) => {
        redis.fill_disk();
        await more_refused(log, 20);
        await assert_refuses(traffic);
        const { items } = await traffic.devices[0].client.history(`1:${traffic.rooms[0]}`);
        assert.ok(items.length > 0);
        redis.free_disk();
        await traffic.more(200);
        assert_nobody_was_closed(log);
    }));
