const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(ms|[smhd])\s*/g;
const DURATION = new RegExp(`^\\s*(-?)((?:${PART.source})+)$`);

/** A duration in ms from `2h1m`, `90s`, `500ms`, `-1d` or a number of ms. @returns undefined if it is none of these */
export function parseDuration(given: string | number): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (/^-?\d+$/.test(given)) return Number(given);
  const [, minus, parts] = DURATION.exec(given) ?? [];
  if (parts === undefined) return undefined;
  let ms = 0;
  for (const [, amount, unit = ''] of parts.matchAll(PART)) ms += Number(amount) * (UNITS[unit] ?? 0);
  return minus ? -ms : ms;
}
