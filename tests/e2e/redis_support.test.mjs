// What the tests of Redis lean on, tried against a real redis-server: starting and ending it, and the proxy that is in its way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { with_proxy } from './support/chaos_proxy.mjs';
import { with_redis } from './support/redis_server.mjs';
import { RedisError, RespConnection } from './support/resp.mjs';
import { sleep } from './support/time.mjs';

test('commands are answered in order, and errors are errors', () =>
    with_redis({}, async (redis) => {
        assert.equal(await redis.command('SET', 'a', 'ä b\r\nc'), 'OK');
        const answers = await Promise.all([
            redis.command('GET', 'a'),
            redis.command('GET', 'none'),
            redis.command('RPUSH', 'list', 1, 2, 3),
            redis.command('LRANGE', 'list', 0, -1),
            redis.command('EVAL', 'return {1, {"two", {}}, "three"}', 0),
        ]);
        assert.deepEqual(answers, ['ä b\r\nc', null, 3, ['1', '2', '3'], [1, ['two', []], 'three']]);
        await assert.rejects(redis.command('GET'), (error) => error instanceof RedisError && /wrong number/.test(error.message));
        const big = 'x'.repeat(3_000_000);
        await redis.command('SET', 'big', big);
        assert.equal(await redis.command('GET', 'big'), big);
        assert.equal((await redis.info()).tcp_port, `${redis.port}`);
    }));

test('a Redis that was killed comes back with its data, or empty', () =>
    with_redis({ appendonly: 'yes' }, async (redis) => {
        const { port, pid } = redis;
        await redis.command('SET', 'a', 1);
        await redis.kill();
        await assert.rejects(redis.command('GET', 'a'));
        await redis.restart();
        assert.equal(redis.port, port);
        assert.notEqual(redis.pid, pid);
        assert.equal(await redis.command('GET', 'a'), '1');
        await redis.restart({ empty: true });
        assert.equal(await redis.command('GET', 'a'), null);
    }));

test('a Redis that was stopped hangs until it goes on', () =>
    with_redis({}, async (redis) => {
        await redis.command('SET', 'a', 1);
        await redis.kill('SIGSTOP');
        let is_answered = false;
        const answer = redis.command('GET', 'a').finally(() => (is_answered = true));
        await sleep(200);
        assert.ok(!is_answered);
        await redis.kill('SIGCONT');
        assert.equal(await answer, '1');
    }));

// With `appendfsync always` Redis would end instead.
test('a Redis whose disk is full refuses to write, until there is space again', () =>
    with_redis({ appendonly: 'yes', appendfsync: 'everysec' }, async (redis) => {
        await redis.command('SET', 'before', '1');
        redis.fill_disk();
        const fill = async () => {
            for (let i = 0; i < 100; ++i) await redis.command('SET', `key ${i}`, 'x'.repeat(100_000));
        };
        await assert.rejects(fill(), /^Error: MISCONF Errors writing to the AOF file: /);
        assert.equal(await redis.command('GET', 'before'), '1');
        redis.free_disk();
        await until_written(redis);
        await redis.restart();
        assert.equal(await redis.command('GET', 'after'), '1');
    }));

// It tries again once a second.
async function until_written(redis) {
    for (let tries = 0; ; ++tries) {
        const answer = await redis.command('SET', 'after', '1').catch((failure) => failure.message);
        if (answer === 'OK') break;
        assert.match(answer, /^MISCONF /);
        assert.ok(tries < 400, answer);
        await sleep(50);
    }
    for (let tries = 0; (await redis.info('persistence')).aof_buffer_length !== '0'; ++tries) {
        assert.ok(tries < 400, 'it is never written');
        await sleep(50);
    }
}

// Runs `body(redis, proxy, through)`: `through` is a connection to Redis by the proxy.
const behind_proxy = (body) =>
    with_redis({}, (redis) =>
        with_proxy(redis.port, async (proxy) => {
            const through = await RespConnection.connect(proxy.port);
            assert.equal(await through.command('SET', 'a', 'x'.repeat(1000)), 'OK');
            await body(redis, proxy, through);
            through.close();
        }),
    );

// How long `work` takes, in milliseconds.
const timed = async (work) => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
};

test('proxy: latency delays replies, but lets many be under way', () =>
    behind_proxy(async (redis, proxy, through) => {
        proxy.latency_ms = 100;
        const took = await timed(async () => {
            const all = await Promise.all(Array.from({ length: 50 }, (_, i) => through.command('ECHO', i)));
            assert.deepEqual(all, Array.from({ length: 50 }, (_, i) => `${i}`));
        });
        assert.ok(took >= 195 && took < 5000, `${took} ms`);
    }));

test('proxy: bandwidth', () =>
    behind_proxy(async (redis, proxy, through) => {
        await redis.command('SET', 'big', 'x'.repeat(50_000));
        proxy.bytes_per_second = 100_000;
        let size;
        const took = await timed(async () => ({ length: size } = await through.command('GET', 'big')));
        assert.equal(size, 50_000);
        assert.ok(took >= 400 && took < 10_000, `${took} ms`);
    }));

test('proxy: a reset ends all connections, new ones are as good as ever', () =>
    behind_proxy(async (redis, proxy, through) => {
        const other = await RespConnection.connect(proxy.port);
        await other.command('PING');
        proxy.reset_all();
        await Promise.all([through.closed, other.closed]);
        const again = await RespConnection.connect(proxy.port);
        assert.equal(await again.command('PING'), 'PONG');
        again.close();
        assert.equal(proxy.accepted, 3);
    }));

test('proxy: a reply is cut in its middle', () =>
    behind_proxy(async (redis, proxy, through) => {
        let received = 0;
        through.socket.on('data', (bytes) => (received += bytes.length));
        const cut = proxy.cut_replies_after(500);
        await assert.rejects(through.command('GET', 'a'), /has ended/);
        await cut;
        assert.equal(received, 500);
        const again = await RespConnection.connect(proxy.port);
        assert.equal((await again.command('GET', 'a')).length, 1000);
        again.close();
    }));

test('proxy: while it hangs nothing passes and nothing is lost', () =>
    behind_proxy(async (redis, proxy, through) => {
        proxy.hang();
        let answered = 0;
        const answers = [through.command('INCR', 'n'), through.command('INCR', 'n')].map((answer) => answer.finally(() => ++answered));
        await sleep(200);
        assert.equal(answered, 0);
        assert.equal(await redis.command('GET', 'n'), null);
        proxy.resume();
        assert.deepEqual(await Promise.all(answers), [1, 2]);
    }));

test('proxy: refused connections, until it accepts again on the same port', () =>
    behind_proxy(async (redis, proxy, through) => {
        const { port } = proxy;
        await proxy.refuse();
        await through.closed;
        await assert.rejects(RespConnection.connect(port), /ECONNREFUSED/);
        await proxy.accept();
        const again = await RespConnection.connect(port);
        assert.equal(await again.command('PING'), 'PONG');
        again.close();
    }));

test('proxy: an end on one side is one on the other', () =>
    behind_proxy(async (redis, proxy, through) => {
        await assert.rejects(Promise.all([through.command('QUIT'), through.closed.then(() => through.command('PING'))]), /has ended/);
        await redis.command('PING');
        const other = await RespConnection.connect(proxy.port);
        await other.command('CLIENT', 'SETNAME', 'other');
        other.socket.end();
        await other.closed;
        for (let list = 'name=other'; list.includes('name=other'); await sleep(20)) list = await redis.command('CLIENT', 'LIST');
        assert.equal(proxy.connections, 0);
    }));
