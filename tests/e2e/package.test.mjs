// The Debian package: installed into a folder as if that were the machine, used, upgraded while it serves, removed. The maintainer
// scripts run as they do for such a folder, with DPKG_ROOT; instead of a systemd there are two programs that write down what it
// would be told, and the test does it.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { is_alive, until } from './support/successors.mjs';

const build = process.env.GIM_BUILD_FOLDER;
const work = mkdtempSync(join(tmpdir(), 'gim-package-'));
const root = join(work, 'root');
const inside = (path) => join(root, path);
const told_file = join(work, 'told');
const environment = { ...process.env, PATH: `${work}/bin:${process.env.PATH}:/usr/sbin:/sbin`, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` };
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
const field = (file, name) => run('dpkg-deb', '-f', file, name).trim();

let deb;
let version;

// What the scripts told systemd since the last time.
function told() {
    const lines = existsSync(told_file) ? readFileSync(told_file, 'utf8').trimEnd().split('\n') : [];
    rmSync(told_file, { force: true });
    return lines;
}

// What dpkg knows: of this machine's packages those that ours needs.
function write_dpkg_state() {
    const state = inside('var/lib/dpkg');
    for (const folder of ['info', 'updates', 'triggers']) mkdirSync(join(state, folder), { recursive: true });
    writeFileSync(join(state, 'available'), '');
    const needed = new Set(field(deb, 'Depends').split(/[,|]/).map((one) => one.trim().split(' ')[0]));
    const kept = readFileSync('/var/lib/dpkg/status', 'utf8').split('\n\n').filter((entry) => {
        const line = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(entry)?.[1] ?? '';
        const names = [line('Package'), ...line('Provides').split(',').map((one) => one.trim().split(' ')[0])];
        const is_needed = line('Status').endsWith(' installed') && names.some((name) => needed.has(name));
        const suffix = line('Multi-Arch') === 'same' ? `:${line('Architecture')}` : '';
        if (is_needed) writeFileSync(join(state, 'info', `${line('Package')}${suffix}.list`), '/.\n');
        return is_needed;
    });
    writeFileSync(join(state, 'status'), `${kept.join('\n\n')}\n`);
    assert.ok(kept.length >= 5, `${kept.length} packages for ${[...needed]}`);
}

// What dpkg and the scripts said.
function dpkg(...args) {
    const flags = [`--root=${root}`, '--force-script-chrootless', '--force-not-root', `--log=${work}/log`];
    const { status, stdout, stderr } = spawnSync('dpkg', [...flags, ...args], { encoding: 'utf8', env: environment });
    assert.equal(status, 0, stdout + stderr);
    return stdout + stderr;
}

// The package with a higher version; `change(folder)` changes what it holds.
function newer(its_version, change) {
    const folder = join(work, its_version);
    run('dpkg-deb', '-R', deb, folder);
    const control = join(folder, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${its_version}`));
    change(folder);
    const file = join(work, `gim_${its_version}.deb`);
    run('dpkg-deb', '--root-owner-group', '-Znone', '-b', folder, file);
    return file;
}

// The binary says another version of the same length, at least when it is asked by --version.
function rename_version(folder, its_version) {
    const path = join(folder, 'usr/bin/gim');
    const bytes = readFileSync(path);
    assert.equal(its_version.length, version.length);
    let count = 0;
    for (let at = 0; (at = bytes.indexOf(`${version}\0`, at)) >= 0; ++count) at += bytes.write(its_version, at);
    assert.ok(count > 0);
    writeFileSync(path, bytes);
}

const files_below = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? files_below(path) : [path.slice(root.length)];
    });

