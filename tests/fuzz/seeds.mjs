// Writes the seeds of the fuzz targets: node tests/fuzz/seeds.mjs. They are checked in; this is how they were made.
// What the fuzzers find lies beside them under other names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { constants, deflateRawSync } from 'node:zlib';

function seeds(target, contents) {
    const folder = fileURLToPath(new URL(`corpus/${target}/`, import.meta.url));
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(contents)) writeFileSync(`${folder}seed_${name}`, bytes);
}

// --- HTTP

const head = (...lines) => lines.map((line) => `${line}\r\n`).join('') + '\r\n';
const upgrade_with = (...more) =>
    head(
        'GET /ws HTTP/1.1',
        'Host: localhost',
        'Upgrade: websocket',
        'Connection: keep-alive, Upgrade',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        ...more,
    );

seeds('http_head', {
    get: head('GET /v1/rooms?limit=5 HTTP/1.1', 'Host: localhost:8081', 'Authorization: Bearer abc'),
    post: `${head('POST /v1/messages HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 2')}{}`,
    pipelined: head('GET / HTTP/1.1', 'Host: x') + head('HEAD /healthz HTTP/1.0') + head('OPTIONS * HTTP/1.1', 'Host: a'),
    close: head('DELETE /a%20b?c=d&e HTTP/1.1', 'host:  x ', 'Connection: close', 'X-Empty:', 'X-Obs: \xe9\xff'),
    chunked: head('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', 'Content-Length: 4'),
    chunks: `${head('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')}2;a=b\r\n{}\r\n0\r\nA: b\r\n\r\n${head('GET / HTTP/1.1', 'Host: x')}`,
    two_codings: head('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: gzip, chunked'),
    absolute: head('GET http://x:80/a?b HTTP/1.1', 'Host: X') + head('OPTIONS https://x HTTP/1.1', 'Host: x'),
    absolute_elsewhere: head('GET http://x/ HTTP/1.1', 'Host: y'),
    two_lengths: head('POST / HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Content-Length: 5'),
    folded: 'GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n 2\r\n\r\n',
    bare_lf: 'GET / HTTP/1.1\nHost: x\n\n',
    long_length: head('POST / HTTP/1.1', 'Host: x', 'Content-Length: 18446744073709551616'),
    version: head('GET / HTTP/2.0', 'Host: x'),
    upgrade: upgrade_with(),
});

seeds('chunked_body', {
    two: '3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n',
    empty: '0\r\n\r\n',
    extensions: '1;a=b;c="d e"\r\n\n\r\n0;x\r\n\r\n',
    trailers: '2\r\n\r\n\r\n000\r\nA: b\r\nContent-Length: 9\r\n\r\n',
    too_long: '1001\r\n',
    too_many_digits: '000000001\r\na\r\n0\r\n\r\n',
    bare_lf: '1\na\n0\n\n',
    hidden_end: '1;\n\r\na\r\n0\r\n\r\n',
    space: '1 \r\na\r\n0\r\n\r\n',
    folded: '0\r\nA: b\r\n c\r\n\r\n',
});

seeds('upgrade', {
    good: upgrade_with(),
    lists: upgrade_with('Connection: x', 'Upgrade: h2c').replace('Connection: keep-alive, Upgrade', 'Connection: Upgrade'),
    absolute: upgrade_with().replace('GET /ws', 'GET http://localhost/ws'),
    with_frames: `${upgrade_with()}\x81\x80abcd`,
    origin: upgrade_with('Origin: https://game.example', 'Sec-WebSocket-Protocol: gim, token.abc'),
    token: upgrade_with('Sec-WebSocket-Protocol: gim.token, a.b.c'),
    no_token: upgrade_with('Sec-WebSocket-Protocol: gim.token, sess:8f3a:ada'),
    forwarded: upgrade_with('X-Forwarded-For: 192.0.2.1, 10.0.0.1'),
    extensions: upgrade_with('Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'),
    offers: upgrade_with(
        'Sec-WebSocket-Extensions: x, permessage-deflate; server_max_window_bits="10"; client_no_context_takeover',
        'Sec-WebSocket-Extensions: ,permessage-deflate; server_max_window_bits = 15,',
    ),
    bad_offer: upgrade_with('Sec-WebSocket-Extensions: permessage-deflate; a="\\b'),
    version_8: upgrade_with().replace('Version: 13', 'Version: 8'),
    bad_key: upgrade_with().replace('dGhl', 'd!hl'),
    plain: head('GET / HTTP/1.1', 'Host: x'),
    post: upgrade_with('Content-Length: 4').replace('GET', 'POST'),
    http_1_0: upgrade_with().replace('HTTP/1.1', 'HTTP/1.0'),
    half: upgrade_with().slice(0, 40),
});

