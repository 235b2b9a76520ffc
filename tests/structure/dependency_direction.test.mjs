import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything, faults_of_table, may_include, violations } from './dependency_direction.mjs';
import { source_files } from './source_tree.mjs';

const file = (path, text) => [{ path, text }];
const refused = (path, text, pattern) => assert.match(violations(file(path, text)).join('\n'), pattern);
const accepted = (path, text) => assert.deepEqual(violations(file(path, text)), []);

test('the sources keep the direction of dependencies', () => {
    const files = source_files();
    assert.ok(files.length > 40, `only ${files.length} sources found`);
    assert.deepEqual(violations(files), []);
    assert.deepEqual(faults_of_table(may_include, files), []);
});

test('an include along the direction passes', () => {
    accepted('src/session/rooms.cpp', '#include "session/rooms.hpp"\n#include "storage/store.hpp"\n#include <vector>\n');
    accepted('cmd/gim/serve.cpp', '#include "gim/settings/flags.hpp"\n#include "gateway/gateway.hpp"\n');
});

test('an include against the direction is found, with its line', () => {
    refused('src/push/batch.cpp', '#include "push/batch.hpp"\n#include "session/rooms.hpp"\n', /^src\/push\/batch.cpp:2: push must not/);
    refused('src/model/ids.hpp', '  #  include "storage/store.hpp"\n', /model must not include storage/);
    refused('src/storage/store.hpp', '#include "node/node.hpp"\n', /storage must not include node/);
    refused('src/api/server.cpp', '#include "gateway/gateway.hpp"\n', /api must not include gateway/);
    refused('src/api/server.cpp', '#include "gim/settings/flags.hpp"\n', /api must not include gim/);
    refused('src/tools/load/run.cpp', '#include "tools/report/report_json.hpp"\n', /tools\/load must not include tools\/report/);
    refused('src/session/a.cpp', '// "\n#include "gateway/a.hpp"\n', /session must not include gateway/);
});

test('OpenSSL\'s TLS outside of the TLS files is found', () => {
    accepted('src/net/tls_session.cpp', '#include <openssl/ssl.h>\n');
    accepted('src/gateway/upgrade.cpp', '#include <openssl/evp.h>\n');
    refused('src/gateway/upgrade.cpp', '#include <openssl/ssl.h>\n', /belongs only in src\/net\/tls_\*\.cpp/);
    refused('src/net/tls_session.hpp', '#include <openssl/ssl.h>\n', /belongs only in/);
});

test('an include in a comment is none', () => {
    accepted('src/push/batch.cpp', '// #include "session/rooms.hpp"\n/*\n#include "session/rooms.hpp"\n*/\n');
});

test('an include that does not begin at the root of src is found', () => {
    refused('src/push/batch.cpp', '#include "batch.hpp"\n', /begin at the root/);
    refused('src/push/batch.cpp', '#include "../session/rooms.hpp"\n', /begin at the root/);
});

test('a folder that the table does not know is found', () => {
    refused('src/misc/a.cpp', '', /not in the table/);
    refused('cmd/gim/a.cpp', '#include "misc/a.hpp"\n', /no such folder/);
});

test('a contained library outside its files is found', () => {
    refused('src/api/server.cpp', '#include <nlohmann/json.hpp>\n', /belongs only in/);
    refused('src/tools/load/run.cpp', '#include <nlohmann/json.hpp>\n', /belongs only in/);
    refused('src/dialects/gim/codec.hpp', '#include <nlohmann/json.hpp>\n', /belongs only in/);
    refused('src/dialects/gim/json_encode.cpp', '#include "gim.pb.h"\n', /belongs only in/);
    refused('src/program/flags/flag_sources.cpp', '#include <CLI/CLI.hpp>\n', /belongs only in/);
    refused('src/push/outbox.hpp', '#include <boost/asio/buffer.hpp>\n', /belongs only in/);
    refused('src/session/users.cpp', '#include <boost/asio/ip/tcp.hpp>\n', /belongs only in/);
    refused('src/gateway/stream.cpp', '#include <boost/beast/websocket.hpp>\n', /belongs only in/);
    accepted('src/tools/report/report_json.cpp', '#include <nlohmann/json.hpp>\n');
    accepted('src/dialects/gim/proto_encode.cpp', '#include "gim.pb.h"\n');
});

// A house with sub-folders, as the law may have it.
const house = {
    'src/base': [],
    'src/redis': ['base'],
    'src/storage': ['base'],
    'src/storage/memory': ['base', 'storage'],
    'src/storage/redis': ['base', 'redis', 'storage'],
    'src/session': ['base', 'storage'],
    'cmd/gim/settings': ['base'],
    'cmd/gim/snapshot': ['base', 'storage', 'storage/memory'],
    'cmd/gim': everything,
};
const in_house = (path, ...includes) => violations(file(path, includes.map((name) => `#include "${name}"\n`).join('')), house);

