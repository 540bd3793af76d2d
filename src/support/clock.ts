/** The last time (ms) that a clock shows. What is counted from it (sessions, links) still ends in a year of four digits. */
const LAST_TIME = Date.UTC(9900, 0, 1) - 1;

/** The clock of one sandbox: the only source of time for everything inside it. Where time would leave its range, it stops. */
export class Clock {
  readonly #system: () => number;
  #offset = 0;
  #frozenAt: number | undefined;
  readonly #iso = memoizePerSecond(isoSeconds);
  readonly #http = memoizePerSecond((ms) => new Date(ms).toUTCString());

  /** @param system milliseconds since 1970; the machine's clock unless a test says otherwise */
  constructor(system: () => number = Date.now) {
    this.#system = system;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#frozenAt ?? Math.min(this.#system() + this.#offset, LAST_TIME);
  }

  /** The machine's time, which moving this clock doesn't move: clients in the same test live by it. */
  systemNow(): number {
    return this.#system();
  }

  /** The current second as the APIs print it: `2018-12-06T09:16:26Z`. */
  iso(): string {
    return this.#iso(this.now());
  }

  /** The current second as HTTP prints it; undefined while the clock shows the system's time, which servers print by themselves. */
  get httpDate(): string | undefined {
    return this.#offset === 0 && this.#frozenAt === undefined ? undefined : this.#http(this.now());
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  /** Moves the clock to a time (ms); it goes on running, or stays frozen, as it was. */
  set(ms: number): void {
    if (this.#frozenAt !== undefined) this.#frozenAt = ms;
    else this.#offset = ms - this.#system();
  }

  /** Stops the clock, at a time (ms) or where it is. */
  freeze(ms: number = this.now()): void {
    this.#frozenAt = ms;
  }

  /** Lets a stopped clock run on from the time it shows. */
  resume(): void {
    const shown = this.now();
    this.#frozenAt = undefined;
    this.#offset = shown - this.#system();
  }

  /** Back to the system's time. */
  reset(): void {
    this.#frozenAt = undefined;
    this.#offset = 0;
  }

  /** Moves the clock by a span (ms, negative: back). */
  advance(ms: number): void {
    this.set(this.now() + ms);
  }
}

/** The same print of times (ms) with a resolution of a second; many in a row within one second are printed once. */
export function memoizePerSecond(print: (ms: number) => string): (ms: number) => string {
  let printed = Number.NaN;
  let text = '';
  return (ms) => {
    const second = Math.floor(ms / 1000);
    if (second !== printed) {
      text = print(second * 1000);
      printed = second;
    }
    return text;
  };
}

/** `2018-12-06T09:16:26Z` of a time in ms. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A span of time in ms from `2h1m`, `90s`, `500ms`, `-1d` or a number of ms; undefined when it is none of these.
 */
export function parseDuration(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) ? text : undefined;
  const match = /^\s*(-?)((?:\d+(?:\.\d+)?(?:ms|[smhd])\s*)+)$/.exec(text);
  if (!match) return /^-?\d+$/.test(text) ? Number(text) : undefined;
  let total = 0;
  for (const [, amount, unit] of match[2]!.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    total += Number(amount) * UNITS[unit!]!;
  return match[1] ? -total : total;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|([+-]\d\d):?(\d\d))?)?$/;

/**
 * A time in ms from an ISO one: a day, with a time of day and a zone where there are some (UTC where not). Date.parse alone
 * would take `5` and the 31st of February, too. @returns undefined for anything else, and for years that clocks don't show
 */
export function parseTime(text: string): number | undefined {
  const [, day, time = '00:00', hours, minutes] = ISO_TIME.exec(text) ?? [];
  const midnight = Date.parse(`${day}T00:00Z`);
  if (!isValidTime(midnight) || isoSeconds(midnight).slice(0, 10) !== day) return undefined;
  const ms = Date.parse(`${day}T${time}${hours ? `${hours}:${minutes}` : 'Z'}`);
  return isValidTime(ms) ? ms : undefined;
}

/** Whether a clock can show a time (ms): from 1970 to 9899. */
export function isValidTime(ms: number): boolean {
  return ms >= 0 && ms <= LAST_TIME;
}
