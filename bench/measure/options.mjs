import { parseArgs } from 'node:util';

// --runs N, --seconds N and --only WORD, as all tables take them.
export function table_options(defaults) {
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
