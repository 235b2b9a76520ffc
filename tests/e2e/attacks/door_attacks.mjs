// Those who may not come in, and come again and again.
import { createHmac, randomBytes } from 'node:crypto';
import { upgrade_request } from '../support/raw.mjs';
import { Issuer } from '../support/tokens.mjs';
import { codes_of, lanes, Peer, unless_refused } from './peer.mjs';

// Tokens that look good, with a wrong signature; without one; of 4 KiB; that are nothing.
export async function bad_tokens({ gateway_port, until }) {
    const wrong = Issuer.secret('another secret of 16 bytes');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"root"}').toString('base64url')}.`;
    const makes = [
        () => wrong.token({ sub: 'root' }),
        () => unsigned,
        () => wrong.token({ sub: 'x'.repeat(2800) }),
        () => randomBytes(100).toString('base64url'),
        () => `${unsigned}${createHmac('sha256', 'x').update(unsigned).digest('base64url')}`,
    ];
    const peers = [];
    let cut = 0;
    await lanes(8, until, async (lane, round) => {
        const peer = await unless_refused(Peer.upgraded(gateway_port));
        if (!peer) return;
        peers.push(peer);
        peer.ask(101, { token: makes[round % makes.length]() });
        // Who was told does not wait for the end of the close handshake: the next one comes at once.
        if (await Promise.race([peer.told.then(() => true), peer.closed])) ++cut;
        peer.socket.destroy();
    });
    return { sent: `${peers.length} logins with tokens of five wrong kinds`, sockets: peers.length, cut, codes: codes_of(peers) };
}

// Upgrades from pages of other sites.
export async function wrong_origins({ gateway_port, until }) {
    const origins = ['https://evil.example', 'null', 'http://game.example', 'https://game.example.evil.example', `https://${'x'.repeat(4000)}`];
    let sockets = 0;
    let cut = 0;
    let busy = 0;
    await lanes(8, until, async (lane, round) => {
        const peer = await unless_refused(Peer.connect(gateway_port));
        if (!peer) return;
        ++sockets;
        peer.write(upgrade_request(`Origin: ${origins[round % origins.length]}\r\n`));
        const head = (await Promise.race([peer.head, peer.closed])) ?? '';
        const is_cut = await peer.is_cut(10_000);
        if (is_cut && / (403|503) /.test(head)) ++cut;
        if (/ 503 /.test(head)) ++busy; // --max-handshakes a second
    });
    if (busy === sockets) throw new Error('nobody heard 403');
    return { sent: `${sockets} upgrades of five other origins, ${busy} heard 503`, sockets, cut };
}
