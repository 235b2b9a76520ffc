// What a test needs and not every machine has. Where it is missing the test does not run: its line says what it needs, and
// scripts/count.awk counts it apart from passed and failed. .ci/run fails if something was missing there.
//
//     test('q gives the terminal back', needs(pseudo_terminal), () => ...)
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { dirname, join } from 'node:path';

// Runs a program: nothing if it succeeds, else why it does not.
function failure_of(program, ...args) {
    const { status, error, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 20_000 });
    if (status === 0) return undefined;
    return (error?.message ?? stderr.trim().split('\n')[0]) || `${program} failed`;
}

const address_where = (is_one) => Object.values(os.networkInterfaces()).flat().find(is_one)?.address;

// Runs a program for which the kernel has no IPv6; tests/support/without_ipv6.cpp.
export const without_ipv6 = join(dirname(process.env.GIM_BINARY), 'without_ipv6');

// `why_not` gives why it is missing, or nothing if it is there.
export const pseudo_terminal = {
    name: 'a pseudo-terminal',
    why_not: () => failure_of('script', '-qec', 'true < /dev/tty', '/dev/null'),
};
export const ipv6 = {
    name: 'IPv6',
    why_not: () => (address_where(({ address }) => address === '::1') ? undefined : 'no interface has ::1'),
};
export const own_address = {
    name: 'an IPv4 address besides the loopback',
    find: () => address_where(({ family, internal }) => family === 'IPv4' && !internal),
    why_not: () => (own_address.find() ? undefined : 'no interface has one'),
};
export const name_of_loopback = {
    name: 'a name service that knows localhost',
    why_not: () => failure_of('getent', 'hosts', 'localhost'),
};
export const seccomp = {
    name: 'filters of system calls',
    why_not: () => failure_of(without_ipv6, 'true'),
};

// Each is looked for once.
const answers = new Map();
const why_not = (thing) => {
    if (!answers.has(thing)) answers.set(thing, thing.why_not());
    return answers.get(thing);
};

// The options of a test that needs all of these.
export function needs(...things) {
    const missing = things.find(why_not);
    return missing ? { skip: `not possible here: needs ${missing.name} (${why_not(missing)})` } : {};
}
