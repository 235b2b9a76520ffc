// A history log, put together: who was connected when, who was a member when, which copies are one message, what each
// connection saw. A time in here is the number of an event.
const never = Infinity;

class Connection {
    closed_at = never;
    pushes = []; // { at, session, skipped, items }
    pages = []; // { at, begun, session, after, epoch, top_sequence, items }
    tries = []; // of sends on it

    constructor({ connection, device, user, node }, at) {
        Object.assign(this, { name: connection, device, user, node, login_at: at });
    }
}

// One message as its sender means it: all sends with one request_id, or one send without.
class Sending {
    tries = []; // { at, connection, answer }
    ids = new Set(); // that were promised

    constructor({ user, session, content, request_id, ms }, at) {
        Object.assign(this, { user, session, content, request_id, begun: at, begun_ms: ms });
    }

    get is_accepted() {
        return this.ids.size > 0;
    }

    // Nothing of it may be there.
    get is_surely_refused() {
        return this.tries.every(({ answer }) => answer && answer.code !== 0 && answer.is_sure);
    }

    was_tried_on(connection) {
        return this.tries.some((one) => one.connection === connection);
    }
}

export class HistoryModel {
    connections = new Map();
    devices = new Map(); // name -> its connections, oldest first
    sendings = new Map();
    by_content = new Map();
    messages = new Map(); // id -> what was seen of it first
    places = new Map(); // `session epoch` -> sequence -> id
    sightings = []; // every time a message was seen: { at, connection, session, epoch, how, id, sequence, ... }
    flaws = []; // of the log itself: { rule, text }
    emptied_at = -1;
    joins = []; // { at, ms, connection, user, session }
    leaves = []; // the same
    #members = new Map(); // `user session` -> { sure: [[from, to]], perhaps: [[from, to]] }
    #requests = new Map();
    #epochs = new Map(); // session -> all that were told

