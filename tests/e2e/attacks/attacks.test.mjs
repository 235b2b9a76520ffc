// Hostile clients against the real server, while 50 healthy ones in a room send 20 messages a second. Whatever is done,
// those see nothing of it: every message, in order, soon, and nobody is cut. A table sums up.
//
// GIM_ATTACK_SECONDS is how long each goes on, 2 by default; those that wait for a deadline of the server take that long.
// GIM_ATTACK_TABLE is a file for the table.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { call } from '../support/api.mjs';
import { with_server } from '../support/gim.mjs';
import { sleep } from '../support/time.mjs';
import { Issuer } from '../support/tokens.mjs';
import { resident_mib, table, under_attack } from './under_attack.mjs';

const seconds = Number(process.env.GIM_ATTACK_SECONDS ?? 2);
// What is promised is 250 ms on a machine of one's own; a shared one may stand still for longer than that.
const longest_p99_ms = 2000;
// Far below what any single one of these attacks asks for, far above the noise, sanitizers included.
const most_memory_mib = 500;

const secret = '0123456789abcdef';
const issuer = Issuer.secret(secret);

// What must come of each attack: all sockets cut, and with these codes only.
const attacks = {
    dripping_headers: { all_cut: true },
    mute_sockets: { all_cut: true, codes: [4501], more_flags: ['--login-timeout=3s'] },
    half_open_closes: { all_cut: true },
    slow_close_handshakes: { all_cut: true, codes: [1002] },
    giant_frames: { all_cut: true, codes: [1002, 1009] },
    endless_empty_fragments: { all_cut: true, codes: [1008] },
    undecodable_floods: { all_cut: true, codes: [4504] },
    zip_bombs: { all_cut: true, codes: [1007, 1009], memory_mib: 100, more_flags: ['--compression'] },
    garbage: {},
    deep_json: { codes: [4504] },
    protobuf_bombs: {},
    request_floods: {},
    stopped_readers: { all_cut: true },
    stopped_readers_that_send: { all_cut: true },
    bad_tokens: {
        all_cut: true,
        codes: [4500],
        more_flags: ['--auth=token', `--token-secret=${secret}`],
        token_of: (sub) => issuer.token({ sub }),
    },
    wrong_origins: { all_cut: true, more_flags: ['--allowed-origins=https://game.example'] },
    history_floods: { memory_mib: 100, more_flags: ['--history-memory=8MiB', '--max-rooms=200', '--max-sends-per-user=0', '--max-requests=0'] },
    connect_storms: { more_flags: ['--max-handshakes=300'] },
};

const rows = [];
after(() => {
    console.log(`\n${table(rows)}\n`);
    if (process.env.GIM_ATTACK_TABLE) writeFileSync(process.env.GIM_ATTACK_TABLE, `${table(rows)}\n`);
});

function check({ seen, heard, memory }, { all_cut, codes, memory_mib = most_memory_mib }) {
    assert.deepEqual(heard.faults, []);
    assert.equal(heard.lost, 0);
    assert.ok(heard.sent >= 20 * Math.min(seconds, 1), `only ${heard.sent} messages`);
    assert.ok(heard.p99_ms < longest_p99_ms, `p99 ${heard.p99_ms} ms`);
    assert.ok(memory.peak - memory.before < memory_mib, `memory ${JSON.stringify(memory)}`);
    if (all_cut) {
        assert.ok(seen.sockets > 0);
        assert.equal(seen.cut, seen.sockets, JSON.stringify(seen));
    }
    if (codes) assert.deepEqual(Object.keys(seen.codes).filter((code) => !codes.includes(Number(code))), []);
}

test('what long texts took is given back, and a list that is too long is refused', () =>
    with_server(['--api-key=tests=a-secret-of-the-tests', '--http-body-bytes=16MiB', '--gateway-worker=2'], async (server) => {
        const { pid } = server.process.child;
        const before = resident_mib(pid);
        const post = (path, body) => call(server, 'POST', path, { token: 'a-secret-of-the-tests', body });
        const numbers = { type: 1, target_id: 'nowhere', content: 'x', more: Array(4 * 1024 * 1024).fill(1) };
        for (let i = 0; i < 4; ++i) assert.equal((await post('/v1/messages', numbers)).status, 404);
        const list = { content: 'x', targets: Array(1024 * 1024).fill({}) };
        const { status, json } = await post('/v1/messages/batch', list);
        assert.deepEqual([status, json.msg], [400, 'targets: must be an array of 1 to 1000']);
        const end = Date.now() + 30_000;
        while (resident_mib(pid) > before + 50 && Date.now() < end) await sleep(100);
        assert.ok(resident_mib(pid) <= before + 50, `${before} MiB before, ${resident_mib(pid)} after`);
    }));

test('without an attack, to compare', async () => {
    rows.push(await under_attack(undefined, { seconds }));
    check(rows.at(-1), {});
});
for (const [name, expected] of Object.entries(attacks)) {
    test(`50 healthy clients see nothing of ${name.replaceAll('_', ' ')}`, async () => {
        rows.push(await under_attack(name, { seconds, ...expected }));
        check(rows.at(-1), expected);
    });
}
