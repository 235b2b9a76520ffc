// The pages of every list at both doors, while the list changes between them: an entry that does not move comes exactly
// once, one that moves comes twice at most, and no cursor is an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { Server, with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { Random, choose_seed } from './support/random.mjs';
import { with_redis } from './support/redis_server.mjs';
import { sleep } from './support/time.mjs';

const secret = 'a-secret-of-the-end-to-end-tests';
const key = { 'X-API-Key': secret };

// Each runs `body(server, redis)`; in memory there is no redis.
const stores = {
    memory: (flags, body) => with_server([...flags], (server) => body(server, undefined)),
    Redis: (flags, body) =>
        with_redis({}, (redis) => with_server(['--storage=redis', `--redis-url=${redis.url}`, ...flags], (server) => body(server, redis))),
};

// Messages are ordered by their time in milliseconds: let it pass.
const tick = () => sleep(3);

async function from_http(server, token, path, query) {
    const known = Object.entries(query).filter(([, value]) => value !== undefined);
    const { json } = await get(server, `${path}?${new URLSearchParams(known)}`, { token });
    assert.equal(json.code, 0, `${path} ${JSON.stringify(query)}: ${json.msg}`);
    return json.data;
}

// The lists of sessions at both doors: (query) => page.
const doors_of_sessions = (server, ada) => ({
    'op 205': (query) => ada.expect(op.sessions, query),
    'GET /v1/sessions': (query) => from_http(server, ada.token, '/v1/sessions', query),
});

// Private sessions of ada with u0, u1, ...: the last one is the newest.
async function ada_writes_to(server, count, content, form) {
    const ada = await Client.login(server, 'ada', { form });
    for (let i = 0; i < count; ++i) {
        const other = await Client.login(server, `u${i}`);
        await ada.send_private(`u${i}`, content);
        await other.close();
        await tick();
    }
    return ada;
}

async function ids_of_pages(ask, limit, between = () => {}, next_of = (page) => page.next) {
    const seen = [];
    let page = await ask({ limit });
    for (let pages = 1; ; ++pages) {
        assert.ok(pages < 50, `runs in circles: ${seen}`);
        seen.push(...page.items.map((one) => one.id));
        assert.equal(page.next !== undefined, page.has_more);
        if (!page.has_more) return seen;
        await between(page);
        page = await ask({ limit, after: next_of(page) });
    }
}

const falling = (count) => Array.from({ length: count }, (_, i) => `2:ada:u${count - 1 - i}`);

for (const [store, with_store] of Object.entries(stores)) {
    test(`in ${store}, a message to the last session of each page neither repeats nor skips the others`, () =>
        with_store([], async (server) => {
            for (const [form, count] of [['text', 8], ['object', 5], ['protobuf', 5]]) {
                const ada = await ada_writes_to(server, count, 'hi', form);
                for (const ask of Object.values(doors_of_sessions(server, ada))) {
                    const expected = (await ask({})).items.map((one) => one.id);
                    assert.equal(expected.length, 8);
                    const write_to_last = async ({ items }) => {
                        await tick();
                        await ada.send_private(items.at(-1).id.split(':').at(-1), 'again');
                    };
                    assert.deepEqual(await ids_of_pages(ask, 3, write_to_last), expected);
                }
                await ada.close();
            }
        }));

    test(`in ${store}, pages go on behind sessions whose messages are gone, by next and by id`, () =>
        with_store(['--history-memory=200KiB'], async (server, redis) => {
            const ada = await ada_writes_to(server, 12, 'x'.repeat(30_000));
            for (const i of redis ? [0, 1, 2, 5, 9] : []) await redis.command('DEL', `gim:{2:ada:u${i}}:messages`, `gim:{2:ada:u${i}}:head`);
            for (const ask of Object.values(doors_of_sessions(server, ada))) {
                const whole = falling(12).filter(((ids) => (id) => ids.has(id))(new Set(await ids_of_pages(ask, 300))));
                assert.ok(whole.length >= 2, `${whole}`);
                assert.deepEqual(await ids_of_pages(ask, 2), whole);
                assert.deepEqual(await ids_of_pages(ask, 2, undefined, (page) => page.items.at(-1).id), whole);
            }
        }));
}

