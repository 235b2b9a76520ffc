// A real Redis Cluster: servers that share the keys among them by slots.
import assert from 'node:assert/strict';
import { free_port } from './ports.mjs';
import { RedisServer } from './redis_server.mjs';
import { sleep } from './time.mjs';

const slots = 16_384;

export class RedisCluster {
    servers = []; // first those that have slots, then the replicas of these, in the same order

    // `servers` that have slots, each with a replica if `replicas` is 1. `options` are those of redis.conf.
    static async start({ servers = 3, replicas = 0, options = {} } = {}) {
        const cluster = new RedisCluster();
        try {
            for (let i = 0; i < servers * (1 + replicas); ++i) {
                const own = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 1000, 'cluster-port': await free_port() };
                const server = await RedisServer.start({ ...own, ...options });
                server.id = await server.command('CLUSTER', 'MYID');
                cluster.servers.push(server);
            }
            await cluster.#join(servers);
        } catch (failure) {
            await cluster.stop();
            throw failure;
        }
        return cluster;
    }

    get url() {
        return this.servers[0].url;
    }

    // Who has this key, as the first server that runs knows it.
    async server_of(key) {
        const slot = await this.slot_of(key);
        const ranges = await this.#asked.command('CLUSTER', 'SLOTS');
        const [, , [, port]] = ranges.find(([first, last]) => first <= slot && slot <= last);
        return this.servers.find((server) => server.port === port);
    }

    slot_of(key) {
        return this.#asked.command('CLUSTER', 'KEYSLOT', key);
    }

    // As redis-cli --cluster reshard does it: the keys leave one by one, then all are told.
    async move_slot(slot, from, to) {
        await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
        await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
        for (;;) {
            const [key] = await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 1);
            if (key === undefined) break;
            const said = await from.command('MIGRATE', '127.0.0.1', to.port, key, 0, 5000);
            assert.ok(said === 'OK' || said === 'NOKEY', said);
        }
        // What servers still tell each other of the time before may undo it, on a busy machine: until all agree.
        for (const end = Date.now() + 30_000; ; await sleep(50)) {
            const running = [to, from, ...this.servers].filter(({ is_running }) => is_running);
            for (const server of running) await server.command('CLUSTER', 'SETSLOT', slot, 'NODE', to.id).catch(only_of_replica);
            const views = await Promise.all(running.map((server) => server.command('CLUSTER', 'SLOTS')));
            const owners = views.map((ranges) => ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1]);
            if (owners.every((port) => port === to.port)) return;
            assert.ok(Date.now() < end, `slot ${slot} is of ${owners}, not of ${to.port}`);
            await to.command('CLUSTER', 'BUMPEPOCH');
        }
    }

    // Waits until every slot is somebody's who runs, in the eyes of all that run.
    async is_whole() {
        for (const end = Date.now() + 30_000; ; await sleep(50)) {
            const running = this.servers.filter(({ is_running }) => is_running);
            const ports = running.map(({ port }) => port);
            const views = await Promise.all(running.map((server) => server.command('CLUSTER', 'SLOTS')));
            const infos = await Promise.all(running.map((server) => server.command('CLUSTER', 'INFO')));
            const is_ok = infos.every((info) => /cluster_state:ok/.test(info) && /cluster_slots_ok:16384/.test(info));
            if (is_ok && views.flat().every(([, , [, port]]) => ports.includes(port))) return;
            assert.ok(Date.now() < end, `the cluster is not whole: ${infos.join('\n')}`);
        }
    }

    async stop() {
        await Promise.all(this.servers.map((server) => server.stop()));
    }

    get #asked() {
        return this.servers.find(({ is_running }) => is_running);
    }

    async #join(masters) {
        const [first, ...others] = this.servers;
        for (let i = 0; i < masters; ++i) {
            const begin = Math.ceil((i * slots) / masters);
            const end = Math.ceil(((i + 1) * slots) / masters) - 1;
            await this.servers[i].command('CLUSTER', 'ADDSLOTSRANGE', begin, end);
            await this.servers[i].command('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
        }
        for (const other of others) await first.command('CLUSTER', 'MEET', '127.0.0.1', other.port, other.options['cluster-port']);
        await this.is_whole();
        for (let i = masters; i < this.servers.length; ++i) await this.#become_replica(this.servers[i], this.servers[i - masters]);
    }

    async #become_replica(server, of) {
        for (const end = Date.now() + 30_000; ; await sleep(50)) {
            const info = await server.command('INFO', 'replication');
            if (/master_link_status:up/.test(info)) return;
            if (!/role:slave/.test(info)) await server.command('CLUSTER', 'REPLICATE', of.id).catch(() => {}); // not known yet
            assert.ok(Date.now() < end, info);
        }
    }
}

function only_of_replica(failure) {
    if (!/only with masters|replica/i.test(failure.message)) throw failure;
}

export async function with_redis_cluster(how, body) {
    const cluster = await RedisCluster.start(how);
    try {
        await body(cluster);
    } finally {
        await cluster.stop();
    }
}
