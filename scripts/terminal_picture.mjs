// Draws the text of a terminal as SVG, for the docs:
//
//   gim top --once | node scripts/terminal_picture.mjs 'gim top' > docs/gim-top.svg
//
// A line all of whose letters are capitals is the heading of a table, which a terminal shows in reverse.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [margin, line_height, font_size] = [12, 17, 13];
const letter_width = font_size * 0.602; // DejaVu Sans Mono and Menlo; Consolas is narrower
const [paper, ink] = ['#16191d', '#d6dbe0'];

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const is_heading = (line) => /[A-Z]/.test(line) && !/[a-z]/.test(line);

export function terminal_picture(text, name) {
    const lines = text.replace(/\n+$/, '').split('\n').map((line) => line.trimEnd());
    const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * letter_width) + 2 * margin;
    const height = lines.length * line_height + 2 * margin;
    const out = [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(name)}">`,
        `<rect width="${width}" height="${height}" rx="6" fill="${paper}"/>`,
        // Browsers keep spaces by the style of <text> itself, other programs by xml:space.
        '<style>text { white-space: pre }</style>',
        `<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="${font_size}" fill="${ink}" xml:space="preserve">`,
    ];
    lines.forEach((line, i) => {
        const baseline = margin + i * line_height + font_size;
        if (line === '') return;
        if (is_heading(line)) out.push(`<rect x="${margin}" y="${baseline - font_size}" width="${width - 2 * margin}" height="${line_height}" fill="${ink}"/>`);
        out.push(`<text x="${margin}" y="${baseline}"${is_heading(line) ? ` fill="${paper}"` : ''}>${escape(line)}</text>`);
    });
    return [...out, '</g>', '</svg>', ''].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    process.stdout.write(terminal_picture(readFileSync(0, 'utf8'), process.argv[2] ?? 'a terminal'));
}
