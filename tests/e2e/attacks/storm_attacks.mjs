// Many who come.
import { upgrade_request } from '../support/raw.mjs';
import { lanes, Peer } from './peer.mjs';

// Connect and leave at once: before, in the middle of and after the upgrade.
export async function connect_storms({ gateway_port, api_port, until }) {
    let refused = 0; // of those who waited for an answer
    const sockets = await lanes(32, until, async (lane, round) => {
        try {
            const peer = await Peer.connect(round % 8 === 7 ? api_port : gateway_port);
            if (round % 4 === 1) peer.write(upgrade_request().slice(0, 50));
            if (round % 4 >= 2) peer.write(upgrade_request());
            if (round % 4 === 3 && / 503 /.test((await Promise.race([peer.head, peer.closed])) ?? '')) ++refused;
            if (round % 2) peer.socket.resetAndDestroy();
            else peer.socket.destroy();
        } catch {
            ++refused; // not even accepted
        }
    });
    return { sent: `${sockets} connections, ${refused} heard 503`, sockets };
}
