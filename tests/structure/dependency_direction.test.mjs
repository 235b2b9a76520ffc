import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './dependency_direction.mjs';
import { source_files } from './source_tree.mjs';

const file = (path, text) => [{ path, text }];
const refused = (path, text, pattern) => assert.match(violations(file(path, text)).join('\n'), pattern);
const accepted = (path, text) => assert.deepEqual(violations(file(path, text)), []);

test('the sources keep the direction of dependencies', () => {
    const files = source_files();
    assert.ok(files.length > 40, `only ${files.length} sources found`);
    assert.deepEqual(violations(files), []);
});

test('an include along the direction passes', () => {
    accepted('src/session/rooms.cpp', '#include "session/rooms.hpp"\n#include "storage/store.hpp"\n#include <vector>\n');
    accepted('cmd/gim/serve.cpp', '#include "gim/flags.hpp"\n#include "gateway/gateway.hpp"\n');
});

test('an include against the direction is found, with its line', () => {
    refused('src/push/batch.cpp', '#include "push/batch.hpp"\n#include "session/rooms.hpp"\n', /^src\/push\/batch.cpp:2: push must not/);
    refused('src/protocol/ids.hpp', '  #  include "storage/store.hpp"\n', /protocol must not include storage/);
    refused('src/storage/store.hpp', '#include "session/node.hpp"\n', /storage must not include session/);
    refused('src/api/server.cpp', '#include "gateway/gateway.hpp"\n', /api must not include gateway/);
    refused('src/api/server.cpp', '#include "gim/flags.hpp"\n', /api must not include gim/);
    refused('src/load/run.cpp', '#include "report/report_json.hpp"\n', /load must not include report/);
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
    refused('src/load/run.cpp', '#include <nlohmann/json.hpp>\n', /belongs only in/);
    refused('src/protocol/codec.hpp', '#include <nlohmann/json.hpp>\n', /belongs only in/);
    refused('src/protocol/json_encode.cpp', '#include "gim.pb.h"\n', /belongs only in/);
    refused('cmd/gim/flag_sources.cpp', '#include <CLI/CLI.hpp>\n', /belongs only in/);
    refused('src/push/outbox.hpp', '#include <boost/asio/buffer.hpp>\n', /belongs only in/);
    refused('src/session/users.cpp', '#include <boost/asio/ip/tcp.hpp>\n', /belongs only in/);
    refused('src/gateway/stream.cpp', '#include <boost/beast/websocket.hpp>\n', /belongs only in/);
    accepted('src/report/report_json.cpp', '#include <nlohmann/json.hpp>\n');
    accepted('src/protocol/proto_encode.cpp', '#include "gim.pb.h"\n');
});
