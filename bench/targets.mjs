// The loads that gim is held to, each with the floor to compare with and what it should reach.
//
//   flags       of gim's server
//   load        of the generator; protocol is gim's alone
//   floor       how many messages a send() of the floor; 'one worker': gim itself with one; none: nothing to compare with
//   reply_bytes of gim's frame with the reply to a send: the floor is also measured as it answers each message with as much
//   floor_then  what the floor cost, in ns, where the target was set: the target is also judged in floors
//   workers     of gim, which then has all cores
//   note        what the reader of the figures must know
//   micro       instead of flags and load: the micro-benchmark
//   column      which figure of a run is meant: ns (server CPU a unit), p50_us, p99_us, memory (bytes a connection)
//   most        at most this much of it; { floors: 1.12 } at most so many times what it is compared with
const fanout = { scenario: 'fanout', members: 1000, size: 64 };
const rooms = { scenario: 'rooms', rooms: 100, members: 50, publishers: 100, size: 64, inflight: 1 };
const pairs = { scenario: 'private', pairs: 200, size: 64 };
const private_reply = 168; // its JSON, with a sequence of three digits
// With sequences on, nothing is left out.
const complete = ['--enable-message-sequence'];
const at_once = [...complete, '--message-push-count=1'];
const batches = (count, duration) => [...complete, `--message-push-count=${count}`, `--message-push-duration=${duration}`];

// The same load in JSON and in protobuf.
const both = (title, row, json, proto) => [
    { ...row, title: `${title}, JSON`, load: { ...row.load, protocol: 'json' }, targets: [{ column: 'ns', most: json }] },
    { ...row, title: `${title}, protobuf`, load: { ...row.load, protocol: 'proto' }, targets: [{ column: 'ns', most: proto }] },
];

export const targets = [
    {
        title: 'fanout 1 x 1,000, 64 B, 1 in flight, pushed at once',
        flags: at_once,
        load: { ...fanout, inflight: 1 },
        floor: 1,
        targets: [{ column: 'ns', most: { floors: 1.12 } }],
    },
    ...both('fanout 1 x 1,000, 64 B, 16 in flight, pushed at once', { flags: at_once, load: { ...fanout, inflight: 16 }, floor: 10, floor_then: 247 }, 400, 280),
    ...both('the same, batches of 16, 5 ms', { flags: batches(16, '5ms'), load: { ...fanout, inflight: 16 }, floor: 10, floor_then: 247 }, 280, 180),
    ...both('the same, batches of 50, 20 ms, 200 in flight', { flags: batches(50, '20ms'), load: { ...fanout, inflight: 200 }, floor: 50, floor_then: 60 }, 130, 90),
    {
        title: 'fanout 1 x 1,000, 512 B, 16 in flight, pushed at once',
        flags: at_once,
        load: { ...fanout, size: 512, inflight: 16 },
        floor: 10,
        floor_then: 306,
        targets: [{ column: 'ns', most: 480 }],
    },
    {
        title: '100 rooms x 50, 100 publishers, pushed at once',
        flags: at_once,
        load: rooms,
        floor: 1,
        targets: [{ column: 'ns', most: { floors: 1.15 } }],
    },
    {
        title: 'the same with the default batching (10, 200 ms)',
        flags: complete,
        load: { ...rooms, inflight: 10 },
        floor: 10,
        targets: [{ column: 'ns', most: 600 }],
    },
    {
        title: 'private 1:1, 200 pairs, 1 in flight each',
        flags: [],
        load: { ...pairs, inflight: 1 },
        floor: 1,
        reply_bytes: private_reply,
        floor_then: 5070,
        targets: [{ column: 'ns', most: 6500 }],
    },
    {
        title: 'private at 20,000 a second',
        flags: [],
        load: { ...pairs, rate: 20_000 },
        floor: 1,
        reply_bytes: private_reply,
        targets: [
            { column: 'p50_us', most: 150 },
            { column: 'p99_us', most: 3000 },
        ],
    },
    {
        title: '10,000 members in one room, 50 messages a second, pushed at once',
        flags: at_once,
        load: { ...fanout, members: 10_000, rate: 50 }, // more than the floor can send
        targets: [{ column: 'p99_us', most: 50_000 }],
    },
    {
        title: 'fanout 1 x 1,000, 64 B, 16 in flight, pushed at once, two workers',
        flags: at_once,
        note: 'on two cores the generator shares a core with the second worker',
        workers: 2,
        load: { ...fanout, inflight: 16 },
        floor: 'one worker',
        targets: [{ column: 'ns', most: { floors: 1.15 } }],
    },
    {
        title: 'idle: 10,000 connected and logged in',
        flags: [],
        load: { scenario: 'idle', connections: 10_000 },
        targets: [{ column: 'memory', most: 6000 }],
    },
    {
        title: 'connect, upgrade and login (floor: connect and upgrade)',
        flags: [],
        load: { scenario: 'connect' },
        floor: 1,
        floor_then: 13_000,
        targets: [{ column: 'ns', most: 45_000 }],
    },
    { title: 'append to a session of 1,000', micro: 'store/append', targets: [{ column: 'ns', most: 150 }] },
    { title: 'read its last 50, before encoding', micro: 'store/last_50', targets: [{ column: 'ns', most: 5000 }] },
];
