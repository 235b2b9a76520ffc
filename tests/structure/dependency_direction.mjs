// Who may include whom. A message runs one way round (docs/design.md); an include against it is a shortcut.
import path from 'node:path';
import { code_only, line_of } from './source_tree.mjs';

// Every row that stands above.
export const everything = Symbol('everything');

// The law. It is written only here; `node tests/structure/write_law.mjs` copies it to docs/design.md and to the READMEs.
// Each folder with sources has a row; a sub-folder has its own. A list names rows as an include does, without src/ or cmd/:
// 'storage/redis', 'gim/settings'. A name stands for that row alone: who lists 'storage' may not include 'storage/redis',
// nor does a sub-folder share in what its parent may include. The rows go from the ground up and list only what stands
// above them, so there is no circle.
export const may_include = {
    'src/base': [],
    'src/observe/stats': [],
    'src/observe/profiling': [],
    'src/model': ['base'],
    'src/json': ['base', 'model'],
    'src/websocket': ['base', 'model'],
    'src/dialects/gim': ['base', 'model', 'json', 'websocket'],
    'src/auth': ['base', 'model', 'json'],
    'src/worker': ['base', 'model', 'observe/stats'],
    'src/redis': ['base', 'model', 'worker', 'observe/stats'],
    'src/storage': ['base', 'model', 'worker'],
    'src/storage/snapshot': ['base', 'model'],
    'src/storage/memory': ['base', 'model', 'worker', 'storage', 'storage/snapshot', 'observe/stats'],
    'src/storage/redis': ['base', 'model', 'worker', 'redis', 'storage', 'observe/stats'],
    'src/push': ['base', 'model', 'websocket', 'dialects/gim', 'worker'],
    'src/observe/trace': ['base', 'model', 'json', 'push', 'worker', 'observe/stats'],
    'src/node': ['base', 'model', 'websocket', 'dialects/gim', 'auth', 'storage', 'storage/memory', 'storage/snapshot', 'push', 'worker', 'observe/stats', 'observe/trace'],
    'src/session': ['base', 'model', 'auth', 'storage', 'node', 'worker', 'observe/stats'],
    'src/observe/metrics': ['node', 'worker', 'observe/stats'],
    'src/observe/inspect': ['model', 'json', 'storage', 'push', 'node', 'worker', 'observe/stats', 'observe/metrics'],
    'src/net': ['base', 'model', 'worker', 'observe/stats'],
    'src/program': ['base', 'model'],
    'src/program/flags': ['base', 'net', 'program'],
    'src/program/log': ['base', 'json', 'net', 'observe/stats'],
    'src/program/process': ['net', 'program'],
    'src/ask': ['base', 'model', 'json', 'auth', 'session', 'worker', 'net', 'observe/stats'],
    'src/gateway': ['base', 'model', 'websocket', 'dialects/gim', 'push', 'node', 'session', 'worker', 'net', 'observe/stats', 'observe/inspect'],
    'src/api': ['base', 'model', 'json', 'dialects/gim', 'auth', 'node', 'session', 'worker', 'net', 'observe/stats', 'observe/metrics', 'observe/inspect', 'observe/profiling'],
    'src/tools/client': ['websocket', 'dialects/gim'],
    'src/tools/load': ['base', 'tools/client'],
    'src/tools/report': ['base', 'tools/load'],
    'src/tools/top': ['base', 'tools/client'],
    'cmd/gim/settings': ['base', 'model', 'websocket', 'auth', 'redis', 'storage', 'storage/redis', 'node', 'net', 'program', 'program/flags', 'program/log', 'program/process', 'ask', 'gateway', 'observe/trace', 'tools/load', 'tools/top'],
    'cmd/gim/snapshot': ['storage/snapshot', 'node', 'net'],
    // Wires everything together.
    'cmd/gim': everything,
};

