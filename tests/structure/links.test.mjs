// A link of the documents leads somewhere: the file is there, and so is the heading. So is each file that they name.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { anchors, file_names, links } from './markdown.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const not_ours = new Set(['node_modules', 'build', '.git', '.cache']);

// ['README.md', 'docs/design.md', ...]
function files_below(folder = '') {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) return not_ours.has(entry.name) ? [] : files_below(name);
        return [name];
    });
}

const files = files_below();
const basenames = new Set(files.map((name) => path.posix.basename(name)));
const pages = files.filter((name) => name.endsWith('.md')).map((page) => [page, readFileSync(path.join(root, page), 'utf8')]);

// What is wrong with the relative links of this page: ['docs/x.md:3: no file y.md', ...]
function broken_links(page, text) {
    return links(text).flatMap(({ target, line }) => {
        if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
        const [file, anchor] = target.split('#').map(decodeURIComponent);
        const to = file ? path.posix.normalize(path.posix.join(path.posix.dirname(page), file)) : page;
        const where = path.join(root, to);
        if (to.startsWith('..') || (to !== page && !existsSync(where))) return [`${page}:${line}: no file ${to}`];
        if (anchor === undefined) return [];
        if (!to.endsWith('.md')) return [`${page}:${line}: ${to} has no headings`];
        const there = anchors(to === page ? text : readFileSync(where, 'utf8'));
        return there.includes(anchor) ? [] : [`${page}:${line}: ${to} has no heading #${anchor}`];
    });
}

test('every relative link of every page leads to a file that is there, and to a heading of it', () => {
    for (const name of ['README.md', 'CONTRIBUTING.md', 'docs/protocol.md', 'src/push/README.md']) assert.ok(pages.some(([page]) => page === name), name);
    const count = pages.reduce((sum, [, text]) => sum + links(text).length, 0);
    assert.ok(count > 100, `only ${count} links found`);
    assert.deepEqual(pages.flatMap(([page, text]) => broken_links(page, text)), []);
});

// Names of files of ours that are not there. Without its ending a name stands for a header and its source; a page may name
// what is beside it.
function missing_files(page, text) {
    const beside = path.posix.dirname(page);
    return file_names(text).flatMap(({ name, line }) => {
        const there = [name, `${name}.hpp`, path.posix.join(beside, name)];
        const is_there = basenames.has(name) || there.some((file) => existsSync(path.join(root, file)));
        return is_there ? [] : [`${page}:${line}: no ${name}`];
    });
}

test('every file that a page names is there', () => {
    const count = pages.reduce((sum, [, text]) => sum + file_names(text).length, 0);
    assert.ok(count > 100, `only ${count} names found`);
    assert.deepEqual(pages.flatMap(([page, text]) => missing_files(page, text)), []);
});

test('a file that is not there is found, with its line', () => {
    const check = (text) => missing_files('docs/x.md', text);
    assert.deepEqual(check('a\n`src/push/none.cpp`'), ['docs/x.md:2: no src/push/none.cpp']);
    assert.deepEqual(check('`none.hpp`'), ['docs/x.md:1: no none.hpp']);
    assert.deepEqual(check('`./scripts/none --check`'), ['docs/x.md:1: no scripts/none']);
    assert.deepEqual(check('`src/push`, `src/push/batch`, `batch.cpp`, `src/net/tls_*.cpp`, `tests/fuzz/corpus/TARGET`, `none.html`\n```\nsrc/none.cpp\n```'), []);
});

test('a link to nowhere is found, with its line', () => {
    const check = (text) => broken_links('docs/x.md', text);
    assert.deepEqual(check('# A\n\n[a](none.md)'), ['docs/x.md:3: no file docs/none.md']);
    assert.deepEqual(check('[a](../../README.md)'), ['docs/x.md:1: no file ../README.md']);
    assert.deepEqual(check('[a](protocol.md#no-such)'), ['docs/x.md:1: docs/protocol.md has no heading #no-such']);
    assert.deepEqual(check('[a](#b)\n\n# A'), ['docs/x.md:1: docs/x.md has no heading #b']);
    assert.deepEqual(check('[a][1]\n\n[1]: none.md'), ['docs/x.md:3: no file docs/none.md']);
    assert.deepEqual(check('<img src="none.svg">'), ['docs/x.md:1: no file docs/none.svg']);
    assert.deepEqual(check('[a](../LICENSE#b)'), ['docs/x.md:1: LICENSE has no headings']);
    assert.deepEqual(check('```\n# b\n```\n[a](#b)'), ['docs/x.md:4: docs/x.md has no heading #b']);
    assert.deepEqual(check('[two\nlines](none.md)'), ['docs/x.md:2: no file docs/none.md']);
});

test('what is no link, or leads elsewhere, is left alone', () => {
    const check = (text) => broken_links('docs/x.md', text);
    assert.deepEqual(check('`[a](none.md)` and ``b ` [a](none.md)``\n```\n[a](none.md)\n```'), []);
    assert.deepEqual(check('[a](https://example.org/none.md#b) [b](mailto:c@example.org)'), []);
    assert.deepEqual(check('[a](../README.md "title") [b](#one-two) [c](../src)\n\n# One, `two`'), []);
});

test('headings get the names that links use', () => {
    assert.deepEqual(anchors("# Who's slow, and why\n## `GET /a_b` 2.0\n## Twice\n### Twice\n## [a](b.md) c\n"), [
        'whos-slow-and-why',
        'get-a_b-20',
        'twice',
        'twice-1',
        'a-c',
    ]);
});
