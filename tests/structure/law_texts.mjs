// The law of dependency_direction.mjs as the docs tell it: a table in docs/design.md, a line in each README of a folder.
import { everything, may_include } from './dependency_direction.mjs';
import { files_below, text_of } from './source_tree.mjs';

const head = '| folder | is | may include |\n|---|---|---|\n';

function in_words(list) {
    if (list === everything) return 'all';
    return list.length ? list.join(', ') : 'nothing of ours';
}

// docs/design.md with its table of folders as the law has it. What a folder is comes from the text itself; a new row gets a
// "?", which somebody must answer.
export function design_by_law(text, table = may_include) {
    const at = text.indexOf(head);
    if (at < 0) throw new Error(`docs/design.md: no table that begins with ${head}`);
    const begin = at + head.length;
    const [rows] = /^(\|.*\n)*/.exec(text.slice(begin));
    const is = new Map([...rows.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, row, what]) => [row, what]));
    const lawful = Object.entries(table).map(([row, list]) => `| \`${row}\` | ${is.get(row) ?? '?'} | ${in_words(list)} |\n`);
    return text.slice(0, begin) + lawful.join('') + text.slice(begin + rows.length);
}

// The README of a row with its line "- May include: ..." as the law has it.
export function readme_by_law(text, row, table = may_include) {
    const lines = text.match(/^- May include:/gm) ?? [];
    if (lines.length !== 1) throw new Error(`${row}/README.md: ${lines.length} lines begin with "- May include:", not one`);
    return text.replace(/^- May include:.*$/m, `- May include: ${in_words(table[row])}.`);
}

// Which rows must have a README of these: those of src that lie below no other row.
export function rows_without_readme(names, table = may_include) {
    const rows = Object.keys(table);
    const top = rows.filter((row) => row.startsWith('src/') && !rows.some((other) => row.startsWith(`${other}/`)));
    return top.filter((row) => !names.includes(`${row}/README.md`));
}

// All of them: [{ path, text, lawful }, ...].
export function law_texts() {
    const design = text_of('docs/design.md');
    const found = [{ path: 'docs/design.md', text: design, lawful: design_by_law(design) }];
    for (const path of files_below('src')) {
        const [, row] = /^(.*)\/README\.md$/.exec(path) ?? [];
        if (!may_include[row]) continue;
        const text = text_of(path);
        found.push({ path, text, lawful: readme_by_law(text, row) });
    }
    return found;
}
