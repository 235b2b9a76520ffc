// Copies the law of dependency_direction.mjs to where the docs tell it: node tests/structure/write_law.mjs
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { law_texts } from './law_texts.mjs';
import { root } from './source_tree.mjs';

for (const { path: name, text, lawful } of law_texts()) {
    if (text === lawful) continue;
    writeFileSync(path.join(root, name), lawful);
    console.log(name);
}