// As the unit says, on free ports.
async function start_service() {
    const [, line] = /^ExecStart=(.*)$/m.exec(readFileSync(inside('lib/systemd/system/gim.service'), 'utf8'));
    mkdirSync(inside('run/gim'), { recursive: true });
    const [program, ...args] = line.replaceAll(/(?<=^|=)\//gm, `${root}/`).split(' ');
    const more = ['--gateway-address=127.0.0.1:0', '--api-address=127.0.0.1:0', '--drain-timeout=2s', '--close-timeout=500ms', '--log-level=info'];
    const child = spawn(program, [...args, ...more], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    child.text = '';
    child.stderr.on('data', (bytes) => (child.text += bytes));
    await until(() => /api listening/.test(child.text) && existsSync(inside('run/gim/gim.pid')), () => child.text);
    const [, gateway] = /gateway listening on \S+:(\d+)/.exec(child.text);
    const [, api] = /api listening on \S+:(\d+)/.exec(child.text);
    return { child, url: `ws://127.0.0.1:${gateway}/`, gateway_port: Number(gateway), api_port: Number(api) };
}

// Of the binary that a process runs, whatever lies where it was.
const version_of = (pid) => run(`/proc/${pid}/exe`, '--version').trim().split(' ')[1];
const serving = () => Number(readFileSync(inside('run/gim/gim.pid'), 'utf8'));

before(() => {
    mkdirSync(join(work, 'bin'));
    for (const name of ['systemctl', 'deb-systemd-invoke']) {
        writeFileSync(join(work, 'bin', name), `#!/bin/sh\necho "${name} $*" >>'${told_file}'\n`, { mode: 0o755 });
    }
    run('cpack', '-G', 'DEB', '--config', join(build, 'CPackConfig.cmake'), '-B', work, '-D', 'CPACK_DEBIAN_COMPRESSION_TYPE=none');
    const [name] = readdirSync(work).filter((entry) => entry.endsWith('.deb'));
    deb = join(work, name);
    version = field(deb, 'Version');
    mkdirSync(inside('run/systemd/system'), { recursive: true });
    write_dpkg_state();
});

after(() => {
    if (existsSync(inside('run/gim/gim.pid')) && is_alive(serving())) process.kill(serving(), 'SIGKILL');
    rmSync(work, { recursive: true });
});

test('the package says what it needs, and holds what it should', () => {
    assert.match(deb, new RegExp(`/gim_${version}_[a-z0-9]+\\.deb$`));
    for (const needed of [/\blibc6 \(/, /\blibssl3\b/, /\blibstdc\+\+6 \(/]) assert.match(field(deb, 'Depends'), needed);
    assert.match(field(deb, 'Maintainer'), /^.+ <\S+@\S+>$/);
    dpkg('--unpack', deb);
    assert.deepEqual(files_below(root).filter((path) => !path.startsWith('/var/lib/dpkg/')).sort(), [
        '/etc/gim/gim.conf.dpkg-new',
        '/lib/systemd/system/gim-api.socket',
        '/lib/systemd/system/gim-gateway.socket',
        '/lib/systemd/system/gim.service',
        '/usr/bin/gim',
        '/usr/share/bash-completion/completions/gim',
        '/usr/share/doc/gim/changelog.gz',
        '/usr/share/doc/gim/copyright',
        '/usr/share/fish/vendor_completions.d/gim.fish',
        '/usr/share/man/man1/gim.1.gz',
        '/usr/share/zsh/vendor-completions/_gim',
    ]);
    assert.match(run('file', inside('usr/bin/gim')), /, stripped\n$/);
    assert.deepEqual(told(), []);
});

test('installed, it is enabled and started; used, upgraded while it serves, and removed', async () => {
    dpkg('--configure', 'gim');
    assert.deepEqual(told(), ['systemctl --system daemon-reload', 'deb-systemd-invoke start gim.service']);
    assert.equal(readlinkSync(inside('etc/systemd/system/multi-user.target.wants/gim.service')), '/lib/systemd/system/gim.service');

    const service = await start_service();
    const first = service.child.pid;
    const exited = new Promise((resolve) => service.child.on('exit', resolve));
    const ada = await Client.login(service, 'ada');
    assert.equal(JSON.parse((await get(service, '/version')).text).data.version, version);
    assert.equal(version_of(first), version);
    assert.equal(readlinkSync(`/proc/${first}/exe`), inside('usr/bin/gim'));

    // A new version: who is here is told, who comes finds the new one, and what the operator wrote stays.
    const conf = inside('etc/gim/gim.conf');
    writeFileSync(conf, 'session-history=77\n');
    const next = version.slice(0, -1) + ((Number(version.at(-1)) + 1) % 10);
    const said = dpkg('-i', newer(`${next}+next`, (folder) => rename_version(folder, next)));
    const second = serving();
    assert.match(said, new RegExp(`^process ${second} serves now, in place of ${first}$`, 'm'));
    assert.deepEqual(told(), ['systemctl --system daemon-reload']);
    assert.equal((await ada.end()).code, 1001);
    assert.equal(await exited, 0);
    assert.equal((await get(service, '/readyz')).status, 200);
    assert.equal(version_of(second), next);
    assert.equal(readlinkSync(`/proc/${second}/exe`), inside('usr/bin/gim'));
    assert.equal(statSync(`/proc/${second}/exe`).ino, statSync(inside('usr/bin/gim')).ino);
    assert.equal(readFileSync(conf, 'utf8'), 'session-history=77\n');
    assert.match(run(inside('usr/bin/gim'), 'check-config', `--config=${conf}`), /^session-history=77 +# .*gim\.conf, reloadable$/m);

    // One that does not start, here for a wrong line: the installation is whole, and the old one serves on.
    writeFileSync(conf, 'session-history=none\n');
    const third = dpkg('-i', newer(`${next}+next2`, () => {}));
    assert.match(third, new RegExp(`^gim: reload-binary: process ${second} goes on, no other one serves; its log says why$`, 'm'));
    assert.match(third, /^gim: the service goes on with the binary of before the upgrade$/m);
    await until(() => /--session-history: must be 1 to 1000000, got "none"/.test(service.child.text), () => service.child.text);
    assert.equal(serving(), second);
    const eva = await Client.login(service, 'eva');
    assert.equal((await get(service, '/readyz')).status, 200);
    assert.deepEqual(told(), ['systemctl --system daemon-reload']);

    // Removed: it is stopped, and the configuration stays. Purged: nothing does.
    dpkg('-r', 'gim');
    assert.deepEqual(told(), ['deb-systemd-invoke stop gim.service gim-gateway.socket gim-api.socket', 'systemctl --system daemon-reload']);
    process.kill(second, 'SIGTERM');
    assert.equal((await eva.end()).code, 1001);
    await until(() => !is_alive(second), () => service.child.text);
    assert.equal(readFileSync(conf, 'utf8'), 'session-history=none\n');
    dpkg('-P', 'gim');
    const left = files_below(root).filter((path) => !path.startsWith('/var/lib/dpkg/'));
    assert.deepEqual(left, []);
    assert.ok(!existsSync(dirname(conf)));
    assert.doesNotMatch(service.child.text, /Sanitizer|runtime error/);
});
