// How much of the time in which a process could have run it waited for its core, because something else ran there.
import { readFileSync, readdirSync } from 'node:fs';

// { ran, waited } of all threads, in ns; null if the process is gone or the kernel does not say.
function read(pid) {
    try {
        const sum = { ran: 0, waited: 0 };
        for (const thread of readdirSync(`/proc/${pid}/task`)) {
            const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
            sum.ran += ran;
            sum.waited += waited;
        }
        return sum;
    } catch {
        return null;
    }
}

// Watches a process until end(), which also works when it has ended in the meantime.
export class Contention {
    constructor(pid) {
        this.first = this.last = read(pid);
        this.timer = setInterval(() => (this.last = read(pid) ?? this.last), 100);
    }

    // 0: it never waited; null: not known.
    end() {
        clearInterval(this.timer);
        if (!this.first || !this.last) return null;
        const ran = this.last.ran - this.first.ran;
        const waited = this.last.waited - this.first.waited;
        return ran + waited > 0 ? waited / (ran + waited) : null;
    }
}
