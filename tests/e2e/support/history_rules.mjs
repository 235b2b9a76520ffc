// What must be true of every history: docs/protocol.md says so. A rule takes a HistoryModel and calls
// `violated(text)` as often as it finds that it is not.
const state_lost = 4003;
const most_under_way_ms = 1000;
const quoted = (content) => JSON.stringify(content?.length > 60 ? `${content.slice(0, 60)}...` : content);
const is_private = (session) => session.startsWith('2:');
const parties = (session) => session.split(':').slice(1);
const group = (list, key) => {
    const groups = new Map();
    for (const one of list) {
        if (!groups.has(key(one))) groups.set(key(one), []);
        groups.get(key(one)).push(one);
    }
    return groups;
};

// Whether between the two times the user may have been out of the room: then nothing was promised.
function was_away(model, user, session, from, to) {
    return !is_private(session) && !model.membership(user, session).sure.some(([joined, left]) => joined <= from && to <= left);
}

// The sequences between the two that this connection was not pushed, except those that it sent itself: a private message is
// not pushed to the connection that it came from. Right after all was emptied there may come what was under way before.
function missing_between(model, connection, session, last, to, at) {
    const places = model.places.get(`${session} ${model.epoch_of(connection, session, last.at)}`);
    const missing = [];
    let unknown = 0;
    for (let sequence = last.sequence + 1; sequence < to; ++sequence) {
        const id = places?.get(sequence);
        const sending = id && model.by_content.get(model.messages.get(id).content);
        if (is_private(session) && sending?.was_tried_on(connection.name)) continue;
        if (id === undefined) ++unknown;
        missing.push(sequence);
    }
    // Nobody knows what has these numbers: this connection's own ones, of which it was told nothing certain, may have.
    const own = connection.tries.filter((one) => one.sending.session === session && one.at < at && !one.sending.is_accepted);
    const doubtful = is_private(session) ? own.filter((one) => !one.sending.is_surely_refused).length : 0;
    return missing.length === unknown && unknown <= doubtful ? [] : missing;
}

function check_order(model, violated) {
    for (const connection of model.connections.values()) {
        const ids = new Set();
        for (const [session, pushes] of group(connection.pushes, (push) => push.session)) {
            let last; // { sequence, at }
            for (const { at, items, skipped } of pushes) {
                items.forEach((item, i) => {
                    const where = `event ${at}: ${connection.name} of ${connection.user}, ${session}`;
                    if (ids.has(item.id)) violated(`${where}: ${item.id} comes a second time`);
                    ids.add(item.id);
                    const told = item.sequence !== undefined;
                    if (!told && (model.mode === 'full' || is_private(session))) violated(`${where}: ${item.id} has no sequence`);
                    const sequence = item.sequence ?? model.messages.get(item.id).sequence;
                    if (sequence === undefined) {
                        last = undefined;
                        return;
                    }
                    if (last && sequence <= last.sequence) violated(`${where}: sequence ${sequence} comes after ${last.sequence}`);
                    if (last && sequence > last.sequence + 1 && !was_away(model, connection.user, session, last.at, at)) {
                        const missing = missing_between(model, connection, session, last, sequence, at);
                        const dropped = i === 0 ? skipped : 0;
                        if (missing.length !== dropped) {
                            violated(`${where}: between ${last.sequence} and ${sequence} ${missing.length} are missing, told were ${dropped}`);
                        }
                    } else if (last && i === 0 && skipped > 0 && !was_away(model, connection.user, session, last.at, at)) {
                        violated(`${where}: ${skipped} are said to be skipped before ${sequence}, and none was`);
                    }
                    if (!last || sequence > last.sequence) last = { sequence, at };
                });
            }
        }
    }
}

