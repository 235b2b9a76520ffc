// The pictures of the docs look the same in every browser, also where they are shown as <img> without scripts.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { terminal_picture } from '../../scripts/terminal_picture.mjs';

const folder = fileURLToPath(new URL('../../docs', import.meta.url));
const pictures = readdirSync(folder).filter((name) => name.endsWith('.svg'));
const read = (name) => readFileSync(path.join(folder, name), 'utf8');

test('every picture has its size, a background, and neither scripts nor stretched text', () => {
    assert.ok(pictures.includes('gim-top.svg'));
    for (const name of pictures) {
        const svg = read(name);
        const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"/.exec(svg) ?? assert.fail(`${name}: no size, or no viewBox of that size`);
        assert.ok(Number(width) <= 1200 && Number(height) <= 2000, name);
        assert.doesNotMatch(svg, /<script|onload=|textLength|<foreignObject/, name);
        assert.match(svg, /<(rect|polygon)\b[^>]* fill="(?!none)/, name);
    }
});

test('the picture of gim top is what scripts/terminal_picture.mjs draws, with the spaces of its text', () => {
    const svg = read('gim-top.svg');
    const unescaped = (text) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
    const lines = [];
    for (const [, y, text] of svg.matchAll(/<text x="\d+" y="(\d+)"[^>]*>(.*)<\/text>/g)) lines[(Number(y) - 25) / 17] = unescaped(text);
    assert.equal(svg, terminal_picture(Array.from(lines, (line) => line ?? '').join('\n'), 'gim top'));
    assert.match(svg, /<style>text { white-space: pre }<\/style>/);
    assert.match(svg, /^<text [^>]*>messages {3}in 210\/s {8}delivered /m);
});

test('the letters of a terminal that mean something in SVG are escaped, and headings stand out', () => {
    const svg = terminal_picture('a <b> & "c"\n\n  ID  NAME\n', 'x');
    assert.match(svg, /<text x="12" y="25">a &lt;b> &amp; &quot;c&quot;<\/text>/);
    assert.match(svg, /<rect x="12" y="46" [^>]*\/>\n<text x="12" y="59" fill="#16191d"> {2}ID {2}NAME<\/text>/);
});
