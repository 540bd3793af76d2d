// Medians, ratios and the table they are shown in.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of what was measured in pairs: a ratio of each round, so that a slow moment of the machine falls on both. */
export function medianRatio(values, floors) {
  return median(values.map((value, round) => value / floors[round]));
}

/** 1234567 → `1,234,567`; small numbers keep as many digits as tell something. */
export function shown(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** Least to most. */
export function range(values) {
  return `${shown(Math.min(...values))}–${shown(Math.max(...values))}`;
}

/** One line of the table. `met` is undefined where there is no target. */
export function row(what, target, figure, met) {
  return { what, target, figure, met };
}

export function markdown(rows) {
  const lines = rows.map(({ what, target, figure, met }) => {
    const verdict = met === undefined ? '' : met ? 'yes' : '**no**';
    return `| ${what} | ${target} | ${figure} | ${verdict} |`;
  });
  return ['| what | target | figure | met |', '|---|---|---|---|', ...lines].join('\n');
}
