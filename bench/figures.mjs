// Medians, ratios, and the table that shows them.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of each round's ratio: measured in pairs, so that a slow moment of the machine affects both. */
export function medianRatio(values, floors) {
  return median(values.map((value, round) => value / floors[round]));
}

/** 1234567 → `1,234,567`; numbers below 100 have three significant digits. */
export function shown(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** Smallest to largest. */
export function range(values) {
  return `${shown(Math.min(...values))}–${shown(Math.max(...values))}`;
}

/** One row of the table. `met` is undefined if there is no target. */
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