// --- what a proxy puts in front: version 1 in text, version 2 in bytes

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const version_2 = (command, family, rest, length = rest.length) =>
    Buffer.concat([signature, Buffer.from([command, family, length >> 8, length & 0xff]), Buffer.from(rest)]);
const ipv4 = [192, 0, 2, 1, 10, 0, 0, 1, 0xdc, 0x04, 0x01, 0xbb];
const ipv6 = [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1, ...Array(15).fill(0), 1, 0xdc, 0x04, 0x01, 0xbb];
seeds('proxy_header', {
    text_4: 'PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\nGET / HTTP/1.1\r\n',
    text_6: 'PROXY TCP6 2001:db8::1 ::1 56324 443\r\n',
    text_unknown: 'PROXY UNKNOWN\r\n',
    text_wrong: 'PROXY TCP4 2001:db8::1 10.0.0.1 56324 065536\r\n',
    text_long: `PROXY UNKNOWN ${'x'.repeat(120)}\r\n`,
    text_bare_lf: 'PROXY UNKNOWN\n',
    local: version_2(0x20, 0x00, []),
    ip_4: Buffer.concat([version_2(0x21, 0x11, ipv4), Buffer.from('GET /')]),
    ip_6: version_2(0x21, 0x21, ipv6),
    more: version_2(0x21, 0x11, [...ipv4, 0x04, 0, 3, 1, 2, 3, 0x20, 0, 0]),
    more_cut: version_2(0x21, 0x11, [...ipv4, 0x04, 0, 9, 1, 2, 3]),
    unix: version_2(0x21, 0x31, Array(216).fill(0x2f)),
    short: version_2(0x21, 0x11, ipv4.slice(0, 8)),
    declared_much: version_2(0x21, 0x11, ipv4, 0xffff),
    none: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
});

// --- frames of a client

function frame(first_byte, payload = '', declared = undefined) {
    const data = Buffer.from(payload);
    const length = declared ?? data.length;
    const head_bytes = [first_byte];
    if (length < 126) head_bytes.push(0x80 | length);
    else if (length < 65536) head_bytes.push(0xfe, length >> 8, length & 0xff);
    else head_bytes.push(0xff, 0, 0, 0, 0, (length >>> 24) & 0xff, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
    const key = [0x37, 0xfa, 0x21, 0x3d];
    return Buffer.concat([Buffer.from([...head_bytes, ...key]), data.map((byte, i) => byte ^ key[i % 4])]);
}
// The payload of a compressed message (RFC 7692, 7.2.1).
const deflated = (text) => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const close_with = (code, reason = '') => Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);

