// How long a file and how full a folder may get: whoever opens one should see it whole.
import path from 'node:path';

export const longest_file = 450;
export const fullest_folder = 60;

// What is above that today, and how far. A number here may only fall: it is what there is, and the test asks for the new one
// when there is less. Nothing is added.
export const ceilings = {
    // Lines.
    'src/storage/memory/sorted_set_impl.hpp': 456,
    'tests/unit/auth/forged_tokens_test.cpp': 520,
    'tests/unit/push/flush_list_test.cpp': 546,
    'tests/unit/push/local_audience_test.cpp': 462,
};

// Whether a file is a source: C++, JavaScript, or a script for a shell, which may have no ending.
export const is_source = ({ path: name, text }) => /\.([ch]pp|m?js|sh)$/.test(name) || /^#!.*\b(ba|da)?sh\n/.test(text);

// What is too long or too full of these sources, [{ path, text }, ...], one line each.
export function faults_of_size(sources, allowed = ceilings) {
    const found = [];
    const numbers = new Map();
    for (const { path: name, text } of sources) {
        numbers.set(name, { number: text.split('\n').length - 1, limit: longest_file, unit: 'lines' });
        if (!/^(src|cmd|tests)\//.test(name)) continue;
        const folder = path.dirname(name);
        const counted = numbers.get(folder) ?? { number: 0, limit: fullest_folder, unit: 'sources' };
        numbers.set(folder, { ...counted, number: counted.number + 1 });
    }
    for (const [name, { number, limit, unit }] of numbers) {
        const ceiling = allowed[name] ?? limit;
        if (number > ceiling) found.push(`${name}: ${number} ${unit}, and ${ceiling} are allowed`);
        else if (name in allowed && number <= limit) found.push(`${name}: ${number} ${unit}, so it needs no ceiling: take it out`);
        else if (name in allowed && number < ceiling) found.push(`${name}: ${number} ${unit}, so lower its ceiling of ${ceiling}`);
    }
    for (const name of Object.keys(allowed)) {
        if (!numbers.has(name)) found.push(`${name}: it is gone, so it needs no ceiling: take it out`);
    }
    return found;
}
