// Several gim on one Redis: one service.
import { add_to } from './failures.mjs';
import { Server } from './gim.mjs';

export class Nodes {
    list = []; // those that run
    #started = 0;
    #all = [];

    // `redis` is a RedisServer or a ChaosProxy, or nothing: then each gim has a memory of its own.
    constructor(redis, flags = []) {
        this.flags = redis ? ['--storage=redis', `--redis-url=${redis.url}`, ...flags] : flags;
    }

    async start(...more) {
        const node = await Server.start([...this.flags, ...more]);
        node.name = `node${++this.#started}`;
        this.#all.push(node);
        this.list.push(node);
        return node;
    }

    // For who connects: one node after the other.
    picker() {
        let turn = 0;
        return () => this.list[turn++ % this.list.length];
    }

    // As an operator does: those who come are sent to the others first.
    async stop(node) {
        this.#forget(node);
        await node.stop();
    }

    async kill(node) {
        this.#forget(node);
        node.process.child.kill('SIGKILL');
        await node.process.ended;
    }

    stop_all() {
        return Promise.all([...this.list].map((node) => this.stop(node)));
    }

    async kill_all() {
        for (const node of this.#all) node.process.child.kill('SIGKILL');
        await Promise.all(this.#all.map((node) => node.process.ended));
    }

    // What all that ever ran said.
    get stderr() {
        return this.#all.map(({ name, process }) => `--- ${name} said:\n${process.stderr}`).join('\n');
    }

    #forget(node) {
        this.list = this.list.filter((one) => one !== node);
    }
}

// Starts `count` nodes on this Redis.
export async function start_nodes(count, redis, flags = []) {
    const nodes = new Nodes(redis, flags);
    try {
        await Promise.all(Array.from({ length: count }, () => nodes.start()));
    } catch (failure) {
        await nodes.kill_all();
        throw failure;
    }
    return nodes;
}

// Runs `body(nodes)` with so many nodes, which must end well.
export async function with_nodes(count, redis, flags, body) {
    const nodes = await start_nodes(count, redis, flags);
    try {
        await body(nodes);
        await nodes.stop_all();
    } catch (failure) {
        await nodes.kill_all();
        add_to(failure, nodes.stderr.slice(-20_000));
        throw failure;
    }
}
