import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Certificate } from './support/certificate.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';
import { op } from './support/ops.mjs';
import { frame_bytes, RawWebSocket } from './support/raw.mjs';
import { sleep } from './support/time.mjs';

// The kernel holds little, so that a test need not send megabytes to each connection that does not read.
const small_buffers = '--send-buffer=16KiB';

// Some `count` things at once, but not thousands.
async function in_groups(count, make) {
    const made = [];
    while (made.length < count) {
        const size = Math.min(50, count - made.length);
        made.push(...(await Promise.all(Array.from({ length: size }, (_, i) => make(made.length + i)))));
    }
    return made;
}

async function until(reached, what, ms = 60_000) {
    const deadline = Date.now() + ms;
    while (!(await reached())) {
        if (Date.now() > deadline) throw new Error(`after ${ms} ms: ${what}`);
        await sleep(100);
    }
}

// How many members of the room have a connection.
async function online(asker, room) {
    let count = 0;
    let after;
    for (;;) {
        const page = await asker.expect(op.members, { id: room, limit: 300, ...(after ? { after } : {}) });
        count += page.items.filter((member) => member.online).length;
        if (!page.has_more) return count;
        after = page.items.at(-1).id;
    }
}

test('500 stopped readers in a room of 1,000: the others get everything in order, the stopped ones are freed', () =>
    with_server(
        [
            '--max-connections-per-address=0', '--max-handshakes=0',
            '--enable-message-sequence', '--message-push-count=4', '--message-push-duration=20ms', '--outbox-age=1s', small_buffers,
        ],
        async (server) => {
            const members = await in_groups(1000, (i) => Client.login(server, `u${i}`));
            await in_groups(1000, (i) => members[i].join('arena'));
            const healthy = members.filter((_, i) => i % 2 === 0);
            for (const stopped of members.filter((_, i) => i % 2 === 1)) stopped.socket.pause();

            // More than the buffers of the kernel at both ends hold.
            const [sender] = healthy;
            const padding = 'x'.repeat(16 * 1024);
            const count = 60;
            for (let i = 0; i < count; ++i) await sender.send_room('arena', `${i} ${padding}`);
            for (const member of healthy) {
                const items = await member.await_items(count, '1:arena');
                assert.deepEqual(items.map((item) => item.sequence), Array.from({ length: count }, (_, i) => i + 1));
                assert.ok(items.every((item, i) => item.content.startsWith(`${i} `)));
            }
            await until(async () => (await online(sender, 'arena')) === 500, 'the stopped readers are still there');
            assert.ok(healthy.every((member) => member.socket.readyState === 1), 'nobody else was cut');
            for (const member of members) member.socket.terminate();
        },
    ));

test('who was cut with 4000 reads the history behind what it has, and has no gap', () =>
    with_server(
        ['--enable-message-sequence', '--outbox-age=500ms', '--close-timeout=20s', '--log-level=debug', small_buffers],
        async (server) => {
            const ada = await Client.login(server, 'ada');
            const bob = await Client.login(server, 'bob');
            for (const client of [ada, bob]) await client.join('r');
            const { epoch } = await bob.history('1:r', { limit: 1 });
            const padding = 'x'.repeat(16 * 1024);
            const count = 60;
            bob.socket.pause();
            for (let i = 0; i < count; ++i) await ada.send_room('r', `${i} ${padding}`);
            await server.process.line(/closing with 4000/);
            bob.socket.resume();
            const { code, reason } = await bob.end();
            assert.equal(code, 4000);
            assert.match(reason, /too slowly.*history/);

            const seen = bob.items('1:r').map((item) => item.sequence);
            assert.ok(seen.length < count, 'something is missing');
            const again = await Client.login(server, 'bob');
            for (;;) {
                const page = await again.history('1:r', { after: seen.at(-1) ?? 0, limit: 300 });
                assert.equal(page.epoch, epoch);
                seen.push(...page.items.map((item) => item.sequence));
                if (!page.has_more) break;
            }
            assert.deepEqual(seen, Array.from({ length: count }, (_, i) => i + 1));
        },
    ));

