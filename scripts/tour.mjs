// Plays the README's conversation with two clients, each a real wscat, and shows what was sent (>) and what came (<).
// Ends with 0 only if every expected answer came.
//
// wscat gives its prompt and colours only on a terminal, and without them it does not say when it is connected. So each
// runs on a terminal of its own, made by script(1), and its output is read back from that.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const url = process.argv[2];
const wscat = fileURLToPath(new URL('../tests/e2e/node_modules/wscat/bin/wscat', import.meta.url));
const patience_ms = 15_000;

// How wscat prints a line on a terminal: it clears the line, then writes text in a colour, then resets the colour.
const printed = /\r\x1b\[2K\x1b\[3D(?:\x1b\[\d+m)?([^\x1b]*)\x1b\[39m/g;

class Wscat {
    #lines = [];
    #output = '';
    #read_to = 0;
    #watchers = new Set();

    constructor(name) {
        this.name = name;
        const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
        const command = `exec ${[process.execPath, wscat, '-c', url].map(quoted).join(' ')}`;
        this.child = spawn('script', ['-qec', command, '/dev/null'], {
            stdio: ['pipe', 'pipe', 'pipe'],
            env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' },
        });
        this.child.on('error', (failure) => this.#end(failure.message));
        // script(1) says so if there is no terminal to have.
        let complaint = '';
        this.child.stderr.on('data', (text) => (complaint += text));
        this.child.on('close', () => this.#end(['wscat ended', complaint.trim()].filter(Boolean).join(': ')));
        this.child.stdin.on('error', () => {});
        this.child.stdout.setEncoding('utf8');
        this.child.stdout.on('data', (text) => this.#receive(text));
    }

    // Waits for the next line that `wanted` accepts, shown or not.
    async expect(what, wanted) {
        const deadline = Date.now() + patience_ms;
        for (;;) {
            const at = this.#lines.findIndex(wanted);
            if (at >= 0) return this.#lines.splice(at, 1)[0];
            if (this.ended) throw new Error(`${this.name}: ${what} did not come: ${this.ended}`);
            const left = deadline - Date.now();
            if (left <= 0) throw new Error(`${this.name}: ${what} did not come within ${patience_ms / 1000} seconds`);
            await new Promise((resolve) => {
                const timer = setTimeout(resolve, left);
                this.#watchers.add(() => (clearTimeout(timer), resolve()));
            });
            this.#watchers.clear();
        }
    }

    type(line) {
        console.log(`${this.name} > ${line}`);
        this.child.stdin.write(`${line}\r`);
    }

    // Ends it as CTRL+C does.
    async quit() {
        this.leaving = true;
        this.child.stdin.write('\x03');
        const timer = setTimeout(() => this.child.kill('SIGKILL'), 3000);
        while (!this.ended) await new Promise((resolve) => this.#watchers.add(resolve));
        clearTimeout(timer);
    }

    #receive(text) {
        this.#output += text;
        printed.lastIndex = this.#read_to;
        for (let match = printed.exec(this.#output); match; match = printed.exec(this.#output)) {
            this.#read_to = printed.lastIndex;
            const line = match[1];
            this.#lines.push(line);
            if (line.startsWith('< ')) console.log(`${this.name} ${line}`);
            else if (line.startsWith('error: ')) this.ended = line;
        }
        this.#notify();
    }

    #end(why) {
        this.ended ??= why;
        this.#notify();
    }

    #notify() {
        for (const watch of [...this.#watchers]) watch();
    }
}

// A frame that wscat printed: { op, body }; null for its other lines.
function frame_of(line) {
    if (!line.startsWith('< ')) return null;
    const { op, body } = JSON.parse(line.slice(2));
    return { op, body: typeof body === 'string' ? JSON.parse(body) : body };
}

const reply = (op) => (line) => {
    const frame = frame_of(line);
    if (frame?.op !== op) return false;
    if (frame.body.code !== 0) throw new Error(`op ${op} says ${frame.body.code}: ${frame.body.msg}`);
    return true;
};

const push = (session, content) => (line) => {
    const frame = frame_of(line);
    return frame?.op === 207 && frame.body.session.id === session && frame.body.items.some((item) => item.content === content);
};

const say = (text) => console.log(`\n# ${text}`);

async function play(ada, bob) {
    for (const client of [ada, bob]) await client.expect('the connection', (line) => line.startsWith('Connected'));

    say('login');
    ada.type('{"op":101,"body":"{\\"id\\":\\"1001\\"}"}');
    await ada.expect('the reply to login', reply(102));
    bob.type('{"op":101,"body":"{\\"id\\":\\"1002\\"}"}');
    await bob.expect('the reply to login', reply(102));

    say('send heartbeat');
    ada.type('{"op":105}');
    await ada.expect('the reply to heartbeat', reply(106));

    say('send private message');
    ada.type('{"op":201,"body":"{\\"content\\":\\"test\\",\\"type\\":2,\\"category\\":\\"text\\",\\"target_id\\":\\"1002\\"}"}');
    await ada.expect('the reply to send', reply(202));
    await bob.expect('the private message', push('2:1001:1002', 'test'));

    say('join chatroom');
    for (const client of [ada, bob]) {
        client.type('{"op":301,"body":"{\\"id\\":\\"9999\\"}"}');
        await client.expect('the reply to join', reply(302));
    }

    say('send chatroom message');
    ada.type('{"op":201,"body":"{\\"content\\":\\"test\\",\\"type\\":1,\\"category\\":\\"text\\",\\"target_id\\":\\"9999\\"}"}');
    await ada.expect('the reply to send', reply(202));
    await ada.expect('the room message', push('1:9999', 'test'));
    await bob.expect('the room message', push('1:9999', 'test'));

    say('list session');
    ada.type('{"op":205}');
    const sessions = frame_of(await ada.expect('the list of sessions', reply(206))).body.data.items.map(({ id }) => id);
    for (const id of ['1:9999', '2:1001:1002']) {
        if (!sessions.includes(id)) throw new Error(`the session ${id} is not listed`);
    }

    say('query history message');
    ada.type('{"op":203,"body":"{\\"session_id\\":\\"1:9999\\"}"}');
    const history = frame_of(await ada.expect('the history', reply(204))).body.data.items;
    if (history[0]?.content !== 'test') throw new Error('the message is not in the history');
}

console.log(`# two clients, 1001 and 1002, on ${url}`);
const clients = [new Wscat('1001'), new Wscat('1002')];
try {
    await play(...clients);
    console.log('\n# every answer came');
} catch (failure) {
    console.log(`\n# ${failure.message}`);
    process.exitCode = 1;
}
await Promise.all(clients.map((client) => client.quit()));
