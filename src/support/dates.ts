// Dates as clients and fixtures send them, and as records store them: `2018-12-06T09:16:26Z`, so that comparing texts compares
// times.

/** The times that a date stands for, both ends included: a day, or one second. */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

const DAY = /^(\d{4})[-.](\d{2})[-.](\d{2})$/;
/** A zone without a sign is one with a `+` that the client didn't encode: it arrives as a blank. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) *(?:Z|UTC|([+-]?)(\d{2}):?(\d{2}))?$/;
const JAVASCRIPT_TIME =
  /^\w{3},? (\w{3} \d{2}|\d{2} \w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT(?:([+ -])(\d{4}))?(?: \(.*\))?$/;

/**
 * Reads a date of either query language or of a fixture: `2018-12-06` or `2018.12.06` (the whole day, UTC), an ISO time (UTC
 * unless it names a zone), a Unix time in seconds or milliseconds, or a JavaScript Date as text (sdk: the JS SDKs send it so).
 * @returns undefined if it is none of these
 */
export function parseDate(text: string): DateSpan | undefined {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year) {
    const date = `${year}-${month}-${day}`;
    return isDay(date) ? { from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z` } : undefined;
  }
  const ms = parseMs(text);
  if (!isStorable(ms)) return undefined;
  const second = isoSeconds(ms);
  return { from: second, to: second };
}

/** The stored form of a time (ms), cut to its second. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/**
 * The time (ms) of `2018-12-06`, `09:16:26` (seconds are optional) and a zone, `Z` or `+02:00`.
 * @returns NaN if there is no such time. Date.parse alone takes the 31st of February for a day in March
 */
export function msOf(day: string, time: string, zone: string): number {
  return isDay(day) ? Date.parse(`${day}T${time}${zone}`) : Number.NaN;
}

/** Matches the form first, because Date.parse accepts nearly any text and takes times without a zone for local ones. */
function parseMs(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{11,15}$/.test(text)) return Number(text);
  const iso = ISO_TIME.exec(text);
  if (iso) {
    const [, day = '', time = '', sign, hours, minutes] = iso;
    return msOf(day, time, hours ? `${sign || '+'}${hours}:${minutes}` : 'Z');
  }
  const printed = JAVASCRIPT_TIME.exec(text);
  if (!printed) return Number.NaN;
  const [, day, year, time, sign, zone] = printed;
  return Date.parse(`${day} ${year} ${time} GMT${zone ? (sign === '-' ? '-' : '+') + zone : ''}`);
}

function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return isStorable(ms) && new Date(ms).toISOString().startsWith(date);
}

/** Years 0 to 9999: outside of them comparing texts would no longer compare times. */
function isStorable(ms: number): boolean {
  return ms >= -62167219200000 && ms < 253402300800000;
}
