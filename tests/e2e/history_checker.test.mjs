// The checker of histories finds what is wrong with them, and nothing in what a real server does.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check } from './support/history_checker.mjs';
import { HistoryLog } from './support/history_log.mjs';
import { with_history, with_traffic } from './support/history_traffic.mjs';
import { with_nodes } from './support/nodes.mjs';

// A history by hand: ada (c1, c3) and bob (c2) in a room, three messages of ada's, of which each is pushed all.
// `change` is done to the events before they are checked.
class Story extends HistoryLog {
    top = 0; // the highest sequence that was promised
    static room = '1:r';
    static private = '2:ada:bob';

    login(connection, user, device = `device of ${connection}`, node = 'n') {
        this.add('login', { connection, device, user, node });
    }

    join(user, session = Story.room, connection = undefined) {
        this.add('joining', { user, session });
        this.add('join', { connection, user, session });
    }

    // Bob comes to another node with a second device, c3, leaves there and joins again; a message is sent `ms` later.
    joined_elsewhere(ms, { node = 'other', meanwhile = () => {} } = {}) {
        this.login('c3', 'bob', 'device of c3', node);
        this.leave('c3', 'bob');
        this.join('bob', Story.room, 'c3');
        const joined = this.events.at(-1);
        meanwhile();
        this.accepted(1);
        this.events.at(-2).ms = joined.ms + ms;
        for (const connection of ['c1', 'c3']) this.pushed(connection, [1]);
    }

    leave(connection, user, session = Story.room) {
        this.add('leaving', { user, session });
        this.add('left', { connection, user, session });
    }

    // What a message is called and where it is follows from its number.
    item(n, more = {}) {
        return { id: `id${n}`, sequence: n, sender: { id: 'ada' }, content: `m${n}`, created_at: 1000 + n, ...more };
    }

    send(n, connection = 'c1', { session = Story.room, user = 'ada', ...more } = {}) {
        const request = this.name('r');
        this.add('send', { request, connection, user, session, content: `m${n}`, ...more });
        return request;
    }

    answer(request, n, code = 0, more = {}) {
        const given = code === 0 ? { id: `id${n}`, sequence: n } : {};
        if (code === 0) this.top = Math.max(this.top, n);
        this.add('answer', { request, took_ms: 1, code, msg: '', ...given, is_sure: code !== null && code < 500, ...more });
    }

    accepted(n, connection, more) {
        this.answer(this.send(n, connection, more), n);
    }

    pushed(connection, numbers, { session = Story.room, skipped = 0, ...more } = {}) {
        this.push(connection, { session: { id: session }, skipped, items: numbers.map((n) => this.item(n, more)) });
    }

    page(connection, numbers, { session = Story.room, after = 0, epoch = 'e', top_sequence = this.top, begun, ...more } = {}) {
        const items = numbers.map((n) => this.item(n, more));
        this.history(connection, session, begun ?? this.events.length, { after }, { epoch, top_sequence, items });
    }

    closed(connection, code = 1006) {
        this.add('closed', { connection, code });
    }
}

function two_in_a_room(mode = 'full') {
    const story = new Story({ mode });
    story.login('c1', 'ada');
    story.login('c2', 'bob');
    story.join('ada');
    story.join('bob');
    return story;
}

// The rules that it breaks, each once.
const broken = (story) => [...new Set(check(story.events).violations.map(({ rule }) => rule))];