test('what is in Redis and is nobody there ends no page', () =>
    stores.Redis([], async (server, redis) => {
        const ada = await ada_writes_to(server, 6, 'hi');
        const times = (await ada.expect(op.sessions, {})).items.map((one) => one.updated_at);
        for (const time of times) {
            for (const id of ['', 'u9', '2:ada', '2:ada:u9:x', '3:x', '2:ada:u\xff']) await redis.command('ZADD', 'gim:{u:ada}:private', time, id);
        }
        for (let i = 0; i < 9; ++i) await redis.command('ZADD', 'gim:{u:ada}:private', times[2], `x${i}`);
        for (const ask of Object.values(doors_of_sessions(server, ada))) {
            assert.deepEqual(await ids_of_pages(ask, 2), falling(6));
        }
        await ada.join('hall');
        for (const id of ['', ...'abcdefg'].map((c) => `${c} is no id`)) await redis.command('ZADD', 'gim:{1:hall}:members', 0, id);
        await redis.command('ZADD', 'gim:{1:hall}:members', 0, 'zzz', 0, 'b');
        const asks = [(query) => ada.expect(op.members, { id: 'hall', ...query }), (query) => from_http(server, ada.token, '/v1/rooms/hall/members', query)];
        for (const ask of asks) assert.deepEqual(await ids_of_pages(ask, 1), ['ada', 'b', 'zzz']);
        await redis.command('ZADD', 'gim:{2:ada:u0}:messages', 0, 'no message');
        const { items, has_more } = await ada.history('2:ada:u0');
        assert.deepEqual([items.length, has_more], [1, false]);
    }));

test('a cursor outlives the server, a session id begins again; only what is no cursor is refused', async () => {
    const first = await Server.start([]);
    const ada = await ada_writes_to(first, 4, 'hi');
    const { next } = await ada.expect(op.sessions, { limit: 2 });
    assert.deepEqual((await ada.expect(op.sessions, { after: next })).items.map((one) => one.id), ['2:ada:u1', '2:ada:u0']);
    await first.stop();
    await with_server([], async (server) => {
        const again = await ada_writes_to(server, 2, 'hi');
        const { next: newer } = await again.expect(op.sessions, { limit: 1 });
        for (const ask of Object.values(doors_of_sessions(server, again))) {
            assert.deepEqual((await ask({ after: next })).items, []);
            for (const after of ['2:ada:u3', '1:gone', '9007199254740991~1:gone', newer.replace(/~.*/, '~2:ada:zoe')]) {
                assert.deepEqual((await ask({ after })).items.map((one) => one.id), falling(2));
            }
        }
        for (const after of ['u1', '~', `${next}~`, `x${next}`, '5~3:x', '2:bob:zoe']) {
            assert.match(await again.refused(400, op.sessions, { after }), /^after: /);
            const { status, json } = await get(server, `/v1/sessions?${new URLSearchParams({ after })}`, { token: again.token });
            assert.equal(status, 400);
            assert.match(json.msg, /^after: /);
        }
    });
});

// --- at random

// To whom ada has written once.
const silent = ['silent0', 'silent1', 'silent2', 'silent3', 'silent4', 'silent5', 'silent6', 'silent7'];
const names = ['0', '1', '2', '3', '4', '5', '6', '7'];

class Changes {
    constructor(server, redis, random, ada, peers) {
        Object.assign(this, { server, redis, random, ada, peers });
    }