test('a stopped reader that goes on sending is cut as well', () =>
    with_server(['--outbox-age=500ms', small_buffers], async (server) => {
        const ada = await Client.login(server, 'ada');
        await ada.join('r');
        const stopped = await RawWebSocket.connect(server);
        stopped.text({ op: op.login, seq: 1, body: { id: 'stopped' } });
        stopped.text({ op: op.join, seq: 2, body: { id: 'r' } });
        await stopped.await_frame(({ payload }) => String(payload).includes('"seq":2'), 'the reply to the join');
        for (let i = 0; i < 10; ++i) await ada.send_room('r', 'x'.repeat(32 * 1024));
        stopped.raw.socket.pause();
        const chatter = setInterval(() => {
            stopped.raw.socket.write(frame_bytes(1, JSON.stringify({ op: op.history, body: { session_id: '1:r', limit: 10 } })));
            stopped.raw.socket.write(frame_bytes(9, 'ping'));
        }, 20);
        try {
            await until(async () => (await online(ada, 'r')) === 1, 'it is still there', 20_000);
        } finally {
            clearInterval(chatter);
            stopped.raw.destroy();
        }
    }));

test('latest: who is behind skips packets, and the next one tells how many messages', () =>
    with_server(
        ['--message-push-count=10', '--message-push-duration=1ms', '--outbox-soft=64KiB', '--outbox-age=0', small_buffers],
        async (server) => {
            const ada = await Client.login(server, 'ada');
            const bob = await Client.login(server, 'bob');
            for (const client of [ada, bob]) await client.join('r');
            const padding = 'x'.repeat(8 * 1024);
            const count = 100;
            bob.socket.pause();
            for (let i = 0; i < count; ++i) {
                await ada.send_room('r', `${i} ${padding}`);
                await sleep(2); // its own packet, mostly
            }
            bob.socket.resume();
            // What is pending is read; then it is no longer behind.
            const told = (client) => client.packets.reduce((sum, p) => sum + p.items.length + (p.skipped ?? 0), 0);
            let sent = count;
            await until(async () => {
                await ada.send_room('r', `${sent++}`);
                return told(bob) > count;
            }, 'bob does not catch up');
            await bob.until(() => told(bob) === sent, 'all messages are told of');
            assert.ok(bob.packets.some((packet) => packet.skipped > 20), 'packets were skipped');
            const order = bob.contents('1:r').map((content) => Number.parseInt(content));
            assert.deepEqual(order, [...order].sort((a, b) => a - b));
            await ada.until(() => told(ada) === sent, 'the sender is told of all');
            assert.ok(ada.items('1:r').length > bob.items('1:r').length, 'the healthy one saw more');
        },
    ));

// --- A reader is judged by what it reads, never by what the server queues at once. Escapes make U+0001 seven times as long in
// a JSON string body, quotes four times.
const worst = '\u0001'.repeat(32_768);
const quotes = '"'.repeat(32_768);

async function with_readers(flags, body) {
    const certificate = new Certificate('localhost');
    try {
        await with_server([...certificate.flags, '--enable-message-sequence=true', '--compression', ...flags], async (server) => {
            const login = (id, form, more = {}) =>
                Client.login(server, id, {
                    form,
                    url: `wss://127.0.0.1:${server.gateway_port}/ws`,
                    socket: { ca: certificate.ca, ...more },
                });
            const readers = [
                await login('text', 'text'),
                await login('object', 'object'),
                await login('protobuf', 'protobuf'),
                await login('deflated', 'text', { perMessageDeflate: true }),
            ];
            await body(readers, await login('sender', 'protobuf'));
        });
    } finally {
        certificate.remove();
    }
}

// 2 MB of escaped content are parsed in some ms, but the machine may be busy.
const long = 60_000;
const arrive = (client, count) => client.until(() => client.items().length >= count, `${count} messages for ${client.id}`, long);

