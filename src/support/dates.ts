/** The times that a date means: a day, or one second. */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

const DAY = /^(\d{4})[-.](\d{2})[-.](\d{2})$/;
/** A `+` that was not encoded arrives as a blank. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) *(?:Z|UTC|([+-]?)(\d{2}):?(\d{2}))?$/;
const JAVASCRIPT_TIME =
  /^\w{3},? (\w{3} \d{2}|\d{2} \w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT(?:([+ -])(\d{4}))?(?: \(.*\))?$/;

/**
 * Reads a date of either language: `2018-12-06` or `2018.12.06` (the whole day, UTC), an ISO time (UTC where it names no
 * zone), a unix time in seconds or milliseconds, or what JavaScript prints for a Date (sdk: sent so by the JS SDKs).
 * @returns undefined when it is none of these
 */
export function parseDate(text: string): DateSpan | undefined {
  const day = DAY.exec(text);
  if (day) {
    const date = `${day[1]}-${day[2]}-${day[3]}`;
    return isDay(date) ? { from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z` } : undefined;
  }
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : /^\d{11,15}$/.test(text) ? Number(text) : parseTime(text);
  if (!isTime(ms)) return undefined;
  const second = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return { from: second, to: second };
}

/** Date.parse takes the 31st of February for a day in March. */
function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return isTime(ms) && new Date(ms).toISOString().startsWith(date);
}

/** Date.parse of these forms alone: it would take nearly any text, and times without zone for the machine's own. */
function parseTime(text: string): number {
  const iso = ISO_TIME.exec(text);
  if (iso) {
    const [, date, time, sign, hours, minutes] = iso as unknown as [string, string, ...string[]];
    if (!isDay(date)) return Number.NaN;
    return Date.parse(`${date}T${time}${hours ? `${sign || '+'}${hours}:${minutes}` : 'Z'}`);
  }
  const printed = JAVASCRIPT_TIME.exec(text);
  if (!printed) return Number.NaN;
  const [, day, year, time, sign, zone] = printed;
  return Date.parse(`${day} ${year} ${time} GMT${zone ? (sign === '-' ? '-' : '+') + zone : ''}`);
}

/** Years 0 to 9999: outside them, comparing texts would no longer compare times. */
function isTime(ms: number): boolean {
  return ms >= -62167219200000 && ms < 253402300800000;
}