seeds('websocket', {
    text: frame(0x81, 'hello'),
    utf8: frame(0x81, 'κόσμε 😀'),
    binary: frame(0x82, Buffer.from([0, 255, 254])),
    long: frame(0x82, 'x'.repeat(300)),
    fragments: Buffer.concat([frame(0x01, 'he'), frame(0x89, 'ping'), frame(0x00, ''), frame(0x8a), frame(0x80, 'llo')]),
    split_character: Buffer.concat([frame(0x01, Buffer.from([0xce])), frame(0x80, Buffer.from([0xba]))]),
    several: Buffer.concat([frame(0x81, 'one'), frame(0x81, ''), frame(0x81, 'three'), frame(0x88, close_with(1000, 'bye'))]),
    close: frame(0x88, close_with(1001)),
    bad_close: frame(0x88, close_with(1005)),
    half_close: frame(0x88, 'x'),
    not_utf8: frame(0x81, Buffer.from([0x61, 0xc3, 0x28])),
    reserved_bit: frame(0xc1, 'x'),
    unmasked: Buffer.from([0x81, 0x01, 0x78]),
    declared_much: frame(0x82, 'x', 2 ** 31),
    not_shortest: Buffer.from([0x82, 0xfe, 0, 5, 1, 2, 3, 4]),
    deflated: Buffer.concat([frame(0xc1, deflated('hello hello hello')), frame(0xc2, deflated('x'.repeat(1000))), frame(0x81, 'plain')]),
    deflated_fragments: Buffer.concat([
        frame(0x41, deflated('hello hello').subarray(0, 3)), frame(0x89, 'ping'), frame(0x80, deflated('hello hello').subarray(3)),
    ]),
    deflated_bomb: frame(0xc2, deflated('x'.repeat(100_000))),
    deflated_final: frame(0xc1, Buffer.from([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00])),
    deflated_stored: frame(0xc1, Buffer.from([0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00])),
    deflated_broken: frame(0xc1, Buffer.from([0x4a, 0x04, 0x42, 0x00])),
    message_of_deflate: deflated('not a frame but what is in one, in one, in one'),
    many_fragments: Buffer.concat([frame(0x02), ...Array.from({ length: 8 }, () => frame(0x00))]),
});

// --- commands

const commands = {
    login: { op: 101, seq: 1, body: { id: '1001', name: 'Ada' } },
    logout: { op: 103, seq: 2 },
    heartbeat: { op: 105, seq: 3 },
    send_room: { op: 201, seq: 4, body: { type: 1, target_id: '9999', category: 'text', content: 'Grüße 😀 "\\\n' } },
    send_user: { op: 201, seq: 5, body: { type: 2, target_id: 'a.b-c@d', content: '' } },
    send_again: { op: 201, seq: 5, body: { type: 2, target_id: '1002', content: 'x', request_id: '0b5e-1' } },
    history: { op: 203, seq: 6, body: { session_id: '1:9999', before: 9, after: 2, from: 0, to: 1700000000000, limit: 300 } },
    sessions: { op: 205, seq: 7, body: { after: '2:b:a', limit: 1 } },
    sessions_next: { op: 205, seq: 7, body: { after: '1700000000000~2:b:a', limit: 1 } },
    join: { op: 301, seq: 8, body: { id: '9999' } },
    leave: { op: 303, seq: 9, body: { id: '9999' } },
    members: { op: 305, seq: 9007199254740991, body: { id: '9999', after: '1001' } },
    login_with_token: { op: 101, seq: 12, body: { id: '', token: 'a.b.c' } },
    refresh: { op: 109, seq: 13, body: { token: 'a.b.c' } },
    unknown: { op: 999, seq: 11, body: {} },
};
const json_seeds = {};
for (const [name, command] of Object.entries(commands)) {
    json_seeds[`${name}_object`] = JSON.stringify(command);
    if (command.body) json_seeds[`${name}_text`] = JSON.stringify({ ...command, body: JSON.stringify(command.body) });
}
seeds('json_command', {
    ...json_seeds,
    twice: '{"op":105,"op":103}',
    surrogate_object: '{"op":201,"seq":7,"body":{"content":"\\ud800"}}',
    surrogate_text: '{"op":201,"seq":7,"body":"{\\"content\\":\\"\\ud800\\"}"}',
    twice_in_body: '{"seq":7,"body":{"id":1,"id":2},"op":201.0}',
    one_kind_of_number: '{"op":205.0,"seq":7e0,"body":{"limit":50.0,"after":""}}',
    deep: `{"op":105,"body":{"a":${'['.repeat(20)}${']'.repeat(20)}}}`,
    escapes: '{"op":101,"body":{"id":"\\u0031","name":"\\ud83d\\ude00\\u00e9\\b\\/"}}',
    lone_surrogate: '{"op":101,"body":{"id":"1","name":"\\ud83d"}}',
    large_number: '{"op":18446744073709551616,"seq":-0.0e1}',
    spaces: ' {\t"op" :\r\n105 , "seq" : 7 } ',
    nulls: '{"op":105,"seq":null,"body":null,"more":[true,false,null,{}]}',
});