// name: [what happens, the rules that this breaks]
const stories = {
    'nothing happens': [() => {}, []],
    'all get all': [
        (s) => {
            s.accepted(1);
            s.pushed('c1', [1]);
            s.accepted(2);
            s.accepted(3);
            s.pushed('c1', [2, 3]);
            s.pushed('c2', [1, 2, 3]);
            s.page('c2', [2, 3], { after: 1 });
        },
        [],
    ],

    // order
    'a gap in the middle': [(s) => { [1, 2, 3].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2, 3]); s.pushed('c2', [1]); s.pushed('c2', [3]); s.page('c2', [2]); }, ['order']],
    'a gap within a packet': [(s) => { [1, 2, 3].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2, 3]); s.pushed('c2', [1, 3]); s.page('c2', [2]); }, ['order']],
    'the wrong order': [(s) => { [1, 2].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2]); s.pushed('c2', [2]); s.pushed('c2', [1]); }, ['order']],
    'a message twice on a connection': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1]); s.pushed('c2', [1]); }, ['order']],
    'no sequence in full mode': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { sequence: undefined }); }, ['order']],
    'a gap over a close, read later': [
        (s) => {
            s.login('c3', 'bob', 'device of c2');
            s.accepted(1);
            s.pushed('c2', [1]);
            s.closed('c2', 4003);
            s.accepted(2);
            s.accepted(3);
            s.page('c3', [2], { after: 1, top_sequence: 3 });
            s.pushed('c3', [3]);
            s.pushed('c1', [1, 2, 3]);
        },
        [],
    ],
    'a gap while away': [
        (s) => {
            s.accepted(1);
            s.pushed('c1', [1]);
            s.pushed('c2', [1]);
            s.leave('c2', 'bob');
            s.accepted(2);
            s.join('bob');
            s.accepted(3);
            s.pushed('c1', [2, 3]);
            s.pushed('c2', [3]);
        },
        [],
    ],
    'own private messages are not pushed to where they come from': [
        (s) => {
            const session = Story.private;
            s.accepted(1, 'c1', { session });
            s.answer(s.send(2, 'c2', { session, user: 'bob' }), 2);
            s.accepted(3, 'c1', { session });
            s.pushed('c2', [1, 3], { session });
            s.pushed('c1', [2], { session, sender: { id: 'bob' } });
        },
        [],
    ],
    'a private message of which the sender was told nothing': [
        (s) => {
            const session = Story.private;
            s.answer(s.send(1, 'c2', { session, user: 'bob' }), 1);
            s.pushed('c1', [1], { session, sender: { id: 'bob' } });
            s.answer(s.send(2, 'c1', { session }), 2, 503);
            s.answer(s.send(3, 'c2', { session, user: 'bob' }), 3);
            s.pushed('c1', [3], { session, sender: { id: 'bob' } });
        },
        [],
    ],
    'a gap in a private session': [
        (s) => {
            const session = Story.private;
            [1, 2, 3].forEach((n) => s.accepted(n, 'c1', { session }));
            s.pushed('c2', [1], { session });
            s.pushed('c2', [3], { session });
            s.page('c2', [2], { session });
        },
        ['order'],
    ],

    // identity
    'one sequence, two messages': [(s) => { s.accepted(1); s.accepted(2); s.pushed('c1', [1, 2]); s.page('c1', [1, 2]); s.page('c2', [1]); s.pushed('c2', [2], { sequence: 1 }); }, ['identity']],
    'one message, two sequences': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { sequence: 2 }); }, ['identity']],
    'promised another sequence': [(s) => { s.answer(s.send(1), 1, 0, { sequence: 2 }); s.pushed('c1', [1]); s.pushed('c2', [1]); }, ['identity']],
    'a message with two times': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { created_at: 5 }); }, ['identity']],
    'the same numbers in another epoch': [
        (s) => {
            s.accepted(1);
            s.pushed('c1', [1]);
            s.pushed('c2', [1]);
            s.page('c1', [1]);
            s.page('c2', [1]);
            s.add('emptied');
            s.closed('c1', 4003);
            s.closed('c2', 4003);
            s.login('c3', 'ada', 'device of c1');
            s.page('c3', [], { epoch: 'f', top_sequence: 0 });
            s.join('ada');
            s.answer(s.send(2, 'c3'), 2, 0, { sequence: 1 });
            s.pushed('c3', [2], { sequence: 1 });
        },
        [],
    ],

    // requests
    'content that nobody sent': [(s) => { s.pushed('c1', [1]); s.pushed('c2', [1]); }, ['requests']],
    'content that was changed': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { content: 'm1!' }); }, ['identity', 'requests']],
    'another sender': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { sender: { id: 'eve' } }); }, ['identity', 'requests']],
    'in another session': [(s) => { s.join('bob', '1:q'); s.accepted(1); s.pushed('c1', [1]); s.pushed('c2', [1], { session: '1:q' }); }, ['identity', 'requests']],
    'refused, and there': [(s) => { s.answer(s.send(1), 1, 403); s.pushed('c2', [1]); }, ['requests']],
    'refused for sure with 503, and there': [(s) => { s.answer(s.send(1), 1, 503, { is_sure: true }); s.pushed('c2', [1]); }, ['requests']],
    'told 503, and there': [(s) => { s.answer(s.send(1), 1, 503); s.pushed('c2', [1]); }, []],
    'a copy is one message': [
        (s) => {
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1, null);
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1, 503);
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1);
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1);
            s.pushed('c1', [1]);
            s.pushed('c2', [1]);
        },
        [],
    ],
    'a copy is promised another message': [
        (s) => {
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1);
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 2);
            for (const c of ['c1', 'c2']) s.pushed(c, [1]), s.pushed(c, [2], { content: 'm1' });
        },
        ['requests'],
    ],
    'a copy after no answer is another message': [
        (s) => {
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 1, null);
            s.answer(s.send(1, 'c1', { request_id: 'q' }), 2);
            for (const c of ['c1', 'c2']) s.pushed(c, [1]), s.pushed(c, [2], { content: 'm1' });
        },
        ['requests'],
    ],

    // receivers
    'a stranger hears a room': [(s) => { s.login('c3', 'eve'); s.accepted(1); ['c1', 'c2', 'c3'].forEach((c) => s.pushed(c, [1])); }, ['receivers']],
    'a stranger hears a private message': [(s) => { const session = Story.private; s.login('c3', 'eve'); s.accepted(1, 'c1', { session }); s.pushed('c2', [1], { session }); s.pushed('c3', [1], { session }); }, ['receivers']],
    'who has left hears': [
        (s) => {
            s.leave('c2', 'bob');
            s.accepted(1);
            s.pushed('c1', [1]);
            s.pushed('c2', [1]);
        },
        ['receivers'],
    ],

    'another device of who has left hears what was under way': [(s) => { s.login('c3', 'bob'); s.leave('c3', 'bob'); s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); }, []],
    'another device of who has left hears more': [(s) => { s.login('c3', 'bob'); s.leave('c3', 'bob'); s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); s.events.at(-1).ms += 2000; }, ['receivers']],

    // promises
    'a member never sees it': [(s) => { s.accepted(1); s.pushed('c1', [1]); }, ['promises']],
    'the sender never sees it in the room': [(s) => { s.accepted(1); s.pushed('c2', [1]); }, ['promises']],
    'the last of several is lost': [(s) => { [1, 2].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2]); s.pushed('c2', [1]); }, ['promises']],
    'a receiver never sees a private message': [(s) => s.accepted(1, 'c1', { session: Story.private }), ['promises']],
    'the second device of the sender never sees a private message': [(s) => { const session = Story.private; s.login('c3', 'ada'); s.accepted(1, 'c1', { session }); s.pushed('c2', [1], { session }); }, ['promises']],
    'found in the history': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.page('c2', [1]); }, []],
    'who comes back never sees it': [(s) => { s.closed('c2'); s.accepted(1); s.pushed('c1', [1]); s.login('c3', 'bob', 'device of c2'); }, ['promises']],
    'who is gone need not see it': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.closed('c2'); }, []],
    'who has left need not see it': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.add('leaving', { user: 'bob', session: Story.room }); }, []],
    'who joins meanwhile need not see it': [(s) => { s.login('c3', 'eve'); const r = s.send(1); s.join('eve'); s.answer(r, 1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); }, []],
    'who logs in meanwhile need not see it': [(s) => { const r = s.send(1); s.login('c3', 'bob'); s.answer(r, 1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); }, []],
    'accepted only at the second try, and never seen': [(s) => { s.answer(s.send(1, 'c1', { request_id: 'q' }), 1, 503); s.answer(s.send(1, 'c1', { request_id: 'q' }), 1); s.pushed('c1', [1]); }, ['promises']],
    'a device need not see it that cannot have heard of a join on another node': [(s) => s.joined_elsewhere(500), []],
    'a device never sees it long after a join on another node': [(s) => s.joined_elsewhere(2000), ['promises']],
    'a device never sees it that is on the node of the join': [(s) => s.joined_elsewhere(500, { node: 'n' }), ['promises']],
    'a device never sees it that came after a join on another node': [(s) => { s.closed('c2'); s.joined_elsewhere(500, { meanwhile: () => s.login('c4', 'bob', 'device of c2') }); }, ['promises']],
    'emptied, so none of it is owed': [(s) => { s.accepted(1); s.pushed('c1', [1]); s.add('emptied'); }, []],

    // pages
    'a page with a gap': [(s) => { [1, 2, 3].forEach((n) => s.accepted(n)); ['c1', 'c2'].forEach((c) => s.pushed(c, [1, 2, 3])); s.page('c2', [1, 3]); }, ['pages']],
    'a page in the wrong order': [(s) => { [1, 2].forEach((n) => s.accepted(n)); ['c1', 'c2'].forEach((c) => s.pushed(c, [1, 2])); s.page('c2', [2, 1]); }, ['pages']],
    'a page above its top': [(s) => { s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); s.page('c2', [1], { top_sequence: 0 }); }, ['pages']],
    'a page with what was not asked for': [(s) => { s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); s.page('c2', [1], { after: 1 }); }, ['pages']],
    'a page that knows less than was promised': [(s) => { s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); s.page('c2', [], { top_sequence: 0 }); }, ['pages']],
    'a page that was asked for before': [(s) => { const begun = s.events.length; s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); s.page('c2', [], { begun, top_sequence: 0 }); }, []],

    // epochs, time
    'an epoch that changes in silence': [(s) => { s.page('c1', []); s.page('c1', [], { epoch: 'f' }); }, ['epochs']],
    'an epoch that is learnt before the close that tells of it': [(s) => { s.page('c1', []); s.add('emptied'); s.page('c1', [], { epoch: 'f' }); s.closed('c1', 4003); }, []],
    'an epoch that is learnt, and no close': [(s) => { s.page('c1', []); s.add('emptied'); s.page('c1', [], { epoch: 'f' }); }, ['epochs']],
    'time runs backwards': [(s) => { [1, 2].forEach((n) => s.accepted(n)); for (const c of ['c1', 'c2']) s.pushed(c, [1]), s.pushed(c, [2], { created_at: 900 }); }, ['time']],

    // the log itself
    'a log that sends one content twice': [(s) => { s.accepted(1); s.accepted(1); ['c1', 'c2'].forEach((c) => s.pushed(c, [1])); }, ['log']],
    'a log with a connection that never logged in': [(s) => s.pushed('c9', [1]), ['log']],
    'a log with an answer to nothing': [(s) => s.answer('r9', 1), ['log']],
    'a log with an unknown event': [(s) => s.add('exploded'), ['log']],
};

