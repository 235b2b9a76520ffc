// What is made of the binary's --help: completions, man page and sample of a configuration for packages, and the tables of
// docs/configuration.md.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { run_gim } from './support/gim.mjs';

const folder = join(process.env.GIM_BUILD_FOLDER, 'packaging');
const text_of = (name) => readFileSync(join(folder, name), 'utf8');

// Commands as they are typed, [] for the server's flags: those that have flags of their own, and check-config, which has the server's.
const own_flags = (await help_of([])).match(/(?<=, see gim )[a-z-]+(?= --help\n)/g);
const commands = [[], ['check-config'], ...own_flags.map((name) => [name])];

async function help_of(command) {
    const { code, stdout } = await run_gim([...command, '--help']);
    assert.equal(code, 0);
    return stdout;
}

// [['--gateway-address', '--ws'], ...]; --help is the last one, what follows are examples.
const flags_in = (help) => [...help.split('\n      Print this help\n')[0].matchAll(/^ {2}(-[^\s[]+)/gm)].map(([, names]) => names.split(','));
const sorted = (list) => [...list].sort();

test('these are all commands', async () => {
    const listed = /\nCommands:\n((?: {2}.*\n)+)/.exec(await help_of([]))[1].match(/^ {2}\S+/gm).map((word) => word.trim());
    assert.deepEqual(sorted(listed), sorted(['serve', ...commands.flat()]));
});

// What bash offers for the last word.
function bash_offers(...words) {
    const script = `source '${join(folder, 'gim.bash')}'; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gim; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

test('bash completes every flag of every command, and the values that there are', async () => {
    for (const command of commands) {
        assert.deepEqual(sorted(bash_offers('gim', ...command, '-')), sorted(flags_in(await help_of(command)).flat()), `gim ${command}`);
    }
    assert.deepEqual(bash_offers('gim', 'reload'), ['reload-binary']);
    assert.deepEqual(bash_offers('gim', 'bench', 'fan'), ['fanout']);
    assert.deepEqual(bash_offers('gim', '--log-format', ''), ['text', 'json']);
    assert.deepEqual(bash_offers('gim', '--log-format', '=', 'j'), ['json']);
    assert.deepEqual(bash_offers('gim', '--compression', '='), ['true', 'false']);
    assert.ok(bash_offers('gim', '--compression', '--').includes('--insecure'));
    assert.deepEqual(bash_offers('gim', 'token', '--user', ''), []);
    assert.deepEqual(bash_offers('gim', '--tls-cert', `${folder}/gim.b`), [`${folder}/gim.bash`]);
});

test('fish completes every flag of every command, and the values that there are', async () => {
    const home = mkdtempSync(join(tmpdir(), 'gim-fish-'));
    const offers = (line) => {
        const script = `source '${join(folder, 'gim.fish')}'; complete -C '${line}'`;
        const out = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env: { ...process.env, HOME: home } });
        return out.split('\n').filter(Boolean).map((offer) => offer.split('\t')[0]);
    };
    try {
        for (const command of commands) {
            const long = flags_in(await help_of(command)).flat().filter((name) => name.startsWith('--'));
            assert.deepEqual(sorted(offers(['gim', ...command, '--'].join(' '))), sorted(long), `gim ${command}`);
        }
        assert.deepEqual(sorted(offers('gim --log-format ')), ['json', 'text']);
        assert.ok(offers('gim ').includes('reload-binary'));
        assert.ok(offers('gim bench ').includes('fanout'));
    } finally {
        rmSync(home, { recursive: true });
    }
});

test("zsh's completion parses and has every flag", async () => {
    execFileSync('zsh', ['-n', join(folder, '_gim')]);
    const parts = text_of('_gim').split(/^ {4}(\S+)\) specs=\($/m).slice(1);
    const of = Object.fromEntries(parts.flatMap((part, i) => (i % 2 ? [] : [[part, parts[i + 1]]])));
    for (const command of commands) {
        if (command[0] === 'check-config') continue; // has those of the server
        const known = [...of[command[0] ?? 'gim'].matchAll(/^ +'\*(-[^=[]+)/gm)].map(([, name]) => name);
        assert.deepEqual(sorted(known), sorted(flags_in(await help_of(command)).flat()), `gim ${command}`);
    }
});

test('the man page has every flag, its default, and nothing of this machine', async () => {
    const page = gunzipSync(readFileSync(join(folder, 'gim.1.gz'))).toString();
    const plain = page.replaceAll('\\-', '-').replaceAll(/\\f[BRI]/g, '');
    assert.match(plain, /^\.TH GIM 1 "" "gim \d+\.\d+\.\d+" /);
    for (const command of commands) {
        for (const names of flags_in(await help_of(command))) assert.ok(plain.includes(`.TP\n${names.join(', ')}`), names);
    }
    assert.ok(plain.includes('\nDefault: 200ms. Environment: GIM_MESSAGE_PUSH_DURATION\n'));
    assert.doesNotMatch(plain, /, here /);
});

test('the sample has every flag once, and with all its lines in use all is as without it', async () => {
    const sample = text_of('gim.conf');
    const names = [...sample.matchAll(/^##?([a-z][a-z-]*)=/gm)].map(([, name]) => `--${name}`);
    const flags = flags_in(await help_of([])).map(([first]) => first).filter((name) => !['--config', '-v', '-h'].includes(name));
    assert.deepEqual(sorted(names), sorted(flags));

    const home = mkdtempSync(join(tmpdir(), 'gim-conf-'));
    const used = join(home, 'gim.conf');
    const settings = async (...args) => {
        const { code, stdout, stderr } = await run_gim(['check-config', ...args]);
        assert.equal(code, 0, stderr);
        return new Map([...stdout.matchAll(/^([a-z-]+=.*?) +# (.+?)(?:, reloadable)?$/gm)].map(([, line, from]) => [line, from]));
    };
    try {
        const as_it_is = await settings(`--config=${join(folder, 'gim.conf')}`);
        assert.deepEqual(new Set([...as_it_is].filter(([line]) => !line.startsWith('config=')).map(([, from]) => from)), new Set(['default']));
        writeFileSync(used, sample.replaceAll(/^#(?=[a-z])/gm, ''));
        const all = await settings(`--config=${used}`);
        const defaults = await settings();
        const lines = [...sample.matchAll(/^#([a-z].*)$/gm)].map(([, line]) => line);
        assert.ok(lines.length > 50, `${lines.length}`);
        for (const line of lines) {
            assert.equal(all.get(line), used, line);
            assert.equal(defaults.get(line), 'default', line);
        }
    } finally {
        rmSync(home, { recursive: true });
    }
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');

test('docs/configuration.md has every flag with its names, and which of them SIGHUP reads again', async () => {
    const rows = [...page.matchAll(/^\| (`-.*?`) \| .* \| (|yes) \|$/gm)].map(([, names, reloaded]) => ({ names: names.replaceAll('`', '').split(', '), reloaded }));
    assert.deepEqual(sorted(rows.map(({ names }) => names.join())), sorted(flags_in(await help_of([])).map((names) => names.join())));
    const reloaded = Object.fromEntries(rows.map(({ names, reloaded }) => [names[0], reloaded]));
    assert.deepEqual([reloaded['--max-requests'], reloaded['--log-level'], reloaded['--storage'], reloaded['--config']], ['yes', 'yes', '', '']);
    assert.doesNotMatch(page, /, here /);
});

