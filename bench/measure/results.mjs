import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build_folder } from './servers.mjs';

// Where and when, in a line.
export function setting() {
    const cpus = os.cpus();
    return `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${cpus[0].model}, ${cpus.length} cores, Linux ${os.release()}`;
}

// Keeps a table and all that it was made from: build/bench/results/NAME.md and NAME.json.
export function keep(name, text, data) {
    const folder = path.join(build_folder, 'results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${name}.md`), text + '\n');
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(data, null, 1) + '\n');
    console.error(`kept in ${path.join(folder, name)}.md and .json`);
}
