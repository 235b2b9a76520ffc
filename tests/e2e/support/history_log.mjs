// What clients saw and were promised, in the order in which it happened: an event a line of JSON. history_checker.mjs reads it.
// Each has `ms`, since the beginning.
//
//   begin     seed, mode       of the server's rooms: full, latest
//   login     connection, device, user, node
//                              the reply to it. A device is a client that comes back: it has one connection after the other
//   joining   user, session    join  connection, user, session   its reply
//   leaving   user, session    left  connection, user, session   its reply
//   push      connection, session, items, skipped
//   history   connection, session, begun (how many events there were when it was asked), after, epoch, top_sequence, items
//   send      request, connection, user, session, request_id, content
//                              each message has a content of its own; a copy has the request_id of the first
//   answer    request, took_ms, code, msg, id, sequence, is_sure
//                              code is null if the connection ended before; a refusal that is sure has stored nothing
//   closed    connection, code from here on it is told nothing more
//   emptied                    all that was stored is gone, as the test knows: messages, members, users
//
// items are { id, sequence, sender, content, created_at }; a session is `1:room` or `2:user:user`.
import { writeFileSync } from 'node:fs';

export function private_session(one, other) {
    return `2:${[one, other].sort().join(':')}`;
}

// An item of a packet or a page, as it is logged.
function logged({ id, sequence, sender, content, created_at }) {
    return { id, sequence, sender: sender.id, content, created_at };
}

export class HistoryLog {
    events = [];
    #begun = performance.now();
    #names = new Map(); // how many there are of each kind

    constructor({ seed = 0, mode = 'full' } = {}) {
        this.seed = seed;
        this.add('begin', { seed, mode });
    }

    add(event, fields = {}) {
        this.events.push({ event, ms: Math.round(performance.now() - this.#begun), ...fields });
    }

    // c1, c2, ...
    name(kind) {
        const number = (this.#names.get(kind) ?? 0) + 1;
        this.#names.set(kind, number);
        return `${kind}${number}`;
    }

    push(connection, { session, items, skipped }) {
        this.add('push', { connection, session: session.id, skipped, items: items.map(logged) });
    }

    history(connection, session, begun, { after }, { epoch, top_sequence, items }) {
        this.add('history', { connection, session, begun, after, epoch, top_sequence, items: items.map(logged) });
    }

    count(event) {
        return this.events.filter((one) => one.event === event).length;
    }

    // Answers to sends, those that came.
    answers() {
        return this.events.filter(({ event, code }) => event === 'answer' && code !== null);
    }

    write(path) {
        writeFileSync(path, this.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    }
}
