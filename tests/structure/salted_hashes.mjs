// Clients choose ids, and std::hash of a text has no salt: with chosen ids a table becomes one long list. So no table
// of src/ and cmd/ is keyed by a text without protocol::text_hash.
import { code_only, line_of } from './source_tree.mjs';

const text = String.raw`(?:const\s+)?(?:std::)?string(?:_view)?`;
const table = new RegExp(String.raw`\bunordered_(?:multi)?(?:map|set)\s*<\s*${text}\s*[,>]`, 'g');
const plain_hash = new RegExp(String.raw`\bstd::hash\s*<\s*${text}\s*>`, 'g');

export function violations(files) {
    const found = [];
    for (const file of files) {
        const code = code_only(file.text);
        for (const { 0: match, index } of code.matchAll(table)) {
            const declaration = code.slice(index, index + 200).split(';')[0];
            if (!/\btext_hash\b/.test(declaration)) found.push(`${file.path}:${line_of(code, index)}: ${match} has no text_hash`);
        }
        for (const { 0: match, index } of code.matchAll(plain_hash)) {
            found.push(`${file.path}:${line_of(code, index)}: ${match} has no salt; use protocol::text_hash`);
        }
    }
    return found;
}
