// The C++ sources of the project, as the checks of this folder read them.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Every .hpp and .cpp of src/ and cmd/: [{ path: 'src/push/batch.cpp', text }, ...].
export function source_files() {
    const found = [];
    const visit = (folder) => {
        for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
            const name = `${folder}/${entry.name}`;
            if (entry.isDirectory()) visit(name);
            else if (/\.[ch]pp$/.test(name)) found.push({ path: name, text: readFileSync(path.join(root, name), 'utf8') });
        }
    };
    visit('src');
    visit('cmd');
    return found;
}

// The text with every comment and the inside of every string and character literal blanked out; line breaks stay, so
// places keep their line.
export function code_only(text) {
    const blank = (piece) => piece.replace(/[^\n]/g, ' ');
    const pieces =
        /\/\/(?:[^\n\\]|\\[^])*|\/\*[^]*?\*\/|R"([^(\s]*)\([^]*?\)\1"|"(?:[^"\\\n]|\\[^])*"|(?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\[^])*'/g;
    return text.replace(pieces, (piece) => (/^["'R]/.test(piece) ? `"${blank(piece.slice(2))}"` : blank(piece)));
}

export function line_of(text, offset) {
    return text.slice(0, offset).split('\n').length;
}