test('scripts/configuration writes the tables of docs/configuration.md, and --check finds one that is old', () => {
    const project = mkdtempSync(join(tmpdir(), 'gim-configuration-'));
    try {
        for (const name of ['scripts', 'packaging/help']) cpSync(join(root, name), join(project, name), { recursive: true });
        mkdirSync(join(project, 'docs'));
        const copy = join(project, 'docs/configuration.md');
        const run = (...args) => spawnSync(join(project, 'scripts/configuration'), args, { encoding: 'utf8', env: { ...process.env, GIM_STORAGE: 'redis' } });
        writeFileSync(copy, page);
        const good = run('--check');
        assert.deepEqual([good.status, good.stderr], [0, '']);

        const old = page.replace('| `200ms` |', '| `300ms` |');
        assert.notEqual(old, page);
        writeFileSync(copy, old);
        const found = run('--check');
        assert.equal(found.status, 1);
        assert.match(found.stderr, /\nconfiguration: docs\/configuration\.md is not what gim --help says: run scripts\/configuration\n$/);
        assert.equal(readFileSync(copy, 'utf8'), old);
        assert.equal(run().status, 0);
        assert.equal(readFileSync(copy, 'utf8'), page);

        writeFileSync(copy, '# Configuration\n');
        assert.match(run().stderr, /^configuration: docs\/configuration\.md has no line "## All flags"\n$/);
    } finally {
        rmSync(project, { recursive: true });
    }
});
