// The sources of the project, as the checks of this folder read them.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = fileURLToPath(new URL('../..', import.meta.url));

// The paths of all files below a folder of the project, without what npm put there.
export function files_below(folder) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files_below(name);
        return [name];
    });
}

export function text_of(name) {
    return readFileSync(path.join(root, name), 'utf8');
}

// Every .hpp and .cpp of these folders: [{ path: 'src/push/batch.cpp', text }, ...].
export function source_files(folders = ['src', 'cmd']) {
    return folders
        .flatMap(files_below)
        .filter((name) => /\.[ch]pp$/.test(name))
        .map((name) => ({ path: name, text: text_of(name) }));
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