for (const hard of ['1MiB', '128KiB']) {
    test(`a flooding member hurts nobody who reads, in any form, over TLS (--outbox-hard=${hard})`, () =>
        with_readers([`--outbox-hard=${hard}`, '--message-push-count=100'], async (readers, sender) => {
            for (const client of [...readers, sender]) await client.join('r');
            const contents = [...Array(5).fill(worst), ...Array(9).fill(quotes), ...Array(60).fill('x'.repeat(32_768))];
            await Promise.all(contents.map((content) => sender.send_room('r', content)));
            for (const reader of readers) {
                await arrive(reader, contents.length);
                assert.deepEqual(reader.items().map((item) => item.sequence), contents.map((_, i) => i + 1));
                assert.equal(reader.items().filter((item) => item.content === worst).length, 5);
            }
            for (const client of [...readers, sender]) await client.expect(op.heartbeat, {});
        }));

    test(`100 private messages at once reach who reads, and so does any page (--outbox-hard=${hard})`, () =>
        with_readers([`--outbox-hard=${hard}`], async (readers, sender) => {
            const [text] = readers;
            await Promise.all(Array.from({ length: 100 }, () => sender.send_private('text', worst)));
            await arrive(text, 100);
            // Three of the worst fill a page.
            for (const reader of readers.slice(1)) {
                for (let i = 0; i < 3; ++i) await sender.send_private(reader.id, worst);
                await arrive(reader, 3);
            }
            for (const reader of readers) {
                const asked = Array.from({ length: 10 }, () => reader.history('2:sender:' + reader.id, { limit: 300 }));
                for (const page of await Promise.all(asked)) {
                    assert.equal(page.items.length, 3);
                    assert.ok(page.items.every((item) => item.content === worst));
                }
            }
        }));
}

test('what waits for all stays within --max-memory, those that stopped go first, and who reads gets everything', () =>
    with_server(
        ['--max-memory=16MiB', '--outbox-age=0', '--outbox-hard=64MiB', '--close-timeout=100ms', small_buffers],
        async (server) => {
            const reader = await Client.login(server, 'reader');
            const sender = await Client.login(server, 'sender', { form: 'protobuf' });
            const stopped = await in_groups(20, (i) => Client.login(server, `stopped-${i}`));
            for (const client of stopped) client.socket.pause();
            const waiting = async () => {
                const text = await (await fetch(`http://127.0.0.1:${server.api_port}/metrics`)).text();
                return Number(/^gim_waiting_bytes (\S+)$/m.exec(text)[1]);
            };
            let most = 0;
            let refused = 0;
            let sent = 0;
            for (let i = 0; i < 300; ++i) {
                const to = i % 10 === 9 ? 'reader' : `stopped-${i % 20}`;
                const body = { type: 2, target_id: to, category: 'text', content: worst };
                const { code } = await sender.request(op.send, body);
                assert.ok(code === 0 || code === 503, `${code}`);
                refused += code === 503 ? 1 : 0;
                sent += code === 0 && to === 'reader' ? 1 : 0;
                if (code === 503) await sleep(20);
                if (i % 5 === 0) most = Math.max(most, await waiting());
            }
            await arrive(reader, sent);
            // One message more may come to it than fits: 230 KB, twice for both parties.
            assert.ok(most <= 17 * 1024 * 1024, `${most} bytes waited`);
            assert.ok(most > 8 * 1024 * 1024, `${most} bytes waited: it was not tried`);
            const counters = await (await fetch(`http://127.0.0.1:${server.api_port}/metrics`)).text();
            assert.match(counters, /^gim_outbox_cuts_total\{reason="memory"\} [1-9]/m);
            assert.ok(refused < 200, `${refused} of 300 refused`);
            await reader.expect(op.heartbeat, {});
            for (const client of stopped) client.socket.terminate();
        },
    ));