    #content() {
        return 'x'.repeat(this.random.below(3) === 0 ? 20_000 : 10); // a long one evicts others
    }

    async one() {
        const { random, ada } = this;
        const peer = random.any_of(this.peers);
        const member = random.any_of([ada, peer]);
        const room = random.any_of(['hall', ...names.map((n) => `r${n}`)]);
        const message = { type: 1, target_id: room, category: 'text', content: this.#content() };
        const what = random.below(10);
        if (what < 2) await ada.send_private(peer.id, this.#content());
        else if (what === 2) await peer.send_private(ada.id, this.#content());
        else if (what < 5) await random.any_of([ada, peer]).join(room);
        else if (what === 5) await peer.join('hall');
        else if (what === 6) await member.request(op.send, message); // 403: not a member
        else if (what === 7 && !(member === ada && room === 'hall')) await member.request(op.leave, { id: room });
        else if (what === 8 && room !== 'hall') await call(this.server, 'DELETE', `/v1/rooms/${room}`, { headers: key });
        else if (what === 9) await this.#expire(room);
    }

    async some() {
        for (let n = this.random.below(4); n > 0; --n) await this.one();
    }

    // As Redis does it with what nobody touches: with a private session in which nobody writes any more, and with a room
    // that everybody has left. If a session goes while it is in use, that is a loss, and its clients are closed with 4003.
    async #expire(room) {
        if (this.redis && room !== 'hall') {
            for (const client of [this.ada, ...this.peers]) await client.request(op.leave, { id: room });
            for (const session of [`1:${room}`, `2:ada:${this.random.any_of(silent)}`]) {
                await this.redis.command('DEL', `gim:{${session}}:messages`, `gim:{${session}}:head`, `gim:{${session}}:members`);
            }
        }
    }
}

const by_next = { after: (page) => ({ after: page.next }), first: {}, most: 2, place: (one) => one.updated_at };
const by_id = { ...by_next, most: 1, place: () => 0 };
const backwards = { ...by_id, after: ({ items }) => ({ before: items.at(-1).sequence }) };
const forwards = { ...by_id, first: { after: 0 }, after: ({ items }) => ({ after: items.at(-1).sequence }) };

// Every paged list at both doors. `whole` asks for all of it: no list of these tests is longer than one page.
function all_lists(server, ada) {
    const http = (path) => (query) => from_http(server, ada.token, path, query);
    const history = { 'op 203': (query) => ada.history('1:hall', query), 'GET messages': http('/v1/sessions/1:hall/messages') };
    const members = { 'op 305': (query) => ada.expect(op.members, { id: 'hall', ...query }), 'GET members': http('/v1/rooms/hall/members') };
    const kinds = [
        [doors_of_sessions(server, ada), by_next],
        [members, by_id],
        [{ 'GET /v1/rooms': http('/v1/rooms') }, by_id],
        [history, backwards],
        [history, forwards],
    ];
    return kinds.flatMap(([doors, how]) => Object.entries(doors).map(([name, ask]) => ({ name, ask, ...how })));
}

async function walk({ name, ask, after, first, most, place }, random, changes) {
    const times = new Map();
    let still;
    const look = async () => {
        const { items, has_more } = await ask({ ...first, limit: 300 });
        if (has_more) still = new Map(); // cut by its bytes: nothing can be said
        const now = new Map(items.map((one) => [one.id, place(one)]));
        still = still ? new Map([...still].filter(([id, where]) => now.get(id) === where)) : now;
    };
    const limit = 1 + random.below(4);
    let query = { ...first, limit };
    for (let pages = 1; ; ++pages) {
        assert.ok(pages < 200, `${name} runs in circles`);
        await look();
        const page = await ask(query);
        for (const { id } of page.items) times.set(id, (times.get(id) ?? 0) + 1);
        if (!page.has_more) break;
        assert.ok(page.items.length > 0, `${name}: a page is empty and says that there is more`);
        query = { ...after(page), limit };
        await changes.some();
    }
    await look();
    for (const id of still.keys()) assert.equal(times.get(id), 1, `${name}: ${id} did not move`);
    for (const [id, n] of times) assert.ok(n <= most, `${name}: ${id} came ${n} times`);
}

for (const [store, with_store] of Object.entries(stores)) {
    test(`in ${store}, pages of every list at both doors are stable under random changes`, () => {
        const seed = choose_seed();
        return with_store([`--api-key=game=${secret}`, '--history-memory=160KiB', '--session-history=40'], async (server, redis) => {
            const random = new Random(seed);
            const ada = await Client.login(server, 'ada', { form: random.any_of(['text', 'object', 'protobuf']) });
            const peers = [];
            for (const n of names) peers.push(await Client.login(server, `u${n}`));
            for (const id of silent) {
                await (await Client.login(server, id)).close();
                await ada.send_private(id, 'once');
            }
            await ada.join('hall');
            const changes = new Changes(server, redis, random, ada, peers);
            for (let i = 0; i < 40; ++i) await changes.one();
            for (const list of all_lists(server, ada)) {
                for (let i = 0; i < 5; ++i) await walk(list, random, changes);
            }
        }).catch((failure) => {
            failure.message = `GIM_SEED=${seed}: ${failure.message}`;
            throw failure;
        });
    });
}
