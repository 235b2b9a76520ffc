// Those who do not read what they asked for.
import { setTimeout as sleep } from 'node:timers/promises';
import { frame_bytes } from '../support/raw.mjs';
import { codes_of, opcode, Peer } from './peer.mjs';

const large = 'x'.repeat(32 * 1024);
const count_true = (all) => all.filter(Boolean).length;
const is_gone = (peer) => Promise.race([peer.closed.then(() => true), sleep(30_000, false)]);

// In a room where others send much. In the end they read what was left for them: the news that they were too slow.
export async function stopped_readers({ gateway_port, until }) {
    const readers = await Promise.all(Array.from({ length: 8 }, (_, i) => Peer.logged_in(gateway_port, `reader-${i}`)));
    const senders = await Promise.all(Array.from({ length: 8 }, (_, i) => Peer.logged_in(gateway_port, `sender-${i}`)));
    [...readers, ...senders].forEach((peer) => peer.ask(301, { id: 'loud' }));
    await sleep(200);
    readers.forEach((peer) => peer.socket.pause());
    const send = frame_bytes(opcode.text, JSON.stringify({ op: 201, body: { type: 1, target_id: 'loud', content: large } }));
    const wait_ms = 25; // 40 a second, each
    let sent = 0;
    // What a socket holds beside the outbox is up to 10 MB, which must be filled first, however slow the machine is.
    const enough = 500;
    const last = Date.now() + 30_000;
    for (const end = Math.max(until, Date.now() + 3000); Date.now() < end || (sent < enough && Date.now() < last); await sleep(wait_ms)) {
        for (const peer of senders) {
            if (!peer.socket.writableNeedDrain) sent += peer.write(send) ? 1 : 0;
        }
    }
    senders.forEach((peer) => peer.socket.destroy());
    readers.forEach((peer) => peer.socket.resume());
    const cut = count_true(await Promise.all(readers.map(is_gone)));
    return { sent: `${sent} messages of 32 KiB to 8 who do not read`, sockets: 8, cut, codes: codes_of(readers) };
}

// Each asks for pages of history and pings, for ever, and reads none of the answers.
export async function stopped_readers_that_send({ gateway_port, until }) {
    const readers = await Promise.all(Array.from({ length: 8 }, (_, i) => Peer.logged_in(gateway_port, `asking-${i}`)));
    for (const peer of readers) {
        peer.ask(301, { id: 'pages' });
        peer.frame(opcode.text, JSON.stringify({ op: 201, body: { type: 1, target_id: 'pages', content: large } }));
    }
    await sleep(300);
    readers.forEach((peer) => peer.socket.pause());
    const ask = frame_bytes(opcode.text, '{"op":203,"seq":1,"body":{"session_id":"1:pages","limit":300}}');
    const both = Buffer.concat([ask, frame_bytes(opcode.ping, 'x'.repeat(125))]);
    // A paused socket does not say that it was closed, but writing to it does.
    await Promise.all(readers.map((peer) => peer.flood(() => both, Math.max(until, Date.now() + 3000))));
    readers.forEach((peer) => peer.socket.resume());
    const cut = count_true(await Promise.all(readers.map(is_gone)));
    return { sent: 'pages of history and pings to 8 who do not read', sockets: 8, cut, codes: codes_of(readers) };
}
