// What no ordinary test runs must at least be free of errors of syntax: bench/ is only run by hand.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { files_below, root, text_of } from './source_tree.mjs';

const names = ['scripts', 'bench'].flatMap(files_below);
const bash = names.filter((name) => text_of(name).startsWith('#!/usr/bin/env bash\n'));
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
