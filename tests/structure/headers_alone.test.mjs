import assert from 'node:assert/strict';
import { test } from 'node:test';
import { out_of_order, unproven } from './headers_alone.mjs';
import { source_files } from './source_tree.mjs';

const tree = (files) => Object.entries(files).map(([path, text]) => ({ path, text }));

test('each .cpp includes the header of its name first', () => {
    assert.deepEqual(out_of_order(source_files()), []);
});

test('a .cpp that includes another header before its own is found', () => {
    const both = { 'src/push/batch.hpp': '', 'src/push/frame.hpp': '' };
    const check = (text) => out_of_order(tree({ ...both, 'src/push/batch.cpp': text }));
    assert.deepEqual(check('#include "push/batch.hpp"\n#include "push/frame.hpp"\n'), []);
    assert.deepEqual(check('// Why.\n\n#include "push/batch.hpp"\n'), []);
    assert.deepEqual(check('#include "push/frame.hpp"\n#include "push/batch.hpp"\n'), ['src/push/batch.cpp']);
    assert.deepEqual(check('#include <vector>\n#include "push/batch.hpp"\n'), ['src/push/batch.cpp']);
    assert.deepEqual(check('#define X\n#include "push/batch.hpp"\n'), ['src/push/batch.cpp']);
    assert.deepEqual(check('// #include "push/batch.hpp"\n#include "push/frame.hpp"\n'), ['src/push/batch.cpp']);
    assert.deepEqual(check(''), ['src/push/batch.cpp']);
    assert.deepEqual(out_of_order(tree({ ...both, 'src/push/no_header.cpp': '#include <vector>\n' })), []);
});

test('what a compiled file includes first is proven, and what that includes first', () => {
    const files = {
        'src/a.hpp': '#pragma once\n\n// Why.\n#include "deep/b.hpp"\n#include "second.hpp"\n',
        'src/deep/b.hpp': '#pragma once\n#include <vector>\n#include "second.hpp"\n',
        'src/second.hpp': '#pragma once\n',
        'src/unread.hpp': '#pragma once\n#include "second.hpp"\n',
        'cmd/gim/c.hpp': '#pragma once\n#ifdef X\n#include "second.hpp"\n#endif\n',
        'tests/d.cpp': '#include "gim/c.hpp"\n#include "second.hpp"\n',
    };
    assert.deepEqual(unproven(tree({ ...files, 'src/a.cpp': '#include "a.hpp"\n' })), ['src/second.hpp', 'src/unread.hpp']);
    assert.deepEqual(unproven(tree(files)), ['src/a.hpp', 'src/deep/b.hpp', 'src/second.hpp', 'src/unread.hpp']);
    assert.deepEqual(unproven(tree({ 'src/a.hpp': '#include "b.hpp"\n', 'src/b.hpp': '#include "a.hpp"\n' })), ['src/a.hpp', 'src/b.hpp']);
});
