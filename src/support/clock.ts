import { isoSeconds, msOf } from './dates.ts';

/** The last time (ms) that a clock shows. Times counted from it (the ends of sessions, links) still have years of four digits. */
const LAST_TIME = Date.UTC(9900, 0, 1) - 1;

/** Whether a clock can show a time (ms): from 1970 to 9899. */
export function isValidTime(ms: number): boolean {
  return ms >= 0 && ms <= LAST_TIME;
}

/** The clock of one sandbox, from which everything in the sandbox takes the time. It stops at the end of its range. */
export class Clock {
  readonly #system: () => number;
  #offset = 0;
  #frozenAt: number | undefined;
  #changes = 0;
  readonly #iso = memoizePerSecond(isoSeconds);
  readonly #http = memoizePerSecond((ms) => new Date(ms).toUTCString());

  /** @param system the machine's clock (ms since 1970) */
  constructor(system: () => number = Date.now) {
    this.#system = system;
  }

  /** The time in ms since 1970. */
  now(): number {
    return this.#frozenAt ?? Math.min(this.#system() + this.#offset, LAST_TIME);
  }

  /** The machine's time, which stays the same when this clock is moved: clients in the same test use it. */
  systemNow(): number {
    return this.#system();
  }

  /** The current second as the APIs print it: `2018-12-06T09:16:26Z`. */
  iso(): string {
    return this.#iso(this.now());
  }

  /** The current second as HTTP prints it; undefined while the clock shows the machine's time, which Node prints itself. */
  get httpDate(): string | undefined {
    return this.#offset === 0 && this.#frozenAt === undefined ? undefined : this.#http(this.now());
  }

  /** How often it has been moved, stopped or started. */
  get changes(): number {
    return this.#changes;
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  /** Moves the clock to a time (ms). A frozen clock stays frozen. */
  set(ms: number): void {
    this.#changes++;
    if (this.#frozenAt !== undefined) this.#frozenAt = ms;
    else this.#offset = ms - this.#system();
  }

  /** Stops the clock, at a time (ms) or at the current one. */
  freeze(ms: number = this.now()): void {
    this.#changes++;
    this.#frozenAt = ms;
  }

  /** Lets a frozen clock run on from the time it shows. */
  resume(): void {
    this.#changes++;
    const shown = this.now();
    this.#frozenAt = undefined;
    this.#offset = shown - this.#system();
  }

  /** Shows the machine's time again. */
  reset(): void {
    this.#changes++;
    this.#frozenAt = undefined;
    this.#offset = 0;
  }

  /** Moves the clock by a duration (ms, negative: back). */
  advance(ms: number): void {
    this.set(this.now() + ms);
  }
}

/** Prints times (ms) to the second. Times of the same second, one after the other, are printed once. */
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

/** Stricter than `parseDate`, which has to read what old clients send. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|([+-]\d\d):?(\d\d))?)?$/;

/**
 * The time (ms) of an ISO time: a day, with or without a time of day and a zone (else UTC).
 * @returns undefined for anything else, and for times that clocks don't show
 */
export function parseTime(text: string): number | undefined {
  const [, day = '', time = '00:00', hours, minutes] = ISO_TIME.exec(text) ?? [];
  const ms = msOf(day, time, hours ? `${hours}:${minutes}` : 'Z');
  return isValidTime(ms) ? ms : undefined;
}
