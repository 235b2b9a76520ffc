// How tests are counted: scripts/count.awk, and what .ci/run makes of it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

// What is counted in a log of ctest with these entries: { output: [line, ...], is_ok }.
function count(entries, missing = '') {
    const lines = entries.flatMap(({ output, is_ok = true }, i) => [
        `${i + 1}/${entries.length} Testing: test${i}`,
        `${i + 1}/${entries.length} Test: test${i}`,
        ...output,
        is_ok ? 'Test Passed.' : 'Test Failed.',
    ]);
    return execFileSync('awk', ['-v', `missing=${missing}`, '-f', join(root, 'scripts/count.awk')], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
}

const doctest = (passed, failed = 0) => `[doctest] test cases: ${passed + failed} | ${passed} passed | ${failed} failed | 0 skipped`;
const node = (passed, failed = 0, skipped = 0) => [`ℹ pass ${passed}`, `ℹ fail ${failed}`, 'ℹ cancelled 0', `ℹ skipped ${skipped}`];

test('cases count one by one, an entry without cases and a crash as one', () => {
    const entries = [
        { output: [doctest(12)] },
        { output: [doctest(3, 2)], is_ok: false },
        { output: node(5, 1), is_ok: false },
        { output: ['something else'] },
        { output: ['Segmentation fault'], is_ok: false },
    ];
    assert.equal(count(entries), '21 passed, 4 failed\n');
});

test('what is not possible here is counted apart, with what it needs', () => {
    const entries = [
        { output: ['not possible here: every interface: needs IPv6', doctest(12)] },
        { output: ['﹣ q gives the terminal back (0.1ms) # not possible here: needs a terminal (no /dev/pts)', '✔ other (1ms)', ...node(1, 0, 1)] },
        { output: ['﹣ so does c (0.1ms) # not possible here: needs a terminal (no /dev/pts)', ...node(0, 0, 1)] },
        { output: ['﹣ over IPv6 (0.1ms) # not possible here: needs IPv6 (no ::1)', ...node(0, 0, 1)] },
    ];
    const needed = ['not possible here: 2 needed IPv6 (no ::1)', 'not possible here: 2 needed a terminal (no /dev/pts)'];
    assert.equal(count(entries), [...needed, '4 not possible here', '12 passed, 0 failed', ''].join('\n'));
    assert.equal(count([{ output: [doctest(2)] }], 'ptrace'), 'not possible here: 1 needed ptrace\n1 not possible here\n2 passed, 0 failed\n');
});

// The folder of a project whose scripts all say the same, and .ci/run of this one.
function with_ci(said, body, args = []) {
    const folder = mkdtempSync(join(tmpdir(), 'gim-ci-'));
    try {
        for (const name of ['.ci', 'scripts', 'build', 'build/release']) mkdirSync(join(folder, name));
        copyFileSync(join(root, '.ci/run'), join(folder, '.ci/run'));
        writeFileSync(join(folder, 'build/release/attacks.md'), '');
        for (const name of ['format', 'test', 'soak', 'fuzz', 'races']) {
            writeFileSync(join(folder, 'scripts', name), `#!/bin/sh\ncat <<END\n${name === 'test' ? said : name}\nEND\n`, { mode: 0o755 });
        }
        const { status, stdout, stderr } = spawnSync(join(folder, '.ci/run'), args, { encoding: 'utf8' });
        body(status, stdout.trimEnd().split('\n').at(-1), { stdout, stderr });
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test('.ci/run passes if all pass, and fails if something was not possible there', () => {
    with_ci('7 passed, 0 failed', (status, last) => assert.deepEqual([status, last], [0, '18 passed, 0 failed']));
    with_ci('7 passed, 1 failed', (status, last) => assert.deepEqual([status, last], [1, '18 passed, 2 failed']));
    with_ci('2 not possible here\n7 passed, 0 failed', (status, last) => assert.deepEqual([status, last], [1, '18 passed, 4 failed']));
});

test('.ci/run runs only the parts that are named', () => {
    const parts = ['format', 'test', 'asan', 'fuzz', 'races', 'soak'];
    const run = (args, body) => with_ci('7 passed, 1 failed', body, args);
    run(['--list'], (status, last, { stdout }) => assert.deepEqual([status, stdout], [0, `${parts.join('\n')}\n`]));
    const sums = { test: [1, '7 passed, 1 failed'], asan: [1, '7 passed, 1 failed'] };
    for (const name of parts) run([name], (status, last) => assert.deepEqual([status, last], sums[name] ?? [0, '1 passed, 0 failed'], name));
    run(['soak', 'format'], (status, last, { stdout }) => {
        assert.deepEqual([status, last], [0, '2 passed, 0 failed']);
        assert.deepEqual(stdout.match(/^== .*/gm), ['== ./scripts/format --check', '== soaked']);
    });
    run(['format', 'none'], (status, last, { stdout, stderr }) => {
        assert.deepEqual([status, stdout], [2, '']);
        assert.equal(stderr, `.ci/run: no part "none"; there are: ${parts.join(' ')}\n`);
    });
});

// Whoever leaves a case out in another way, or for good, is not counted.
test('only tests/e2e/support/needs.mjs leaves cases out', () => {
    const leaves_out = /\b(test|it|describe)\.(skip|todo|only)\b|\b(skip|todo|only)\s*:|\bt\.(skip|todo)\(/;
    const samples = ["test.skip('x', f)", "test('x', { skip: true }, f)", "test('x', { todo: 1 }, f)", "t.skip('x')"];
    for (const sample of samples) assert.match(sample, leaves_out);
    const files = ['tests/e2e', 'tests/e2e/attacks', 'tests/e2e/support', 'tests/structure'].flatMap((folder) =>
        readdirSync(join(root, folder)).filter((name) => name.endsWith('.mjs')).map((name) => `${folder}/${name}`),
    );
    assert.ok(files.length > 80);
    const own = fileURLToPath(import.meta.url);
    const found = files.filter((file) => join(root, file) !== own && leaves_out.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(found, ['tests/e2e/support/needs.mjs']);
});
