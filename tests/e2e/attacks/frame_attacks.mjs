// Bytes that are no good frames.
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { frame_bytes } from '../support/raw.mjs';
import { codes_of, lanes, opcode, Peer, unless_refused } from './peer.mjs';

// Attackers who log in, do their worst until they are cut, and come again.
async function again_and_again({ gateway_port, until }, name, attack, options) {
    const peers = [];
    let cut = 0;
    await lanes(8, until, async (lane, round) => {
        const peer = await unless_refused(Peer.logged_in(gateway_port, `${name}-${lane}`, options));
        if (!peer) return;
        peers.push(peer);
        await attack(peer, round);
        // Who hears that he is closed ends his side, as most do; slow_attacks.mjs has those who do not.
        await Promise.race([peer.told, peer.ended]);
        peer.socket.end();
        if (await peer.is_cut(20_000)) ++cut;
    });
    return { sockets: peers.length, cut, codes: codes_of(peers) };
}

export async function giant_frames(target) {
    const declared = [2n ** 31n, 2n ** 32n, 2n ** 62n, 2n ** 63n];
    const body = Buffer.alloc(16 * 1024, 'x');
    const seen = await again_and_again(target, 'giant', (peer, round) => {
        peer.frame(round % 2 ? opcode.text : opcode.binary, body, { declared: declared[round % 4] });
    });
    return { sent: `${seen.sockets} frames that declare 2^31 to 2^63 bytes`, ...seen };
}

export async function endless_empty_fragments(target) {
    const many = Buffer.concat(Array.from({ length: 100 }, () => frame_bytes(opcode.more, '', { fin: false })));
    const seen = await again_and_again(target, 'empty', (peer) => {
        peer.frame(opcode.text, '', { fin: false });
        peer.write(many);
    });
    return { sent: `${seen.sockets} times 100 empty fragments`, ...seen };
}

export async function undecodable_floods(target) {
    const nonsense = Buffer.concat(Array.from({ length: 100 }, () => frame_bytes(opcode.text, 'nonsense')));
    const seen = await again_and_again(target, 'nonsense', (peer) => peer.write(nonsense));
    return { sent: `${seen.sockets} times 100 frames of nonsense`, ...seen };
}

// Compressed messages: some KiB that say 48 MiB, and such as are cut off.
export async function zip_bombs(target) {
    const packed = (bytes, level) => deflateRawSync(bytes, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const bomb = packed(Buffer.alloc(48 * 1024 * 1024, 'x'), 9);
    const noise = packed(randomBytes(60_000), 9);
    const options = { more: 'Sec-WebSocket-Extensions: permessage-deflate\r\n' };
    const seen = await again_and_again(
        target,
        'bomb',
        (peer, round) => {
            if (round % 2) peer.frame(opcode.binary, noise.subarray(0, noise.length - 9), { rsv: 4 });
            else peer.frame(opcode.binary, bomb, { rsv: 4 });
        },
        options,
    );
    return { sent: `${seen.sockets} messages of ${Math.round(bomb.length / 1024)} KiB that say 48 MiB, or are cut off`, ...seen };
}

// Random bytes on both ports, as they are and behind an upgrade; most leave in the middle.
export async function garbage({ gateway_port, api_port, until }) {
    let sockets = 0;
    let bytes = 0;
    await lanes(8, until, async (lane, round) => {
        const connect = [() => Peer.connect(gateway_port), () => Peer.connect(api_port), () => Peer.upgraded(gateway_port)];
        const peer = await unless_refused(connect[round % 3]());
        if (!peer) return;
        const junk = randomBytes(1 + Math.floor(Math.random() * 4096));
        if (round % 4 === 0) junk[0] = 0x82; // a first byte that is fine
        peer.write(junk);
        ++sockets;
        bytes += junk.length;
        if (round % 2) await new Promise(setImmediate);
        if (round % 5 === 0) peer.socket.resetAndDestroy();
        else await peer.is_cut(20);
    });
    return { sent: `${sockets} sockets, ${bytes} random bytes`, sockets };
}
