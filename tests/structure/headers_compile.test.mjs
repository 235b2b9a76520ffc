// Compiles each header alone of which headers_alone.mjs proves nothing. One run of the compiler a header, one after the other:
// ctest fills the other cores. GIM_CXX names the compiler.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { unproven } from './headers_alone.mjs';
import { root, source_files } from './source_tree.mjs';

// What the compiler finds wrong with headers, each compiled by itself; '' if nothing. Warnings are for the build. Asio's bodies
// would only take time.
function errors_of(headers) {
    const flags = ['-std=c++20', '-fsyntax-only', '-w', '-Isrc', '-Icmd', '-DBOOST_ASIO_SEPARATE_COMPILATION', '-x', 'c++'];
    const { status, stderr, error } = spawnSync(process.env.GIM_CXX ?? 'c++', [...flags, ...headers], { cwd: root, encoding: 'utf8' });
    if (error) throw error;
    return status === 0 ? '' : stderr || `the compiler ended with ${status}`;
}

test('each header of src and cmd that no .cpp includes first compiles alone', () => {
    const headers = unproven(source_files(['src', 'cmd', 'tests'])).filter((name) => !name.startsWith('tests/'));
    assert.ok(headers.length > 0, 'no headers found');
    assert.equal(errors_of(headers), '');
});

test('a header that lacks an include is found, also after one that lacks none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gim-headers-'));
    try {
        const header = (name, text) => {
            writeFileSync(path.join(folder, name), `#pragma once\n${text}`);
            return path.join(folder, name);
        };
        const whole = header('whole.hpp', '#include <string>\ninline std::string f() { return {}; }\n');
        const lacking = header('lacking.hpp', 'inline std::string g() { return {}; }\n');
        assert.equal(errors_of([whole]), '');
        assert.match(errors_of([whole, lacking]), /lacking\.hpp:2:.*std/);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