    constructor(events) {
        this.events = events;
        const first = events[0];
        if (first?.event !== 'begin') throw new Error('this is no history log: it does not begin with the event "begin"');
        this.mode = first.mode;
        this.seed = first.seed;
        events.forEach((event, at) => this.#read(event, at));
        this.#find_sightings();
    }

    // When the user was a member for sure (between the reply to join and the leave), and when perhaps (between the two others).
    membership(user, session) {
        const key = `${user} ${session}`;
        if (!this.#members.has(key)) this.#members.set(key, { sure: [], perhaps: [] });
        return this.#members.get(key);
    }

    // A connection lives in one epoch; if all was emptied under it, it is closed soon, and until then nobody knows. Whoever
    // never asked for the history of a session is in that of the others it asked for, or in the only one that was ever told.
    epoch_of(connection, session, at) {
        if (this.was_emptied_under(connection) && at > this.emptied_at) return undefined;
        const told = (page) => page.epoch !== undefined;
        const page = connection.pages.find((one) => one.session === session && told(one)) ?? connection.pages.find(told);
        if (page) return page.epoch;
        const all = new Set([...this.#epochs.values()].flatMap((epochs) => [...epochs]));
        return all.size === 1 ? [...all][0] : undefined;
    }

    was_emptied_under({ login_at, closed_at }) {
        return login_at < this.emptied_at && this.emptied_at < closed_at;
    }

    #connection(name, at) {
        const connection = this.connections.get(name);
        if (!connection) this.flaws.push({ rule: 'log', text: `event ${at}: connection ${name} has never logged in` });
        return connection;
    }

    #read(event, at) {
        switch (event.event) {
            case 'login': {
                const connection = new Connection(event, at);
                this.connections.set(connection.name, connection);
                if (!this.devices.has(connection.device)) this.devices.set(connection.device, []);
                this.devices.get(connection.device).push(connection);
                break;
            }
            case 'closed': {
                const connection = this.#connection(event.connection, at);
                if (connection) Object.assign(connection, { closed_at: at, close_code: event.code });
                break;
            }
            case 'joining':
                this.#open(this.membership(event.user, event.session).perhaps, at);
                break;
            case 'join':
                this.joins.push({ at, ...event });
                this.#open(this.membership(event.user, event.session).sure, at);
                break;
            case 'leaving':
                this.#shut(this.membership(event.user, event.session).sure, at);
                break;
            case 'left':
                this.leaves.push({ at, ...event });
                this.#shut(this.membership(event.user, event.session).perhaps, at);
                break;
            case 'emptied':
                this.emptied_at = at;
                for (const { sure } of this.#members.values()) this.#shut(sure, at);
                break;
            case 'push':
                this.#connection(event.connection, at)?.pushes.push({ at, ...event });
                break;
            case 'history':
                this.#connection(event.connection, at)?.pages.push({ at, ...event });
                if (!this.#epochs.has(event.session)) this.#epochs.set(event.session, new Set());
                this.#epochs.get(event.session).add(event.epoch);
                break;
            case 'send':
                this.#read_send(event, at);
                break;
            case 'answer':
                this.#read_answer(event, at);
                break;
            case 'begin':
                break;
            default:
                this.flaws.push({ rule: 'log', text: `event ${at}: "${event.event}" is unknown` });
        }
    }

    #open(spans, at) {
        if (spans.at(-1)?.[1] !== never) spans.push([at, never]);
    }

    #shut(spans, at) {
        if (spans.at(-1)?.[1] === never) spans.at(-1)[1] = at;
    }

    #read_send(event, at) {
        const key = event.request_id === undefined ? `send ${event.request}` : `${event.user} ${event.session} ${event.request_id}`;
        if (!this.sendings.has(key)) {
            const sending = new Sending(event, at);
            this.sendings.set(key, sending);
            if (this.by_content.has(event.content)) {
                this.flaws.push({ rule: 'log', text: `event ${at}: the content ${JSON.stringify(event.content)} was sent before` });
            }
            this.by_content.set(event.content, sending);
        }
        const sending = this.sendings.get(key);
        const attempt = { at, connection: event.connection, sending };
        sending.tries.push(attempt);
        this.#requests.set(event.request, attempt);
        this.#connection(event.connection, at)?.tries.push(attempt);
    }

    #read_answer(event, at) {
        const attempt = this.#requests.get(event.request);
        if (!attempt) {
            this.flaws.push({ rule: 'log', text: `event ${at}: request ${event.request} was never made` });
        } else if (event.code !== null) {
            attempt.answer = { at, ...event };
            if (event.code === 0) attempt.sending.ids.add(event.id);
        }
    }

    // After all is read, for epochs may be told late.
    #find_sightings() {
        const see = (connection, session, epoch, how, at, item) => {
            this.sightings.push({ connection, session, epoch, how, at, ...item });
            const known = this.messages.get(item.id);
            if (!known) this.messages.set(item.id, { session, epoch, ...item });
            else known.sequence ??= item.sequence;
            if (item.sequence === undefined) return;
            const place = `${session} ${epoch}`;
            if (!this.places.has(place)) this.places.set(place, new Map());
            this.places.get(place).set(item.sequence, item.id);
        };
        for (const connection of this.connections.values()) {
            for (const { at, session, items } of connection.pushes) {
                const epoch = this.epoch_of(connection, session, at);
                for (const item of items) see(connection, session, epoch, 'push', at, item);
            }
            for (const { at, session, epoch, items } of connection.pages) {
                for (const item of items) see(connection, session, epoch, 'history', at, item);
            }
            for (const { answer, sending } of connection.tries) {
                if (answer?.code !== 0) continue;
                const { id, sequence } = answer;
                const epoch = this.epoch_of(connection, sending.session, answer.at);
                const sent = { id, sequence, sender: sending.user, content: sending.content };
                see(connection, sending.session, epoch, 'answer', answer.at, sent);
            }
        }
    }
}
