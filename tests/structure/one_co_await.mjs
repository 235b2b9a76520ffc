// g++ 12 miscompiles some statements that hold co_await (temporaries are destroyed twice). The rule that avoids all of
// them: a statement holds one co_await; only `x =`, `return` or `co_return` stands before it; between it and the
// statement's `;` there is no { } [ ] or ?.
import { code_only, line_of } from './source_tree.mjs';

// What may stand before co_await in its statement.
const assigned_name = String.raw`[*]?[A-Za-z_][\w.:]*(?:->[\w.]+)*`;
const type = String.raw`(?:const\s+|static\s+|typename\s+)*[A-Za-z_][\w:]*(?:\s*<[\w\s:<>,*&]*>)?(?:::\w+)*(?:\s+const)?\s*[&*]*`;
const allowed_before = [
    /^$/,
    /^(co_)?return$/,
    new RegExp(String.raw`^(?:${type}\s+)?${assigned_name}\s*=$`),
    new RegExp(String.raw`^${type.replace('[&*]*', '[&*]+')}${assigned_name}\s*=$`),
    /^(const\s+)?auto\s*(const\s*)?&{0,2}\s*\[[\w\s,]+\]\s*=$/,
];

// `text` without the heads of control statements at its beginning: what is left is the statement they guard.
function without_heads(text) {
    for (;;) {
        const word = /^\s*(?:else\b|do\b|case\b[^:]*(?:::[^:]*)*:(?!:)|default\s*:)/.exec(text);
        if (word) {
            text = text.slice(word[0].length);
            continue;
        }
        const head = /^\s*(?:if(?:\s+constexpr)?|while|for|switch)\s*\(/.exec(text);
        if (!head) return text.trim();
        let depth = 1;
        let end = head[0].length;
        for (; end < text.length && depth > 0; ++end) depth += { '(': 1, ')': -1 }[text[end]] ?? 0;
        if (depth === 0) {
            text = text.slice(end);
            continue;
        }
        // The co_await is inside this head: `if (auto x = co_await f(); x)` is the only such form.
        return /^\s*if\s*\(/.test(head[0]) ? text.slice(head[0].length).trim() || 'if (' : text.trim();
    }
}

// Where statements begin: after { and }, and after a ; outside of parentheses.
function statement_starts(code) {
    const starts = new Array(code.length);
    const outer = [];
    let start = 0;
    let depth = 0;
    for (let i = 0; i < code.length; ++i) {
        starts[i] = start;
        if (code[i] === '(') ++depth;
        else if (code[i] === ')') --depth;
        else if (code[i] === '{') {
            outer.push(depth);
            depth = 0;
            start = i + 1;
        } else if (code[i] === '}') {
            depth = outer.pop() ?? 0;
            start = i + 1;
        } else if (code[i] === ';' && depth === 0) start = i + 1;
    }
    return starts;
}

// What is wrong with these files, one line each.
export function violations(files) {
    const found = [];
    for (const file of files) {
        const code = code_only(file.text).replace(/^[ \t]*#(?:[^\n\\]|\\[^])*/gm, (line) => line.replace(/[^\n]/g, ' '));
        if (/^[ \t]*#(?:[^\n\\]|\\[^])*\bco_await\b/m.test(code_only(file.text))) {
            found.push(`${file.path}: a macro hides a co_await`);
        }
        if (!/\bco_await\b/.test(code)) continue;
        const starts = statement_starts(code);
        for (const match of code.matchAll(/\bco_await\b/g)) {
            const report = (what) => found.push(`${file.path}:${line_of(code, match.index)}: ${what}`);
            const before = without_heads(code.slice(starts[match.index], match.index));
            if (/\bco_await\b/.test(before)) report('a second co_await in one statement');
            else if (!allowed_before.some((form) => form.test(before))) report(`"${before.replace(/\s+/g, ' ')}" before co_await`);

            const after = code.slice(match.index + match[0].length);
            const stop = after.search(/[;{}[\]?]/);
            if (stop < 0 || after[stop] !== ';') report(`"${after[stop] ?? ''}" between co_await and the end of its statement`);
        }
    }
    return found;
}
