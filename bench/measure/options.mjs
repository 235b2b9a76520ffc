import { parseArgs } from 'node:util';

// --runs N, --seconds N and --only WORD, as all tables take them. Others end the program, with how it is used.
export function table_options(defaults) {
    try {
        return parsed(defaults);
    } catch (wrong) {
        const usage = `usage: [--runs N (${defaults.runs})] [--seconds N (${defaults.seconds})] [--only WORD]`;
        console.error(`${wrong.message.split(/\.(?:\s|$)/)[0]}; ${usage}`);
        process.exit(2);
    }
}

function parsed(defaults) {
    const { values } = parseArgs({
        options: {
            runs: { type: 'string', default: String(defaults.runs) },
            seconds: { type: 'string', default: String(defaults.seconds) },
            only: { type: 'string', default: '' },
        },
    });
    const options = { runs: Number(values.runs), seconds: Number(values.seconds), only: values.only };
    if (!Number.isInteger(options.runs) || options.runs < 1) throw new Error('--runs: must be a whole number from 1 on');
    if (!(options.seconds >= 0.1)) throw new Error('--seconds: must be 0.1 or more');
    return options;
}
