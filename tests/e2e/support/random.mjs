// Chance that can be had again.
import { randomInt } from 'node:crypto';

// GIM_SEED repeats what a test said when it failed.
export function choose_seed() {
    return Number(process.env.GIM_SEED ?? randomInt(2 ** 31));
}

export class Random {
    constructor(seed) {
        this.state = seed >>> 0;
    }

    // An integer from 0 to n - 1 (mulberry32).
    below(n) {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let t = this.state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
    }

    any_of(list) {
        return list[this.below(list.length)];
    }
}