function check_identity(model, violated) {
    const fields = ['session', 'sequence', 'sender', 'content', 'created_at'];
    const first = new Map();
    for (const seen of model.sightings) {
        const where = `event ${seen.at}: ${seen.connection.name} of ${seen.connection.user}`;
        if (!first.has(seen.id)) first.set(seen.id, {});
        const known = first.get(seen.id);
        for (const field of fields) {
            if (seen[field] === undefined) continue;
            known[field] ??= seen[field];
            if (known[field] !== seen[field]) {
                violated(`${where}: ${seen.id} has ${field} ${quoted(seen[field])}, elsewhere ${quoted(known[field])}`);
            }
        }
    }
    for (const [place, seen] of group(
        model.sightings.filter(({ sequence }) => sequence !== undefined),
        ({ session, epoch, connection, sequence }) => `${session} ${epoch ?? `unknown to ${connection.name}`} ${sequence}`,
    )) {
        const ids = [...new Set(seen.map(({ id }) => id))];
        if (ids.length > 1) violated(`session, epoch and sequence ${place} are ${ids.join(' and ')}`);
    }
}

// What was seen was sent, by this user, to this session, once.
function check_requests(model, violated) {
    const ids = new Map(); // by content
    for (const { at, connection, session, id, sender, content } of model.sightings) {
        const where = `event ${at}: ${connection.name} of ${connection.user}: ${id} ${quoted(content)}`;
        const sending = model.by_content.get(content);
        if (!sending) {
            violated(`${where} was never sent`);
            continue;
        }
        if (sending.session !== session) violated(`${where} is in ${session}, was sent to ${sending.session}`);
        if (sending.user !== sender) violated(`${where} is from ${sender}, was sent by ${sending.user}`);
        if (sending.is_surely_refused) violated(`${where} was refused, and is there`);
        if (!ids.has(content)) ids.set(content, new Set());
        ids.get(content).add(id);
    }
    for (const [content, several] of ids) {
        // What remembers request ids may have been emptied between two copies.
        if (several.size > 1 && model.by_content.get(content)?.begun > model.emptied_at) violated(`${quoted(content)} was sent once, and is ${[...several].join(' and ')}`);
    }
}

// Nobody hears what is not for them. To other connections than the one that left something may still be under way.
function check_receivers(model, violated) {
    const leaves = group(model.leaves, ({ user, session }) => `${user} ${session}`);
    for (const { user, name, pushes, closed_at } of model.connections.values()) {
        for (const { at, ms, session } of pushes) {
            const is_member = () => model.membership(user, session).perhaps.some(([from, to]) => from <= at && at <= to);
            const has_just_left = () => {
                const last = leaves.get(`${user} ${session}`)?.findLast((one) => one.at < at);
                return last && last.connection !== name && ms - last.ms <= most_under_way_ms;
            };
            const may_hear = is_private(session) ? parties(session).includes(user) : is_member() || has_just_left();
            if (!may_hear) violated(`event ${at}: ${name} of ${user} is pushed ${session}`);
            if (at > closed_at) violated(`event ${at}: ${name} of ${user} is pushed ${session} after it was closed`);
        }
    }
}

// Whether a device whose user is in the room knows of it when the message is sent: another node than the one on which the
// user joined hears of that a moment later, and what is sent meanwhile is not promised to the devices there.
function knows_the_room(model, joins, connections, since, { begun, begun_ms }) {
    const here = connections.findLast(({ login_at }) => login_at < begun);
    if (here.closed_at < begun) return true; // it reads the history when it comes back
    return joins.some(({ at, ms, connection }) => {
        if (at < since || at > begun) return false;
        const there = model.connections.get(connection);
        return !there || there.node === here.node || at < here.login_at || begun_ms - ms > most_under_way_ms;
    });
}