// Protobuf, as its encoding says: a key is field << 3 | wire type.
const varint = (n) => {
    const bytes = [];
    for (n = BigInt(n); ; n >>= 7n) {
        bytes.push(Number(n & 127n) | (n > 127n ? 128 : 0));
        if (n <= 127n) return Buffer.from(bytes);
    }
};
const number = (field, n) => Buffer.concat([varint(field << 3), varint(n)]);
const text = (field, value) => Buffer.concat([varint((field << 3) | 2), varint(Buffer.byteLength(value)), Buffer.from(value)]);
const message = (...fields) => Buffer.concat(fields);
const proto = (op, seq, ...body) => message(number(1, op), number(2, seq), text(3, message(...body)));

seeds('proto_command', {
    login: proto(101, 1, text(1, '1001'), text(2, 'Ada')),
    login_with_token: proto(101, 1, text(3, 'a.b.c')),
    refresh: proto(109, 13, text(1, 'a.b.c')),
    logout: proto(103, 2),
    heartbeat: message(number(1, 105)),
    send_room: proto(201, 4, number(1, 1), text(2, '9999'), text(3, 'text'), text(4, 'Grüße 😀')),
    send_user: proto(201, 5, number(1, 2), text(2, '1002'), text(4, '')),
    send_again: proto(201, 5, number(1, 2), text(2, '1002'), text(4, 'x'), text(5, '0b5e-1')),
    history: proto(203, 6, text(1, '2:1001:1002'), number(2, 9), number(3, 2), number(4, 0), number(5, 1700000000000), number(6, 300)),
    sessions: proto(205, 7, text(1, '1:9999'), number(2, 1)),
    sessions_next: proto(205, 7, text(1, '1700000000000~1:9999'), number(2, 1)),
    join: proto(301, 8, text(1, '9999')),
    leave: proto(303, 9, text(1, '9999')),
    members: proto(305, 9007199254740991n, text(1, '9999'), text(2, '1001'), number(3, 50)),
    unknown_op: proto(999, 1),
    unknown_field: proto(105, 1, text(15, 'more'), number(9, 2n ** 64n - 1n)),
    not_utf8: proto(101, 1, text(1, Buffer.from([0xff, 0xfe]))),
    group: Buffer.from([0x0b, 0x0b, 0x0b, 0x0c, 0x0c, 0x0c]),
    cut: proto(101, 1, text(1, '1001')).subarray(0, 8),
});

// --- tokens: a header and claims, which the target signs; and tokens as they are

const claims = (more = {}) => JSON.stringify({ sub: 'ann', exp: 1_800_000_060, ...more });
const base64url = (text) => Buffer.from(text).toString('base64url');
seeds('token', {
    good: `{"alg":"HS256","typ":"JWT"}\n${claims()}`,
    all_claims: `{"alg":"HS256"}\n${claims({ name: 'Ann', rooms: ['a', 'b.c'], nbf: 1_700_000_000, iat: 1 })}`,
    no_rooms: `{"alg":"HS256"}\n${claims({ rooms: [] })}`,
    bad_rooms: `{"alg":"HS256"}\n${claims({ rooms: ['a b', 1, {}] })}`,
    expired: `{"alg":"HS256"}\n${claims({ exp: 1_799_999_970 })}`,
    fractions: `{"alg":"HS256"}\n${claims({ exp: 1_800_000_060.25, nbf: 1_700_000_000.5 })}`,
    provider: `{"alg":"HS256"}\n${claims({ sub: 'auth0|507f1f77bcf86cd799439011', name: 'x'.repeat(63) + 'é' })}`,
    own: `{"alg":"HS256","typ":"gim+jwt"}\n${claims({ sub: '@auth0.7C5' })}`,
    others: `{"alg":"HS256","x5c":1e999}\n{"x":{"a":1e400,"a":[[[]]]},"\\u0073ub":"ann","exp":1800000060,"y":"\\ud800"}`,
    milliseconds: `{"alg":"HS256"}\n${claims({ exp: 1_800_000_060_000 })}`,
    none: `{"alg":"none"}\n${claims()}`,
    other: `{"alg":"RS256","kid":"a"}\n${claims()}`,
    critical: `{"alg":"HS256","crit":["exp"]}\n${claims()}`,
    unsigned: `${base64url('{"alg":"none"}')}.${base64url(claims())}.`,
    raw: `${base64url('{"alg":"HS256"}')}.${base64url(claims())}.${base64url('x'.repeat(32))}`,
    dots: '....',
});

