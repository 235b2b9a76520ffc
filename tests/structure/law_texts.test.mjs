import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything } from './dependency_direction.mjs';
import { design_by_law, law_texts, readme_by_law, rows_without_readme } from './law_texts.mjs';
import { files_below } from './source_tree.mjs';

test('the docs tell the law as it is', () => {
    const texts = law_texts();
    assert.ok(texts.length > 15, `only ${texts.length} texts found`);
    for (const { path, text, lawful } of texts) {
        assert.ok(text === lawful, `${path} tells another law; write it with: node tests/structure/write_law.mjs`);
        assert.doesNotMatch(text, /^\| `[^`]+` \| \? \|/m, `${path}: say what the folder is, in place of "?"`);
    }
    assert.deepEqual(rows_without_readme(files_below('src')), []);
});

const table = { 'src/base': [], 'src/storage': ['base'], 'src/storage/redis': ['base', 'storage'], 'cmd/gim': everything };
const design = (...rows) => `# Design\n\n| folder | is | may include |\n|---|---|---|\n${rows.join('')}\nMore | text.\n`;
const lawful_design = design(
    '| `src/base` | leaves | nothing of ours |\n',
    '| `src/storage` | what is kept | base |\n',
    '| `src/storage/redis` | in `Redis`, too | base, storage |\n',
    '| `cmd/gim` | wiring | all |\n',
);

test('the table of the design is brought into line, and nothing else', () => {
    assert.equal(design_by_law(lawful_design, table), lawful_design);
    const stale = design(
        '| `src/storage/redis` | in `Redis`, too | base |\n',
        '| `src/storage` | what is kept | base, push |\n',
        '| `cmd/gim` | wiring | base |\n',
        '| `src/push` | gone | base |\n',
        '| `src/base` | leaves | |\n',
    );
    assert.equal(design_by_law(stale, table), lawful_design);
    assert.throws(() => design_by_law('# Design\n', table), /no table/);
});

test('a row that the design does not know asks what the folder is', () => {
    const short = lawful_design.replace('| `src/storage` | what is kept | base |\n', '');
    assert.equal(design_by_law(short, table), lawful_design.replace('what is kept', '?'));
});

test('the line of a README is brought into line, and nothing else', () => {
    const readme = (line) => `# redis\n\nStores.\n\n${line}\n- Must not include: the doors.\n`;
    const lawful = readme('- May include: base, storage.');
    assert.equal(readme_by_law(lawful, 'src/storage/redis', table), lawful);
    assert.equal(readme_by_law(readme('- May include: base, storage (of which little).'), 'src/storage/redis', table), lawful);
    assert.equal(readme_by_law(readme('- May include: base.'), 'src/base', table), readme('- May include: nothing of ours.'));
    assert.throws(() => readme_by_law('# redis\n', 'src/storage/redis', table), /0 lines/);
    assert.throws(() => readme_by_law(`${lawful}- May include: all.\n`, 'src/storage/redis', table), /2 lines/);
});

test('a folder of src without a README is found, unless it lies in one that has a row', () => {
    assert.deepEqual(rows_without_readme(['src/storage/README.md'], table), ['src/base']);
    assert.deepEqual(rows_without_readme(['src/storage/redis/README.md', 'src/base/README.md'], table), ['src/storage']);
    assert.deepEqual(rows_without_readme([], { 'src/tools/top': [] }), ['src/tools/top']);
});