test('a sub-folder has a row of its own', () => {
    assert.deepEqual(in_house('src/storage/redis/store.cpp', 'storage/redis/store.hpp', 'storage/store.hpp', 'redis/client.hpp'), []);
    assert.deepEqual(in_house('src/storage/store.cpp', 'redis/client.hpp'), [
        'src/storage/store.cpp:1: storage must not include redis ("redis/client.hpp")',
    ]);
    assert.deepEqual(in_house('src/storage/redis/store.cpp', 'base/utf8.hpp', 'session/node.hpp'), [
        'src/storage/redis/store.cpp:2: storage/redis must not include session ("session/node.hpp")',
    ]);
});

test('who may include a folder may not include its sub-folders, nor a sub-folder its parent\'s', () => {
    assert.deepEqual(in_house('src/session/node.cpp', 'storage/store.hpp'), []);
    assert.match(in_house('src/session/node.cpp', 'storage/redis/store.hpp').join(), /session must not include storage\/redis/);
    assert.match(in_house('src/storage/store.cpp', 'storage/memory/store.hpp').join(), /storage must not include storage\/memory/);
    assert.match(in_house('src/storage/memory/a.cpp', 'storage/redis/a.hpp').join(), /storage\/memory must not include storage\/redis/);
});

test('what lies deeper belongs to the longest row that leads there', () => {
    assert.deepEqual(in_house('src/storage/redis/feed/watch.cpp', 'redis/client.hpp', 'storage/redis/feed/watch.hpp'), []);
    assert.match(in_house('src/session/a.cpp', 'storage/redis/feed/watch.hpp').join(), /session must not include storage\/redis/);
    assert.match(in_house('src/storages/a.cpp').join(), /src\/storages is not in the table/);
    assert.match(in_house('src/session/a.cpp', 'storages/a.hpp').join(), /no such folder/);
});

test('the folders of cmd keep their rows, too', () => {
    assert.deepEqual(in_house('cmd/gim/serve.cpp', 'gim/settings/flags.hpp', 'storage/redis/store.hpp', 'gim/serve.hpp'), []);
    assert.deepEqual(in_house('cmd/gim/settings/flags.cpp', 'gim/settings/flags.hpp', 'base/utf8.hpp'), []);
    assert.deepEqual(in_house('cmd/gim/settings/flags.cpp', 'session/node.hpp', 'gim/serve.hpp', 'gim/snapshot/file.hpp'), [
        'cmd/gim/settings/flags.cpp:1: gim/settings must not include session ("session/node.hpp")',
        'cmd/gim/settings/flags.cpp:2: gim/settings must not include gim ("gim/serve.hpp")',
        'cmd/gim/settings/flags.cpp:3: gim/settings must not include gim/snapshot ("gim/snapshot/file.hpp")',
    ]);
    assert.match(in_house('cmd/gim/settings/flags.cpp', 'settings/flags.hpp').join(), /no such folder/);
    assert.match(in_house('src/storage/a.cpp', 'gim/settings/flags.hpp').join(), /storage must not include gim\/settings/);
});

// What is wrong with this table, if each of these folders has a source.
const faults = (table, folders = Object.keys(table)) => faults_of_table(table, folders.map((folder) => ({ path: `${folder}/a.cpp`, text: '' })));

test('a circle in the table is found', () => {
    assert.deepEqual(faults(house), []);
    assert.match(faults({ 'src/a': ['b'], 'src/b': ['a'] }).join(), /^src\/a: b does not stand above it/);
    assert.match(faults({ 'src/a': ['c'], 'src/b': ['a'], 'src/c': ['b'] }).join(), /^src\/a: c does not stand above it/);
    assert.match(faults({ 'src/a': ['a/b'], 'src/a/b': ['a'] }).join(), /^src\/a: a\/b does not stand above it/);
    assert.match(faults({ 'src/a': ['a'] }).join(), /a does not stand above it/);

    // Everything is what stands above.
    const upside_down = { 'cmd/gim': everything, 'cmd/gim/log': ['gim'] };
    assert.deepEqual(faults(upside_down), []);
    assert.match(violations(file('cmd/gim/a.cpp', '#include "gim/log/a.hpp"\n'), upside_down).join(), /gim must not include gim\/log/);
});

test('rows and folders that do not belong to each other are found', () => {
    assert.deepEqual(faults({ 'src/a': [] }, []), ['src/a: a row without sources']);
    assert.deepEqual(faults({ 'src/a': [] }, ['src/a', 'src/a/b', 'cmd/gim']), ['src/a/b: sources without a row', 'cmd/gim: sources without a row']);
    assert.deepEqual(faults({ 'src/a': ['storage/redis'] }), ['src/a: storage/redis is no row']);
    assert.deepEqual(faults({ 'src/a': [], 'cmd/a': [] }), ['cmd/a: another row is included by the same name']);
    assert.deepEqual(faults({ 'cmd/gim/log': [], 'src/a': ['gim/log'] }), ['src/a: nothing in src includes cmd/gim/log']);
});
