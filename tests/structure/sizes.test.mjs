import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults_of_size, fullest_folder, is_source, longest_file } from './sizes.mjs';
import { files_below, text_of } from './source_tree.mjs';

const folders = ['.ci', 'bench', 'cmake', 'cmd', 'packaging', 'scripts', 'src', 'tests'];

test('no source is too long, and no folder too full', () => {
    const sources = folders
        .flatMap(files_below)
        .map((name) => ({ path: name, text: text_of(name) }))
        .filter(is_source);
    for (const name of ['.ci/run', 'bench/table.mjs', 'cmd/gim/main.cpp', 'scripts/lib.sh', 'packaging/debian/postinst']) {
        assert.ok(sources.some((file) => file.path === name), `${name} was not looked at`);
    }
    assert.deepEqual(faults_of_size(sources), []);
});

const file = (path, lines) => ({ path, text: 'x\n'.repeat(lines) });
const folder = (path, files) => Array.from({ length: files }, (_, i) => file(`${path}/${i}.cpp`, 1));

test('a long file is found, wherever it is', () => {
    assert.deepEqual(faults_of_size([file('src/a/b.cpp', longest_file), file('bench/run', longest_file)], {}), []);
    assert.deepEqual(faults_of_size([file('src/a/b.cpp', 451), file('bench/run', 452)], {}), [
        'src/a/b.cpp: 451 lines, and 450 are allowed',
        'bench/run: 452 lines, and 450 are allowed',
    ]);
});

test('a full folder of src, cmd and tests is found, without its sub-folders', () => {
    assert.deepEqual(faults_of_size([...folder('src/a', fullest_folder), ...folder('src/a/b', fullest_folder), ...folder('bench', 99)], {}), []);
    assert.deepEqual(faults_of_size([...folder('src/a', 61), ...folder('cmd/gim/b', 62), ...folder('tests/unit/c', 63)], {}), [
        'src/a: 61 sources, and 60 are allowed',
        'cmd/gim/b: 62 sources, and 60 are allowed',
        'tests/unit/c: 63 sources, and 60 are allowed',
    ]);
});

test('a ceiling may not be passed, and falls with what is below it', () => {
    const check = (lines, ceiling) => faults_of_size([file('src/a/b.cpp', lines)], { 'src/a/b.cpp': ceiling });
    assert.deepEqual(check(500, 500), []);
    assert.deepEqual(check(501, 500), ['src/a/b.cpp: 501 lines, and 500 are allowed']);
    assert.deepEqual(check(499, 500), ['src/a/b.cpp: 499 lines, so lower its ceiling of 500']);
    assert.deepEqual(check(450, 500), ['src/a/b.cpp: 450 lines, so it needs no ceiling: take it out']);
    assert.deepEqual(faults_of_size([], { 'src/a': 70 }), ['src/a: it is gone, so it needs no ceiling: take it out']);
    assert.deepEqual(faults_of_size(folder('src/a', 70), { 'src/a': 71 }), ['src/a: 70 sources, so lower its ceiling of 71']);
});

test('sources are told by their ending, or by their first line', () => {
    const source = (path, text = '') => is_source({ path, text });
    assert.ok(source('src/a.hpp') && source('src/a.cpp') && source('bench/a.mjs') && source('scripts/lib.sh'));
    assert.ok(source('scripts/run', '#!/usr/bin/env bash\n') && source('packaging/prerm', '#!/bin/sh\nset -e\n'));
    assert.ok(!source('src/a/README.md', '# a\n') && !source('src/a.lua') && !source('packaging/x.awk', '#!/usr/bin/awk -f\n'));
});
