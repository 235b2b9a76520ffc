// Medians, spreads and tables.

export function median(values) {
    const sorted = values.filter((v) => v != null).sort((a, b) => a - b);
    if (sorted.length === 0) return null;
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const digits = (v) => (Math.abs(v) >= 100 ? Math.round(v).toLocaleString('en-US') : String(Number(v.toPrecision(3))));
export const number = (v) => (v == null ? '-' : digits(v));

// "312 (301 - 330)"
export function spread(values) {
    const known = values.filter((v) => v != null);
    if (known.length === 0) return '-';
    if (known.length === 1) return number(known[0]);
    return `${number(median(known))} (${number(Math.min(...known))} - ${number(Math.max(...known))})`;
}

// A time in the unit in which it is short.
export function duration(us) {
    if (us == null) return '-';
    return us < 1000 ? `${number(us)} us` : `${number(us / 1000)} ms`;
}

// Who would have taken more of its core if that had been more, in the median of the runs.
export function saturated(runs) {
    const share = (who) => median(runs.map((run) => run[who])) ?? 0;
    const busy = [];
    if (share('server_share') > 0.9) busy.push('server');
    if (share('generator_share') > 0.9) busy.push('generator');
    return busy.length ? busy.join(', ') : 'neither';
}

export function markdown(head, rows) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

// Whether the figures are those of a machine that did nothing else.
export function quietness(runs) {
    const waited = median(runs.map((run) => run.waited));
    if (waited == null) return '';
    const percent = Math.round(waited * 100);
    return `The server waited for its core ${percent} % of the time in which it could have run${percent > 5 ? ': other programs were at work' : ''}.`;
}
