// Those who take their time.
import { setTimeout as sleep } from 'node:timers/promises';
import { codes_of, opcode, Peer } from './peer.mjs';

const crowd = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));
const count_true = (all) => all.filter(Boolean).length;

// Each writes a byte now and then until it is cut; gives how many were.
async function drip(peers, bytes, ms) {
    const timer = setInterval(() => peers.forEach((peer) => peer.is_closed || peer.write(bytes)), 100);
    const cut = count_true(await Promise.all(peers.map((peer) => peer.is_cut(ms))));
    clearInterval(timer);
    return cut;
}

export async function dripping_headers({ gateway_port, api_port }) {
    const peers = await crowd(200, (i) => Peer.connect(i % 2 ? api_port : gateway_port));
    peers.forEach((peer) => peer.write('GET / HTTP/1.1\r\nX-A: '));
    const cut = await drip(peers, 'a', 20_000);
    return { sent: '200 heads, a byte each 100 ms', sockets: 200, cut };
}

export async function mute_sockets({ gateway_port }) {
    const peers = await crowd(200, () => Peer.upgraded(gateway_port));
    const cut = count_true(await Promise.all(peers.map((peer) => peer.is_cut(40_000))));
    return { sent: '200 upgrades without a login', sockets: 200, cut, codes: codes_of(peers) };
}

export async function half_open_closes({ gateway_port, seconds }) {
    const peers = await crowd(100, (i) => Peer.logged_in(gateway_port, `half-${i}`, { stays_open: true }));
    peers.forEach((peer) => peer.socket.end());
    const cut = count_true(await Promise.all(peers.map((peer) => peer.is_cut(20_000))));
    await sleep(seconds * 500);
    return { sent: '100 ends of a stream, the other way left open', sockets: 100, cut };
}

// They are told to go, do not answer, and go on talking.
export async function slow_close_handshakes({ gateway_port }) {
    const peers = await crowd(100, (i) => Peer.logged_in(gateway_port, `slow-${i}`, { stays_open: true }));
    peers.forEach((peer) => peer.frame(3, 'an unknown opcode'));
    await Promise.all(peers.map((peer) => peer.until(() => peer.code !== undefined)));
    const timer = setInterval(() => peers.forEach((peer) => peer.is_closed || peer.frame(opcode.ping, 'still here')), 100);
    const closed = (peer) => Promise.race([peer.closed.then(() => true), sleep(20_000, false)]);
    const cut = count_true(await Promise.all(peers.map(closed)));
    clearInterval(timer);
    peers.forEach((peer) => peer.socket.destroy());
    return { sent: '100 closes not answered, pings instead', sockets: 100, cut, codes: codes_of(peers) };
}
