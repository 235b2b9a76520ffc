// What no ordinary test runs must at least be free of errors of syntax: bench/ is only run by hand.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function files_below(folder) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files_below(name);
        return [name];
    });
}

const names = ['scripts', 'bench'].flatMap(files_below);
const bash = names.filter((name) => readFileSync(path.join(root, name), 'utf8').startsWith('#!/usr/bin/env bash\n'));
const modules = names.filter((name) => name.endsWith('.mjs'));

function parses(command, name) {
    const { status, stderr } = spawnSync(command[0], [...command.slice(1), name], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
}

test('the bash scripts parse', () => {
    assert.ok(bash.includes('bench/run') && bash.includes('scripts/test'));
    for (const name of bash) parses(['bash', '-n'], name);
});

test('the modules that no test imports parse', () => {
    assert.ok(modules.includes('bench/table.mjs'));
    for (const name of modules) parses([process.execPath, '--check'], name);
});
