// Good frames of requests that are not meant well.
import { frame_bytes } from '../support/raw.mjs';
import { codes_of, lanes, opcode, Peer, unless_refused } from './peer.mjs';

async function repeated({ gateway_port, until }, name, kind, payloads) {
    const frames = payloads.map((payload) => frame_bytes(kind, payload));
    const peers = [];
    await lanes(4, until, async (lane) => {
        const peer = await unless_refused(Peer.logged_in(gateway_port, `${name}-${lane}`));
        if (!peer) return;
        peers.push(peer);
        await peer.flood((n) => frames[n % frames.length], until);
        peer.socket.destroy();
    });
    return { sockets: peers.length, codes: codes_of(peers) };
}

export async function deep_json(target) {
    const depth = 30_000;
    const nested = (open, close) => open.repeat(depth / open.length) + close.repeat(depth / open.length);
    const payloads = [nested('[', ']'), `{"op":105,"x":${nested('[', ']')}}`, nested('{"a":', '}'), '['.repeat(60_000)];
    const seen = await repeated(target, 'deep', opcode.text, payloads);
    return { sent: `JSON nested 6,000 to 60,000 deep on ${seen.sockets} sockets`, ...seen };
}

export async function protobuf_bombs(target) {
    const field = (number, body) => Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(body.length)]), body]);
    const repeat = (bytes, count) => Buffer.concat(Array.from({ length: count }, () => Buffer.from(bytes)));
    const op = (n) => Buffer.from([8, ...varint(n)]);
    let nested = Buffer.alloc(0);
    while (nested.length < 30_000) nested = field(3, nested);
    const payloads = [
        repeat([0x7a, 0x00], 30_000), // an unknown field, empty, 30,000 times
        Buffer.concat([op(305), field(3, repeat([0x7a, 0x00], 30_000))]),
        Buffer.concat([op(101), field(3, nested)]),
        repeat([0x0b], 60_000), // groups that begin and never end
    ];
    const seen = await repeated(target, 'bomb', opcode.binary, payloads);
    return { sent: `protobuf of empty and nested fields on ${seen.sockets} sockets`, ...seen };
}

function varint(n) {
    const bytes = [];
    for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
    return [...bytes, n];
}

// Requests as fast as the server reads them, the answers read.
export async function request_floods(target) {
    const ask = (op, body) => JSON.stringify({ op, seq: 1, body });
    const send = { type: 1, target_id: 'flood', category: 'text', content: 'x'.repeat(100) };
    const payloads = [ask(301, { id: 'flood' }), ask(105), ask(201, send), ask(205, { limit: 300 }), ask(305, { id: 'flood' })];
    const seen = await repeated(target, 'flood', opcode.text, payloads);
    return { sent: `requests without a pause on ${seen.sockets} sockets`, ...seen };
}

// Known users who fill more and more rooms with long messages, and leave them.
export async function history_floods({ gateway_port, until }) {
    const content = 'x'.repeat(16 * 1024);
    let rooms = 0;
    const peers = await Promise.all(Array.from({ length: 4 }, (_, i) => Peer.logged_in(gateway_port, `filler-${i}`)));
    const fill = async (peer, lane) => {
        for (let n = 0; Date.now() < until; ++n) {
            const id = `full-${lane}-${n}`;
            const before = peer.messages;
            peer.ask(301, { id });
            for (let i = 0; i < 8; ++i) peer.ask(201, { type: 1, target_id: id, content });
            peer.ask(303, { id });
            // Ten replies; pushes of the own messages come on top.
            await peer.until(() => peer.messages >= before + 10);
            ++rooms;
        }
        peer.socket.destroy();
    };
    await Promise.all(peers.map(fill));
    return { sent: `${rooms} rooms with 128 KiB each, then left`, sockets: peers.length };
}