// Libraries that stay inside a few files, because they are slow to compile or not the business of the others.
const contained = [
    { header: /^nlohmann\//, files: /^src\/tools\/(report\/report_json|top\/table)\.cpp$/, where: 'src/tools/report/report_json.cpp and src/tools/top/table.cpp' },
    { header: /^simdjson/, files: /^src\/json\/json_reader\.cpp$/, where: 'src/json/json_reader.cpp' },
    { header: /\.pb\.h$/, files: /^src\/dialects\/gim\/proto_\w+\.cpp$/, where: 'src/dialects/gim/proto_*.cpp' },
    { header: /^CLI\//, files: /^$/, where: 'bench/peers, since it swallows flags: --a= --b' },
    { header: /^boost\/asio/, files: /^(?!src\/(base|model|json|websocket|dialects|push|auth|tools\/(client|load|report|top))\/)/, where: 'folders that know of threads, not base, model, json, websocket, dialects, push, auth and tools' },
    { header: /^hiredis\//, files: /^src\/redis\/reply\w*\.cpp$/, where: 'src/redis/reply*.cpp' },
    { header: /^boost\/(beast|asio\/ip)/, files: /^((src\/(net|redis|ask|gateway|api)|cmd\/gim)\/|src\/tools\/top\/http_get\.cpp$)/, where: 'src/net, src/redis, src/ask, src/gateway, src/api, cmd and src/tools/top/http_get.cpp' },
    { header: /^openssl\/(ssl|tls1|dtls1)/, files: /^src\/net\/tls_\w+\.cpp$/, where: 'src/net/tls_*.cpp' },
    { header: /^prometheus\//, files: /^src\/observe\/metrics\/exposition\.cpp$/, where: 'src/observe/metrics/exposition.cpp' },
    { header: /^boost\/beast\/websocket/, files: /^$/, where: 'tests: gim has its own' },
];

// The name by which includes and lists call a row.
export const name_of = (row) => row.slice(row.indexOf('/') + 1);

// The row that a file belongs to: the longest that leads to it.
function longest(rows, file) {
    return rows.filter((row) => file.startsWith(`${row}/`)).reduce((best, row) => (row.length > best.length ? row : best), '') || undefined;
}

// For each row the names of the rows that it may include.
function allowed_by(table) {
    const rows = Object.keys(table);
    return new Map(rows.map((row, i) => [row, table[row] === everything ? rows.slice(0, i).map(name_of) : table[row]]));
}

// What is wrong with the table itself, one line each; the files say which folders there are.
export function faults_of_table(table, files) {
    const found = [];
    const folders = new Set(files.map((file) => path.dirname(file.path)));
    const names = Object.keys(table).map(name_of);
    const above = new Set();
    for (const [row, list] of allowed_by(table)) {
        if (!folders.has(row)) found.push(`${row}: a row without sources`);
        if (above.has(name_of(row))) found.push(`${row}: another row is included by the same name`);
        for (const name of list) {
            if (!names.includes(name)) found.push(`${row}: ${name} is no row`);
            else if (!above.has(name)) found.push(`${row}: ${name} does not stand above it, so there may be a circle`);
            else if (row.startsWith('src/') && table[`cmd/${name}`]) found.push(`${row}: nothing in src includes cmd/${name}`);
        }
        above.add(name_of(row));
    }
    for (const folder of folders) {
        if (!table[folder]) found.push(`${folder}: sources without a row`);
    }
    return found;
}

// What is wrong with these files, one line each.
export function violations(files, table = may_include) {
    const found = [];
    const rows = Object.keys(table);
    const names = rows.map(name_of);
    const allowed = allowed_by(table);
    for (const file of files) {
        const report = (offset, what) => found.push(`${file.path}:${line_of(file.text, offset)}: ${what}`);
        const row = longest(rows, file.path);
        if (!row) report(0, `the folder ${path.dirname(file.path)} is not in the table of dependencies`);
        const own = row && name_of(row);
        const may = (name) => name === own || allowed.get(row).includes(name);

        const code = code_only(file.text);
        for (const include of file.text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm)) {
            // Blanked out by code_only: the line is inside a comment.
            if (!code.startsWith('#', include.index + include[0].indexOf('#'))) continue;
            const [, quote, header] = include;
            if (quote === '"' && !header.endsWith('.pb.h')) {
                const target = longest(names, header);
                if (!header.includes('/') || /(^|\/)\.\.?\//.test(header)) {
                    report(include.index, `"${header}": includes begin at the root of src or cmd, as in "push/batch.hpp"`);
                } else if (!target) {
                    report(include.index, `"${header}": no such folder in the table`);
                } else if (row && !may(target)) {
                    report(include.index, `${own} must not include ${target} ("${header}")`);
                }
            }
            for (const rule of contained) {
                if (rule.header.test(header) && !rule.files.test(file.path)) {
                    report(include.index, `${header} belongs only in ${rule.where}`);
                }
            }
        }
    }
    return found;
}
