// Dockerfile and the compose files, as far as they can be checked without an engine that runs them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { run_gim, with_server } from './support/gim.mjs';
import { with_redis } from './support/redis_server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text_of = (name) => readFileSync(join(root, name), 'utf8');

const dockerfile = text_of('Dockerfile');
// [['FROM', 'debian:12-slim AS build'], ...]
const instructions = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.match(/^([A-Z]+) +(.*)$/).slice(1));
const all = (name) => instructions.filter(([word]) => word === name).map(([, rest]) => rest);
const { gim } = parse(text_of('docker-compose.yaml')).services;
const seconds = (text) => {
    const [, minutes, rest] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
    return Number(minutes ?? 0) * 60 + Number(rest ?? 0);
};

// What gim is set to with the flags of the compose file, and its config where it is here.
async function settings() {
    const [source, target] = gim.volumes[0].split(':');
    const flags = gim.command.map((flag) => flag.replace(target, join(root, source)));
    assert.notDeepEqual(flags, gim.command);
    const env = Object.fromEntries(Object.keys(gim.environment).map((name) => [name, 'a-secret-of-the-tests']));
    const { code, stdout, stderr } = await run_gim(['check-config', ...flags], env);
    assert.equal(code, 0, stderr);
    return Object.fromEntries([...stdout.matchAll(/^([a-z-]+)=(.*?) +# /gm)].map(([, name, value]) => [name, value]));
}

test('a linter has nothing to say about the Dockerfile, but about one with a mistake', () => {
    assert.deepEqual(validate(dockerfile), []);
    assert.notDeepEqual(validate(dockerfile.replace('EXPOSE 8080', 'EXPOSE http')), []);
    assert.notDeepEqual(validate(dockerfile.replace('EXPOSE', 'EXPOSES')), []);
});

test('what the Dockerfile copies and calls is there, and not hidden by .dockerignore', () => {
    const ignored = text_of('.dockerignore').trimEnd().split('\n');
    const sources = all('COPY').flatMap((rest) => rest.split(' ').slice(0, -1));
    const called = all('RUN').flatMap((rest) => rest.match(/\bscripts\/[a-z.]+/g) ?? []);
    assert.ok(sources.length >= 3 && called.length > 1);
    for (const name of [...sources, ...called]) assert.ok(existsSync(join(root, name)), name);
    for (const name of ['.git', 'build', '**/node_modules']) assert.ok(ignored.includes(name), name);
    for (const name of ['CMakeLists.txt', 'cmd', 'packaging', 'proto', 'scripts', 'src']) assert.ok(!ignored.includes(name), name);
    const stages = all('FROM').flatMap((rest) => / AS (\S+)$/.exec(rest)?.[1] ?? []);
    for (const [, from] of dockerfile.matchAll(/\bfrom=([a-z]+)/g)) assert.ok(stages.includes(from), from);
});

test('the image runs gim as a user that is not root, and is stopped by the signal that drains', () => {
    assert.deepEqual(all('ENTRYPOINT').map((list) => JSON.parse(list)), [['/usr/bin/gim']]);
    assert.match(all('USER').at(-1), /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(all('STOPSIGNAL'), ['SIGTERM']);
});

test('the compose file starts a gim whose flags are right, and gives it what they need', async () => {
    const is = await settings();
    assert.equal(is.auth, 'token');
    const ports = [is['gateway-address'], is['api-address']].map((address) => address.split(':').at(-1));
    assert.deepEqual(all('EXPOSE'), [ports.join(' ')]);
    assert.deepEqual(gim.ports.map((port) => port.split(':').at(-1)), ports);
    assert.ok(seconds(gim.stop_grace_period) > seconds(is['drain-timeout']) + 5, gim.stop_grace_period);
    assert.ok(gim.ulimits.nofile > Number(is['max-connections']));
    const gib = { MiB: 1 / 1024, GiB: 1 };
    const memory = ['max-memory', 'history-memory'].map((name) => /^(\d+)(MiB|GiB)$/.exec(is[name])).map(([, n, unit]) => n * gib[unit]);
    assert.ok(Number(/^(\d+)g$/.exec(gim.mem_limit)[1]) > memory[0] + memory[1]);
});

test('the compose file with Redis gives gim a Redis that loses nothing of its own accord', async () => {
    const { services, volumes } = parse(text_of('docker-compose.redis.yaml'));
    const { code, stdout, stderr } = await run_gim(['check-config'], { ...services.gim.environment });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^storage=redis +#/m);
    const { hostname } = new URL(services.gim.environment.GIM_REDIS_URL);
    const redis = services[hostname];
    assert.deepEqual(services.gim.depends_on, [hostname]);
    const [volume] = redis.volumes.map((line) => line.split(':')[0]);
    assert.ok(volume in volumes);
    // Its options are ones that a redis-server knows.
    const [, ...flags] = redis.command;
    const options = Object.fromEntries(flags.flatMap((word, i) => (word.startsWith('--') ? [[word.slice(2), flags[i + 1]]] : [])));
    await with_redis(options, async (server) => {
        const is = async (name) => (await server.command('CONFIG', 'GET', name))[1];
        assert.equal(await is('appendonly'), 'yes');
        assert.equal(await is('maxmemory-policy'), 'noeviction');
        assert.ok(Number(/^(\d+)g$/.exec(redis.mem_limit)[1]) * 2 ** 30 > Number(await is('maxmemory')));
    });
});

test('the health check says whether gim answers', () =>
    with_server([], async (server) => {
        const ask = (port) => {
            const [how, program, ...args] = gim.healthcheck.test;
            assert.equal(how, 'CMD');
            return spawnSync(program, args.map((text) => text.replace('127.0.0.1/8081', `127.0.0.1/${port}`)), { timeout: 10_000 }).status;
        };
        assert.equal(ask(server.api_port), 0);
        assert.equal(ask(server.gateway_port), 1); // answers with another status
        assert.equal(ask(1), 1);
    }));
