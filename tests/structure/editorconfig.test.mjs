// The files are as .editorconfig says, so that an editor which goes by it changes nothing else.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['.ci', '.github', 'bench', 'cmake', 'cmd', 'docs', 'packaging', 'proto', 'scripts', 'src', 'tests'];
const is_of_others = (name) => name === 'tests/fuzz/corpus' || /(^|\/)(node_modules|__pycache__)$/.test(name);

function files_below(folder) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return is_of_others(name) ? [] : files_below(name);
        return [name];
    });
}

// What an editor would change in a file with these bytes.
function changes(bytes) {
    const text = bytes.toString();
    const found = [];
    if (!Buffer.from(text).equals(bytes)) found.push('is no UTF-8');
    if (text !== '' && !text.endsWith('\n')) found.push('has no line break at its end');
    if (text.startsWith('\ufeff')) found.push('has a byte order mark');
    if (text.includes('\r')) found.push('has CR');
    if (/[ \t]$/m.test(text)) found.push('has spaces at the end of a line');
    if (/^ *\t/m.test(text)) found.push('has a tab before a line');
    return found;
}

test('no file has what .editorconfig forbids', () => {
    const documents = readdirSync(root).filter((name) => /\.(md|txt|json|yaml)$/.test(name));
    assert.ok(documents.includes('README.md'));
    const files = [...documents, ...folders.flatMap(files_below)];
    assert.ok(files.length > 1000, `only ${files.length} files found`);
    const found = files.flatMap((name) => changes(readFileSync(path.join(root, name))).map((what) => `${name} ${what}`));
    assert.deepEqual(found, []);
});

test('each of these is found', () => {
    const check = (text) => changes(Buffer.from(text));
    assert.deepEqual(check('a\n\n  b\n'), []);
    assert.deepEqual(check('a'), ['has no line break at its end']);
    assert.deepEqual(check('\ufeffa\n'), ['has a byte order mark']);
    assert.deepEqual(check('a\r\nb\n'), ['has CR']);
    assert.deepEqual(check('a \nb\n'), ['has spaces at the end of a line']);
    assert.deepEqual(check('a\n\tb\n'), ['has a tab before a line']);
    assert.deepEqual(changes(Buffer.from([0xff, 0x0a])), ['is no UTF-8']);
});
