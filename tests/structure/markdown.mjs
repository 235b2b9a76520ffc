// The links of Markdown pages, as a hosting service shows them, and the files that they name.

// The page without what is code: fenced blocks and spans. Line breaks stay.
function without_code(text) {
    const blank = (piece) => piece.replace(/[^\n]/g, ' ');
    return text.replace(/^( *)(```+|~~~+)[^]*?^\1\2[^\n]*$/gm, blank).replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, blank);
}

// The text of a fenced block is no heading, but a code span within a heading belongs to its name.
function without_blocks(text) {
    return text.replace(/^( *)(```+|~~~+)[^]*?^\1\2[^\n]*$/gm, (piece) => piece.replace(/[^\n]/g, ' '));
}

// What a link to a heading ends with: its text in small letters, without punctuation, with - for each space. A second
// heading of that name gets -1 behind it.
export function anchors(text) {
    const seen = new Map();
    return [...without_blocks(text).matchAll(/^#{1,6} +(.*?) *#*$/gm)].map(([, heading]) => {
        const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
        const name = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
        const times = seen.get(name) ?? 0;
        seen.set(name, times + 1);
        return times ? `${name}-${times}` : name;
    });
}

// [{ target: 'docs/design.md#words', line: 3 }, ...]: of [text](target), [text]: target, and <img src="target">.
export function links(text) {
    const plain = without_code(text);
    const forms = [/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g, /^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)/gm, /<(?:a|img)\b[^>]*\b(?:href|src)="([^"]+)"/g];
    return forms.flatMap((form) =>
        [...plain.matchAll(form)].map((found) => ({ target: found[1], line: plain.slice(0, found.index).split('\n').length })),
    );
}

// [{ name: 'src/push/batch.cpp', line: 3 }, ...]: spans of code that name a file or folder of ours, with its folder, or a
// source without. Patterns (`tls_*.cpp`) and what stands for others (`corpus/TARGET`) are none.
export function file_names(text) {
    const plain = without_blocks(text);
    const with_folder = /^(?:\.\/)?((?:\.ci|bench|cmake|cmd|docs|packaging|proto|scripts|src|tests)\/[a-z0-9_./-]*)$/;
    const source = /^([a-z0-9_]+\.(?:cpp|hpp|mjs))$/;
    return [...plain.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].flatMap((found) => {
        const word = found[1].split(' ')[0];
        const [, name] = with_folder.exec(word) ?? source.exec(found[1]) ?? [];
        return name ? [{ name, line: plain.slice(0, found.index).split('\n').length }] : [];
    });
}