// In latest mode pushes carry no sequences; those come from the answers.
const latest = { sequence: undefined };
const latest_stories = {
    'told of what was skipped': [(s) => { [1, 2, 3, 4].forEach((n) => s.accepted(n)); for (const c of ['c1', 'c2']) s.pushed(c, [1], latest), s.pushed(c, [4], { skipped: 2, ...latest }); }, []],
    'told of too few': [(s) => { [1, 2, 3, 4].forEach((n) => s.accepted(n)); for (const c of ['c1', 'c2']) s.pushed(c, [1], latest), s.pushed(c, [4], { skipped: 1, ...latest }); }, ['order']],
    'told of too many': [(s) => { [1, 2].forEach((n) => s.accepted(n)); for (const c of ['c1', 'c2']) s.pushed(c, [1], latest), s.pushed(c, [2], { skipped: 1, ...latest }); }, ['order']],
    'the wrong order': [(s) => { [1, 2].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2], latest); s.pushed('c2', [2, 1], latest); }, ['order']],
    'the newest never comes': [(s) => { [1, 2].forEach((n) => s.accepted(n)); s.pushed('c1', [1, 2], latest); s.pushed('c2', [1], latest); }, ['promises']],
    'a private message without a sequence': [(s) => { const session = Story.private; s.accepted(1, 'c1', { session }); s.pushed('c2', [1], { session, ...latest }); }, ['order']],
};

