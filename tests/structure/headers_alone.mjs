// Which headers compile alone, as far as the order of includes proves it. What a compiled file includes first is compiled with
// nothing before it; so is what that header includes first. The build compiles it, so the proof costs nothing.
import { code_only } from './source_tree.mjs';

// What a file includes before anything else of it is compiled: the text between the quotes, or undefined.
function first_include(text) {
    const [start] = /^\s*(#[ \t]*pragma[ \t]+once\b)?\s*/.exec(code_only(text));
    return /^#[ \t]*include[ \t]*"([^"]+)"/.exec(text.slice(start.length))?.[1];
}

const header_of = (path) => path.replace(/\.cpp$/, '.hpp');

// These take files by their paths from the project's folder: [{ path, text }, ...]. Includes begin at one of the roots.
const roots = ['src', 'cmd', 'tests'];

function first_headers(files) {
    const paths = new Set(files.map((file) => file.path));
    const first = new Map();
    for (const { path, text } of files) {
        const name = first_include(text);
        first.set(path, roots.map((root) => `${root}/${name}`).find((candidate) => paths.has(candidate)));
    }
    return first;
}

// The .cpp files that do not include the header of their name first.
export function out_of_order(files) {
    const first = first_headers(files);
    return [...first.keys()].filter((path) => path.endsWith('.cpp') && first.has(header_of(path)) && first.get(path) !== header_of(path));
}

// The headers of which the order of includes proves nothing.
export function unproven(files) {
    const first = first_headers(files);
    const proven = new Set();
    for (const path of first.keys()) {
        if (!path.endsWith('.cpp')) continue;
        for (let header = first.get(path); header && !proven.has(header); header = first.get(header)) proven.add(header);
    }
    return [...first.keys()].filter((path) => path.endsWith('.hpp') && !proven.has(path));
}
