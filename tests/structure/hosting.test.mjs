// What the hosting service reads: the workflow runs every part of .ci/run, and the forms for issues are forms.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { parse } = createRequire(path.join(root, 'tests/e2e/package.json'))('yaml');
const read = (name) => parse(readFileSync(path.join(root, '.github', name), 'utf8'), { strict: true });

test('the workflow has a job for each part of .ci/run, bounded in time', () => {
    const { on, jobs } = read('workflows/ci.yml');
    assert.deepEqual(Object.keys(on), ['push', 'pull_request']);
    const { strategy, steps } = jobs.part;
    const parts = execFileSync(path.join(root, '.ci/run'), ['--list'], { encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(strategy.matrix.include.map(({ part }) => part), parts);
    for (const { part, minutes } of strategy.matrix.include) assert.ok(minutes > 0 && minutes <= 120, part);
    assert.equal(jobs.part['timeout-minutes'], '${{ matrix.minutes }}');
    assert.ok(steps.some(({ run }) => run === '.ci/run ${{ matrix.part }}'));
    // The checkout needs git, which the image does not have.
    const at = (wanted) => steps.findIndex(wanted);
    assert.ok(at(({ run }) => /apt-get install .*\bgit ca-certificates$/.test(run)) < at(({ uses }) => /^actions\/checkout@/.test(uses)));
});

test('the forms for issues have a name, a description and questions with a name each', () => {
    const forms = readdirSync(path.join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
    assert.deepEqual(forms.sort(), ['bug_report.yml', 'feature_request.yml']);
    assert.deepEqual(read('ISSUE_TEMPLATE/config.yml'), { blank_issues_enabled: false });
    for (const form of forms) {
        const { name, description, body } = read(`ISSUE_TEMPLATE/${form}`);
        assert.ok(name && description, form);
        const questions = body.filter(({ type }) => type !== 'markdown');
        assert.ok(questions.length >= 3, form);
        for (const { type, id, attributes } of questions) assert.ok(['input', 'textarea'].includes(type) && id && attributes.label, `${form}: ${id}`);
        assert.equal(new Set(questions.map(({ id }) => id)).size, questions.length, form);
    }
});
