import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { with_server } from './support/gim.mjs';
import { needs, pseudo_terminal } from './support/needs.mjs';
import { within } from './support/time.mjs';

const script = fileURLToPath(new URL('../../scripts/tour.mjs', import.meta.url));

async function tour(url) {
    const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
        return { code: await within(90_000, ended, () => `the tour does not end:\n${output}`), output };
    } finally {
        child.kill('SIGKILL');
    }
}

test("the README's tour, typed into two real wscat, gets every answer", needs(pseudo_terminal), () =>
    with_server([], async (server) => {
        const { code, output } = await tour(server.url);
        assert.equal(code, 0, output);
        assert.match(output, /^1001 > \{"op":101,"body":"\{\\"id\\":\\"1001\\"\}"\}$/m);
        assert.match(output, /^1001 < \{"op":102,/m);
        assert.match(output, /^1002 < \{"op":207,.*2:1001:1002/m);
        assert.match(output, /^1002 < \{"op":207,.*1:9999/m);
        assert.match(output, /^1001 < \{"op":204,/m);
    }));

test("the lines of the README's tour are the ones that were typed", needs(pseudo_terminal), () =>
    with_server([], async (server) => {
        const { output } = await tour(server.url);
        const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
        const typed = output.split('\n').filter((line) => /^100[12] > \{/.test(line));
        assert.ok(typed.length >= 8);
        for (const line of typed) assert.ok(readme.includes(line.slice('1001 > '.length)), line);
    }));

test('the tour fails, and says why, when nobody serves', needs(pseudo_terminal), async () => {
    const { code, output } = await tour('ws://127.0.0.1:1/');
    assert.equal(code, 1, output);
    assert.match(output, /ECONNREFUSED/);
});