// --- text

seeds('utf8', {
    ascii: 'plain ASCII, longer than eight bytes',
    mixed: 'aκ€😀z',
    borders: Buffer.from([0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80, 0xed, 0x9f, 0xbf, 0xf0, 0x90, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf]),
    overlong: Buffer.from([0x61, 0xc0, 0xaf]),
    surrogate: Buffer.from([0xed, 0xa0, 0x80]),
    beyond: Buffer.from([0xf4, 0x90, 0x80, 0x80]),
    cut: Buffer.from([0x61, 0xe2, 0x82]),
    stray: Buffer.from([0x80]),
});

// --- snapshots: the records of one block (src/storage/snapshot/snapshot_records.hpp)

const u32 = (n) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(n);
    return bytes;
};
const u64 = (n) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(n));
    return bytes;
};
const saved = (tag, ...fields) =>
    Buffer.concat([Buffer.from([tag]), ...fields.map((f) => (typeof f === 'string' ? Buffer.concat([u32(Buffer.byteLength(f)), Buffer.from(f)]) : f))]);
const beginning = saved(1, 'e1', u64(1_700_000_000_000));
const kept = Buffer.from([0]);
const left = Buffer.from([1]);
const records = (...all) => Buffer.concat([beginning, ...all, saved(11, u64(all.length + 1))]);
const den = saved(2, 'den', kept);
const sent = (sequence, content = 'hi') =>
    saved(9, u64(sequence), u64(10 + sequence), u32(0), 'aB9', 'ann', 'Ann', 'text', content);
seeds('snapshot', {
    empty: records(),
    rooms: records(den, saved(3, 'ann'), saved(3, 'bob'), saved(2, 'hall', left), saved(2, 'made', kept)),
    users: records(saved(4, 'ann', 'Ann'), saved(5, 'ann', 'den', u64(5)), saved(6, 'ann', '2:ann:bob', u64(6))),
    messages: records(den, saved(8, '1:den', u64(9), u64(20)), sent(8), sent(9), saved(8, '2:ann:bob', u64(1), u64(12)), sent(1)),
    horizon: records(saved(7, u64(2n ** 52n), u64(2n ** 52n), u64(2n ** 41n)), saved(8, '2:ann:bob', u64(1), u64(12)), sent(1)),
    requests: records(saved(10, 'ann', '1:den', 'r', u64(2n ** 64n - 1n), 'aB9', u64(1), u64(2), u64(300_000))),
    many: records(...[1, 2, 3, 4, 5].flatMap((n) => [saved(8, `2:a:b${n}`, u64(5), u64(20)), sent(4, 'x'.repeat(300)), sent(5)])),
    long_text: Buffer.concat([Buffer.from([1]), u32(0xffffffff), Buffer.from('e')]),
    unknown: Buffer.concat([beginning, Buffer.from([99])]),
    no_end: beginning,
});

// --- replies of Redis, and lines that nodes keep and publish there

