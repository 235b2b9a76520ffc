// Frames in protobuf, through code that protobufjs generates from proto/gim.proto: a reading of it that is not ours.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Generates the messages, or takes those that another process has generated from the same files. The folder is one that git
// ignores and from which the generated code finds protobufjs.
function generate() {
    const folder = here('../node_modules/.gim');
    const [proto, lock] = [here('../../../proto/gim.proto'), here('../package-lock.json')];
    const hash = createHash('sha256').update(readFileSync(proto)).update(readFileSync(lock)).digest('hex');
    const file = `${folder}/${hash.slice(0, 16)}.cjs`;
    if (!existsSync(file)) {
        mkdirSync(folder, { recursive: true });
        const unfinished = `${folder}/${process.pid}.cjs`;
        const pbjs = here('../node_modules/protobufjs-cli/bin/pbjs');
        const options = ['-t', 'static-module', '-w', 'commonjs', '--keep-case', '-o', unfinished, proto];
        execFileSync(process.execPath, [pbjs, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
        renameSync(unfinished, file);
    }
    return createRequire(import.meta.url)(file).gim.v1;
}

// Before any test begins: it takes seconds on a busy machine, in which nothing else of this process goes on.
const generated = generate();

export const messages = () => generated;

// The message of an op's request and of its reply's data; absent: it is empty.
const request_of = {
    101: 'LoginRequest',
    109: 'RefreshRequest',
    201: 'SendRequest',
    203: 'HistoryRequest',
    205: 'SessionsRequest',
    301: 'JoinRequest',
    303: 'LeaveRequest',
    305: 'MembersRequest',
};
const reply_of = {
    102: 'LoginReply',
    106: 'HeartbeatReply',
    110: 'RefreshReply',
    202: 'SendReply',
    204: 'HistoryReply',
    206: 'SessionsReply',
    302: 'JoinReply',
    306: 'MembersReply',
};

// As plain objects with the names and types of the JSON form.
function plain(type, bytes) {
    return type.toObject(type.decode(bytes), { longs: Number, defaults: true });
}

export function encode_protobuf({ op, seq, body }) {
    const all = messages();
    const type = all[request_of[op]];
    const bytes = type && body ? type.encode(type.fromObject(body)).finish() : new Uint8Array();
    return all.Frame.encode({ op, seq, body: bytes }).finish();
}

export function decode_protobuf(bytes) {
    const all = messages();
    const { op, seq, body } = all.Frame.decode(bytes);
    if (op === 207) return { op, seq: Number(seq), form: 'protobuf', body: plain(all.Packet, body) };
    if (op === 107) return { op, seq: Number(seq), form: 'protobuf', body: plain(all.Notice, body) };
    const { code, msg, data } = all.Reply.decode(body);
    const type = all[reply_of[op]];
    const content = code === 0 && type ? plain(type, data) : {};
    return { op, seq: Number(seq), form: 'protobuf', body: { code, msg, data: content } };
}