// Whoever was there before a message was sent, and is there at the end, has it: was pushed it, or found it in the history.
function check_promises(model, violated) {
    const joins = group(model.joins, ({ user, session }) => `${user} ${session}`);
    const accepted = [...model.sendings.values()].filter((sending) => sending.is_accepted);
    for (const [device, connections] of model.devices) {
        const { user } = connections[0];
        if (connections.at(-1).closed_at !== Infinity) continue;
        const there = connections.find(({ login_at }) => login_at > model.emptied_at);
        if (!there) continue;
        const seen = new Set();
        const newest = new Map(); // session -> sequence
        const see = (session, { id, sequence = model.messages.get(id).sequence }) => {
            seen.add(id);
            if (sequence !== undefined) newest.set(session, Math.max(newest.get(session) ?? 0, sequence));
        };
        for (const { pushes, pages, tries } of connections) {
            for (const { session, items } of [...pushes, ...pages]) for (const item of items) see(session, item);
            for (const { answer, sending } of tries) if (answer?.code === 0 && is_private(sending.session)) see(sending.session, answer);
        }
        for (const sending of accepted) {
            const { session, begun, ids, content, user: sender } = sending;
            if (begun < there.login_at) continue;
            const must_hear = is_private(session)
                ? parties(session).includes(user)
                : model.membership(user, session).sure.some(
                      ([from, to]) => from < begun && to === Infinity && knows_the_room(model, joins.get(`${user} ${session}`), connections, from, sending),
                  );
            if (!must_hear) continue;
            for (const id of ids) {
                // The order says whether it was told of those in between.
                const may_be_skipped = model.mode === 'latest' && !is_private(session) && model.messages.get(id).sequence < newest.get(session);
                if (!seen.has(id) && !may_be_skipped) {
                    violated(`${device} of ${user} has never seen ${id} ${quoted(content)} in ${session}, promised to ${sender}`);
                }
            }
        }
    }
}

function check_pages(model, violated) {
    const accepted = [...model.sendings.values()].flatMap(({ tries, session }) =>
        tries.filter(({ answer }) => answer?.code === 0).map(({ answer, connection }) => ({ ...answer, session, connection })),
    );
    const promised = group(accepted, ({ session }) => session);
    for (const connection of model.connections.values()) {
        for (const { at, begun, session, after, epoch, top_sequence, items } of connection.pages) {
            const where = `event ${at}: ${connection.name} of ${connection.user}, history of ${session}`;
            const step = after === undefined ? -1 : 1;
            items.forEach(({ sequence }, i) => {
                const before = items[i - 1]?.sequence;
                if (i > 0 && sequence !== before + step) violated(`${where}: ${sequence} comes after ${before}`);
                if (sequence > top_sequence) violated(`${where}: ${sequence} is above top_sequence ${top_sequence}`);
                if (after !== undefined && sequence <= after) violated(`${where}: ${sequence} is not after ${after}`);
            });
            for (const one of promised.get(session) ?? []) {
                const is_before = one.at < begun && model.epoch_of(model.connections.get(one.connection), session, one.at) === epoch;
                if (is_before && one.sequence > top_sequence) {
                    violated(`${where}: top_sequence is ${top_sequence}, and ${one.sequence} was promised before it was asked`);
                    break;
                }
            }
        }
    }
}

function check_epochs(model, violated) {
    for (const connection of model.connections.values()) {
        for (const [session, pages] of group(connection.pages, (page) => page.session)) {
            const epochs = [...new Set(pages.map(({ epoch }) => epoch))];
            // It learns of the new one by asking, before it is told by the close.
            const is_told = model.was_emptied_under(connection) && connection.close_code === state_lost;
            if (epochs.length > (is_told ? 2 : 1)) violated(`${connection.name} of ${connection.user}, ${session}: the epoch becomes ${epochs.join(', then ')}`);
        }
    }
}

function check_time(model, violated) {
    for (const [place, seen] of group(
        [...model.messages.values()].filter(({ sequence, created_at }) => sequence !== undefined && created_at !== undefined),
        ({ session, epoch }) => `${session} ${epoch}`,
    )) {
        seen.sort((a, b) => a.sequence - b.sequence);
        seen.forEach((message, i) => {
            const before = seen[i - 1];
            if (i > 0 && message.created_at < before.created_at) {
                violated(`session and epoch ${place}: ${message.sequence} was created at ${message.created_at}, ${before.sequence} at ${before.created_at}`);
            }
        });
    }
}

// By the name that a violation has in a report.
export const rules = {
    order: check_order,
    identity: check_identity,
    requests: check_requests,
    receivers: check_receivers,
    promises: check_promises,
    pages: check_pages,
    epochs: check_epochs,
    time: check_time,
};
