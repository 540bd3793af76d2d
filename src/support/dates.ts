// Dates as clients and fixtures send them, and as records store them: `2018-12-06T09:16:26Z`, so that comparing texts compares
// times.

/**
 * The seconds that a date stands for, both ends included: a day, or one second. A time between two seconds stands for none: `from` is
 * the second after it, `to` the one before it. So each comparison with a stored time, which has whole seconds, is exact.
 */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

const DAY = /^(\d{4})[-.](\d{2})[-.](\d{2})$/;
/** A zone without a sign is one with a `+` that the client didn't encode: it arrives as a blank. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(\.\d+)?)?) *(?:Z|UTC|([+-]?)(\d{2}):?(\d{2}))?$/;
const UNIX_TIME = /^(\d{1,10})(\.\d+)?$/;
const UNIX_MS = /^(\d{8,12})(\d{3})$/;
const JAVASCRIPT_TIME =
  /^\w{3},? (\w{3} \d{2}|\d{2} \w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT(?:([+ -])(\d{4}))?(?: \(.*\))?$/;

/**
 * Reads a date of either query language or of a fixture: `2018-12-06` or `2018.12.06` (the whole day, UTC), an ISO time (UTC
 * unless it names a zone), a Unix time in seconds or milliseconds, or a JavaScript Date as text (sdk: the JS SDKs send it so).
 * Any fraction of a second counts.
 * @returns undefined if it is none of these
 */
export function parseDate(text: string): DateSpan | undefined {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year) {
    const date = `${year}-${month}-${day}`;
    return isDay(date) ? { from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z` } : undefined;
  }
  const [ms, fraction] = parseTime(text) ?? [Number.NaN];
  if (!isStorable(ms)) return undefined;
  const to = isoSeconds(ms);
  if (!/[1-9]/.test(fraction ?? '')) return { from: to, to };
  return isStorable(ms + 1000) ? { from: isoSeconds(ms + 1000), to } : undefined;
}

/** The first second of a date, to be stored; the second in which a time lies. @returns undefined for what `parseDate` doesn't read */
export function parseSecond(text: string): string | undefined {
  const span = parseDate(text);
  return span && (span.from < span.to ? span.from : span.to);
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

/**
 * A time (ms), and the digits of its fraction of a second, of which a number of milliseconds holds only three. Matches the form first,
 * because Date.parse accepts nearly any text and takes times without a zone for local ones.
 */
function parseTime(text: string): [ms: number, fraction?: string | undefined] | undefined {
  const [, seconds, fraction] = UNIX_TIME.exec(text) ?? UNIX_MS.exec(text) ?? [];
  if (seconds) return [Number(seconds) * 1000, fraction];
  const iso = ISO_TIME.exec(text);
  if (iso) {
    const [, day = '', time = '', fraction, sign, hours, minutes] = iso;
    return [msOf(day, time, hours ? `${sign || '+'}${hours}:${minutes}` : 'Z'), fraction];
  }
  const printed = JAVASCRIPT_TIME.exec(text);
  if (!printed) return undefined;
  const [, day, year, time, sign, zone] = printed;
  return [Date.parse(`${day} ${year} ${time} GMT${zone ? (sign === '-' ? '-' : '+') + zone : ''}`)];
}

function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return isStorable(ms) && new Date(ms).toISOString().startsWith(date);
}

/** Years 0 to 9999: outside of them comparing texts would no longer compare times. */
function isStorable(ms: number): boolean {
  return ms >= -62167219200000 && ms < 253402300800000;
}
