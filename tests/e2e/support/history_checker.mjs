// Checks what clients saw against what they were promised: check(events), or `node history_checker.mjs LOG.jsonl`, which
// prints what it counted and found. Exit code 1: something is wrong with the history; 2: with the log.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { HistoryModel } from './history_model.mjs';
import { rules } from './history_rules.mjs';

const most_told = 20; // violations of one rule

function count(model) {
    const connections = [...model.connections.values()];
    const sendings = [...model.sendings.values()];
    const answered = (wanted) => sendings.filter(({ tries }) => tries.some(({ answer }) => answer && wanted(answer.code))).length;
    return {
        devices: model.devices.size,
        connections: connections.length,
        closed: connections.filter(({ closed_at }) => closed_at !== Infinity).length,
        messages: sendings.length,
        accepted: sendings.filter((sending) => sending.is_accepted).length,
        refused: answered((code) => code !== 0),
        copies: sendings.reduce((sum, { tries }) => sum + tries.length - 1, 0),
        pushed: connections.reduce((sum, { pushes }) => sum + pushes.reduce((n, { items }) => n + items.length, 0), 0),
        read: connections.reduce((sum, { pages }) => sum + pages.reduce((n, { items }) => n + items.length, 0), 0),
    };
}

// { violations: [{ rule, text }], counts, seed }
export function check(events) {
    const model = new HistoryModel(events);
    const violations = [...model.flaws];
    for (const [rule, find] of Object.entries(rules)) find(model, (text) => violations.push({ rule, text }));
    return { violations, counts: count(model), seed: model.seed };
}

// Some lines of text; empty if there is nothing to say.
export function describe(violations) {
    const lines = [];
    const told = new Map();
    for (const { rule, text } of violations) {
        const times = (told.get(rule) ?? 0) + 1;
        told.set(rule, times);
        if (times <= most_told) lines.push(`${rule}: ${text}`);
    }
    for (const [rule, times] of told) if (times > most_told) lines.push(`${rule}: and ${times - most_told} more`);
    return lines.join('\n');
}

function main(path) {
    let events;
    try {
        events = readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
        const { violations, counts, seed } = check(events);
        console.log(Object.entries({ seed, ...counts }).map(([name, n]) => `${name} ${n}`).join(', '));
        if (violations.length > 0) console.log(describe(violations));
        return violations.length > 0 ? 1 : 0;
    } catch (failure) {
        console.error(`${path}: ${failure.message}`);
        return 2;
    }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    if (process.argv.length !== 3) {
        console.error('usage: node history_checker.mjs LOG.jsonl');
        process.exit(2);
    }
    process.exitCode = main(process.argv[2]);
}
