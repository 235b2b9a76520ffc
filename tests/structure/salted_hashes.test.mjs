import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './salted_hashes.mjs';
import { source_files } from './source_tree.mjs';

const check = (text) => violations([{ path: 'src/x.hpp', text }]);

test('every table that is keyed by a text has a salted hash', () => {
    const files = source_files();
    assert.ok(files.some((file) => /\btext_map\b/.test(file.text)), 'no text_map was found');
    assert.deepEqual(violations(files), []);
});

test('a salted table and a table of numbers pass', () => {
    assert.deepEqual(check('std::unordered_map<std::string, T, text_hash, std::equal_to<>> a;'), []);
    assert.deepEqual(check('std::unordered_set<std::string, protocol::text_hash, std::equal_to<>> a;'), []);
    assert.deepEqual(check('std::unordered_map<std::uint64_t, std::string> a; // std::unordered_set<std::string>'), []);
});

test('a table of texts with the hash of the standard library is found, with its line', () => {
    assert.match(check('\nstd::unordered_map<std::string, int> a;\ntext_hash b;')[0], /^src\/x\.hpp:2: .* has no text_hash$/);
    assert.match(check('std::unordered_set<std::string_view> a;')[0], /^src\/x\.hpp:1: /);
    assert.match(check('auto n = std::hash<std::string_view>{}(id);')[0], /has no salt/);
    assert.match(check('return std::hash<std::string>()(id);')[0], /has no salt/);
});