for (const [mode, all] of Object.entries({ full: stories, latest: latest_stories })) {
    for (const [name, [happens, expected]] of Object.entries(all)) {
        test(`${mode}: ${name}: ${expected.join(', ') || 'nothing wrong'}`, () => {
            const story = two_in_a_room(mode);
            happens(story);
            assert.deepEqual(broken(story).sort(), [...expected].sort(), JSON.stringify(check(story.events).violations, null, 1));
        });
    }
}

test('as a program it tells what it found, and the seed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gim-checker-'));
    try {
        const checker = fileURLToPath(new URL('support/history_checker.mjs', import.meta.url));
        const run = (path) => spawnSync(process.execPath, [checker, path], { encoding: 'utf8' });
        const story = two_in_a_room();
        story.accepted(1);
        story.pushed('c1', [1]);
        story.write(join(folder, 'bad'));
        const bad = run(join(folder, 'bad'));
        assert.equal(bad.status, 1);
        assert.match(bad.stdout, /^seed 0, devices 2, connections 2, closed 0, messages 1, accepted 1, refused 0, copies 0, pushed 1, read 0\npromises: device of c2 of bob has never seen id1 "m1" in 1:r, promised to ada\n$/);
        story.pushed('c2', [1]);
        story.write(join(folder, 'good'));
        assert.equal(execFileSync(process.execPath, [checker, join(folder, 'good')], { encoding: 'utf8' }).split('\n').length, 2);
        writeFileSync(join(folder, 'none'), 'no log\n');
        for (const name of ['none', 'absent']) assert.equal(run(join(folder, name)).status, 2);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

const keep_all = ['--session-history=1000000', '--gateway-worker=4'];

// What a real history would be if one push of a room, in the middle of others on its connection, had gone wrong.
function spoilt(events, random, spoil) {
    const pushes = events.map((event, at) => ({ at, ...event })).filter(({ event, session }) => event === 'push' && session.startsWith('1:'));
    for (;;) {
        const { at, connection, session, items } = random.any_of(pushes);
        const same = pushes.filter((one) => one.connection === connection && one.session === session);
        const [before, , after] = same.slice(Math.max(0, same.findIndex((one) => one.at === at) - 1));
        const is_whole = before?.items.at(-1).sequence + 1 === items[0].sequence && items.at(-1).sequence + 1 === after?.items[0].sequence;
        const has_left = events.slice(before?.at, after?.at).some(({ event, user }) => event === 'leaving' && user !== undefined);
        if (is_whole && !has_left) return spoil(events, at);
    }
}

const spoilings = {
    'is not there': (events, at) => [...events.slice(0, at), ...events.slice(at + 1)],
    'comes twice': (events, at) => [...events.slice(0, at), events[at], ...events.slice(at)],
    'comes later': (events, at) => [...events.slice(0, at), ...events.slice(at + 1), events[at]],
    'has another id': (events, at) => {
        const items = events[at].items.map((item) => ({ ...item, id: `${item.id}!` }));
        return [...events.slice(0, at), { ...events[at], items }, ...events.slice(at + 1)];
    },
};

for (const mode of ['full', 'latest']) {
    test(`a server in memory, ${mode} mode, under load: nothing wrong`, () =>
        with_history(async (log, random) => {
            const flags = [...keep_all, `--enable-message-sequence=${mode === 'full'}`, '--message-push-duration=20ms', '--message-push-count=5'];
            await with_nodes(1, undefined, flags, async (nodes) => {
                const options = { users: 15, devices_of_each: 2, pause_ms: 20 };
                const counts = await with_traffic(log, random, nodes.picker(), options, (traffic) => traffic.more(1000));
                assert.ok(counts.accepted >= 1000 && counts.pushed > 5000 && counts.closed > 0, JSON.stringify(counts));
                if (mode === 'latest') return;
                for (const [what, spoil] of Object.entries(spoilings)) {
                    const { violations } = check(spoilt(log.events, random, spoil));
                    assert.ok(violations.length > 0, `a push that ${what} is not found`);
                }
            });
        }, { mode }));
}