const bulk = (value) => `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
const array = (...elements) => `*${elements.length}\r\n${elements.join('')}`;
const record = '12 1700000000000 0Ab9z ann 0 9 4 Ann Othertexthello, world';
seeds('redis_reply', {
    simple: '+OK\r\n:12\r\n-LOADING Redis is loading the dataset in memory\r\n',
    texts: bulk('17') + bulk('') + bulk('\r\n\0$5\r\n') + '$-1\r\n',
    page: array(bulk('12'), bulk('e1'), ':1\r\n', bulk(record)),
    published: array(bulk('subscribe'), bulk('gim:{1:den}'), ':1\r\n') + array(bulk('message'), bulk('gim:{1:den}'), bulk(record)),
    nested: array(array(array(':1\r\n', '$-1\r\n'), '*-1\r\n'), '*0\r\n'),
    deep: '*1\r\n'.repeat(12) + ':1\r\n',
    many: '*1000000\r\n*1000000\r\n:1\r\n',
    too_many: '*2147483648\r\n:1\r\n',
    long: '$2147483648\r\nabc',
    negative: '$-2\r\n*-2\r\n',
    http: 'HTTP/1.1 400 Bad Request\r\n\r\n',
    record,
    record_empty: '1 2 id ann 0 0 0 ',
    record_wraps: '1 2 id ann 0 18446744073709551615 1 a',
    told_message: `message 2:ann:bob node-1 7 3 Ann ${record}`,
    told_touch: 'touch 12 2:ann:bob 34',
    told_member: 'member den',
    told_dismissed: 'dismissed',
});

// --- what is in the keys of Redis, each as it is read

const message_at = (sequence) => bulk(`${sequence} 1700000000000 0Ab9z ann 0 9 4 Ann Othertexthello, world`);
const no_id = Buffer.from([0xff, 0]).toString('latin1');
seeds('redis_values', {
    rooms: array(bulk('den'), bulk('hall'), bulk('1:den'), bulk('a b'), bulk('')),
    rooms_no_id: Buffer.concat([Buffer.from('*2\r\n$3\r\nden\r\n$2\r\n'), Buffer.from(no_id, 'latin1'), Buffer.from('\r\n')]),
    rooms_of: array(bulk('den'), bulk('1700000000000'), bulk('hall'), bulk('-1'), bulk('bar'), bulk('soon')),
    private_list: array(bulk('2:ann:bob'), bulk('1700000000000'), bulk('2:bob:cleo'), bulk('5'), bulk('2:bob:ann'), bulk('6'), bulk('1:den'), bulk('7')),
    private_scores: array(bulk('2:ann:bob'), bulk('1.5'), bulk('2:ann:cleo'), bulk('inf'), bulk('2:ann:dan'), bulk('9007199254740993')),
    touches: array(bulk('2:ann:bob 3'), bulk('1'), bulk('2:ann:bob 0'), bulk('2'), bulk('1:den 1'), bulk('3'), bulk('2:ann:bob x'), bulk('4')),
    history: array(bulk('12'), bulk('e1'), ':3\r\n', message_at(13), message_at(12), message_at(11)),
    history_upwards: array(bulk('13'), bulk('e1'), ':3\r\n', message_at(12), message_at(12), message_at(13), message_at(1)),
    history_wrong: array(bulk('-12'), bulk('e 1'), ':-3\r\n', bulk('x'), '*0\r\n', message_at(0)),
    history_text: array(bulk('12'), bulk('e1'), ':1\r\n', bulk('12 1 id ann 0 0 0 \u00ff')),
    node: array(bulk('ws://10.0.0.1:8080'), bulk('5'), bulk('2'), bulk('1700000000000'), bulk('0')),
    node_wrong: array(bulk('a b'), bulk('-5'), bulk('many'), '*0\r\n', ':-1\r\n'),
    counts: array(bulk('1'), '$-1\r\n', bulk('-7'), bulk('9223372036854775807'), bulk('x')),
    answer: bulk('18446744073709551615 0Ab9z 12 1700000000000'),
    answer_wrong: bulk('7 a:b 0 -1'),
    name: bulk('Ann Other') + bulk('') + bulk('n'.repeat(65)),
    script: bulk('0123456789abcdef0123456789abcdef01234567'),
    error: '-WRONGTYPE Operation against a key\r\n',
});
