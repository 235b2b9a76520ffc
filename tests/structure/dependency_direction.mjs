// Who may include whom. A message runs one way round (docs/design.md); an include against it is a shortcut.
import { code_only, line_of } from './source_tree.mjs';

const may_include = {
    'src/stats': [],
    'src/protocol': [],
    'src/auth': ['protocol'],
    'src/worker': ['protocol', 'stats'],
    'src/redis': ['protocol', 'worker', 'stats'],
    'src/storage': ['protocol', 'worker', 'redis', 'stats'],
    'src/push': ['protocol', 'worker'],
    'src/trace': ['protocol', 'push', 'worker', 'stats'],
    'src/session': ['protocol', 'auth', 'storage', 'push', 'worker', 'trace', 'stats'],
    'src/metrics': ['storage', 'push', 'worker', 'session', 'stats'],
    'src/inspect': ['protocol', 'storage', 'push', 'worker', 'session', 'metrics', 'stats'],
    'src/profiling': [],
    'src/net': ['protocol', 'worker', 'stats'],
    'src/ask': ['protocol', 'auth', 'storage', 'session', 'worker', 'stats', 'net'],
    'src/gateway': ['protocol', 'auth', 'push', 'session', 'inspect', 'worker', 'trace', 'stats', 'net'],
    'src/api': ['protocol', 'auth', 'session', 'metrics', 'inspect', 'profiling', 'worker', 'trace', 'stats', 'net'],
    'src/load': ['protocol'],
    'src/report': ['load'],
    'src/top': ['protocol', 'load'],
    // Wires everything together.
    'cmd/gim': ['stats', 'protocol', 'auth', 'redis', 'storage', 'worker', 'push', 'trace', 'session', 'metrics', 'inspect', 'profiling', 'net', 'ask', 'gateway', 'api', 'load', 'report', 'top'],
};

// Libraries that stay inside a few files, because they are slow to compile or not the business of the others.
const contained = [
    { header: /^nlohmann\//, files: /^src\/(report\/report_json|top\/table)\.cpp$/, where: 'src/report/report_json.cpp and src/top/table.cpp' },
    { header: /^simdjson/, files: /^src\/protocol\/json_reader\.cpp$/, where: 'src/protocol/json_reader.cpp' },
    { header: /\.pb\.h$/, files: /^src\/protocol\/proto_\w+\.cpp$/, where: 'src/protocol/proto_*.cpp' },
    { header: /^CLI\//, files: /^$/, where: 'bench/peers, since it swallows flags: --a= --b' },
    { header: /^boost\/asio/, files: /^(?!src\/(push|protocol|auth|load|report|top)\/)/, where: 'folders that know of threads, not push, protocol, auth, load, report and top' },
    { header: /^hiredis\//, files: /^src\/redis\/reply\w*\.cpp$/, where: 'src/redis/reply*.cpp' },
    { header: /^boost\/(beast|asio\/ip)/, files: /^((src\/(net|redis|ask|gateway|api)|cmd\/gim)\/|src\/top\/http_get\.cpp$)/, where: 'src/net, src/redis, src/ask, src/gateway, src/api, cmd and src/top/http_get.cpp' },
    { header: /^openssl\/(ssl|tls1|dtls1)/, files: /^src\/net\/tls_\w+\.cpp$/, where: 'src/net/tls_*.cpp' },
    { header: /^prometheus\//, files: /^src\/metrics\/exposition\.cpp$/, where: 'src/metrics/exposition.cpp' },
    { header: /^boost\/beast\/websocket/, files: /^$/, where: 'tests: gim has its own' },
];

// What is wrong with these files, one line each.
export function violations(files) {
    const found = [];
    for (const file of files) {
        const report = (offset, what) => found.push(`${file.path}:${line_of(file.text, offset)}: ${what}`);
        const [top, own] = file.path.split('/');
        const allowed = may_include[`${top}/${own}`];
        if (!allowed) report(0, `the folder ${top}/${own} is not in the table of dependencies`);

        const code = code_only(file.text);
        for (const include of file.text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm)) {
            // Blanked out by code_only: the line is inside a comment.
            if (!code.startsWith('#', include.index + include[0].indexOf('#'))) continue;
            const [, quote, header] = include;
            const folder = header.split('/')[0];
            if (quote === '"' && !header.endsWith('.pb.h')) {
                if (!header.includes('/') || folder.startsWith('.')) {
                    report(include.index, `"${header}": includes begin at the root of src, as in "push/batch.hpp"`);
                } else if (allowed && top === 'src' && folder !== own && !allowed.includes(folder)) {
                    report(include.index, `${own} must not include ${folder} ("${header}")`);
                } else if (allowed && top === 'cmd' && folder !== own && !allowed.includes(folder)) {
                    report(include.index, `"${header}": no such folder in src`);
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
