// What GET /metrics says.
import assert from 'node:assert/strict';
import { get } from './api.mjs';
import { sleep } from './time.mjs';

// { text, families, samples }: families by name, each { type, help, labels }; samples by what stands before the value.
export async function scrape(server) {
    const { status, text } = await get(server, '/metrics');
    assert.equal(status, 200, text);
    const families = new Map();
    const samples = new Map();
    for (const line of text.split('\n').filter(Boolean)) {
        const [, keyword, about, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
        if (keyword === 'HELP') families.set(about, { help: rest, labels: new Set() });
        else if (keyword === 'TYPE') families.get(about).type = rest;
        else {
            const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
            const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
            for (const [, label] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') family.labels.add(label);
            samples.set(line.slice(0, line.lastIndexOf(' ')), Number(value));
        }
    }
    return { text, families, samples };
}

// Scrapes until the samples are as `expected` ({ sample: value }) or 20 s are over, and then compares.
export async function expect_samples(server, expected) {
    const deadline = Date.now() + 20_000;
    for (;;) {
        const { samples } = await scrape(server);
        const seen = Object.fromEntries(Object.keys(expected).map((sample) => [sample, samples.get(sample)]));
        const is_right = Object.entries(expected).every(([sample, value]) => seen[sample] === value);
        if (is_right || Date.now() > deadline) {
            assert.deepEqual(seen, expected);
            return;
        }
        await sleep(20);
    }
}
