import type { OperationName } from '../api/endpoints.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Random } from '../support/random.ts';

/** What a request is, as far as faults and `verify` can ask. */
export interface RequestFacts {
  readonly operation: string | undefined;
  readonly method: string;
  readonly path: string;
  /** Id and login of the caller. */
  readonly user: readonly (number | string)[];
  readonly app: number | undefined;
}

export interface FaultMatch {
  readonly operation?: OperationName | undefined;
  readonly method?: string | undefined;
  /** A path; `*` stands for any text. */
  readonly path?: string | undefined;
  readonly user?: number | string | undefined;
  readonly app?: number | undefined;
}

/** The longest delay, in ms: ten minutes. */
export const MAX_DELAY = 600_000;

/** How a connection can break in place of an answer: cut off, left without an answer, or closed without one. */
export const DROP_KINDS = ['reset', 'hang', 'empty'] as const;
export type DropKind = (typeof DROP_KINDS)[number];

/** What goes wrong. A fault with none but `delay` only delays. */
export interface FaultEffect {
  readonly status?: number | undefined;
  readonly error?: ErrorKey | undefined;
  /** Milliseconds, or from–to. */
  readonly delay?: number | readonly [number, number] | undefined;
  readonly drop?: DropKind | undefined;
}

export interface FaultInput extends FaultEffect {
  readonly match?: FaultMatch | undefined;
  readonly times?: number | undefined;
  readonly after?: number | undefined;
  readonly probability?: number | undefined;
}

export interface Fault extends FaultInput {
  readonly id: string;
  readonly match: FaultMatch;
  /** How many requests matched, and how many of them it hit. */
  readonly seen: number;
  readonly hits: number;
}

/** The faults of a sandbox. Choosing one and counting it is one synchronous step, so counts are exact under any concurrency. */
export class Faults {
  readonly #ids: Random;
  readonly #faults = new Map<string, Fault>();
  #next = 1;

  constructor(ids: Random) {
    this.#ids = ids;
  }

  get any(): boolean {
    return this.#faults.size > 0;
  }

  add(input: FaultInput): Fault {
    const fault: Fault = { id: `fault-${this.#next++}`, ...input, match: input.match ?? {}, seen: 0, hits: 0 };
    this.#faults.set(fault.id, fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults.values()];
  }

  /** @returns false when there is none with this id */
  remove(id: string): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** The fault that hits a request: the first that matches and is due. It is counted, and removed after its last time. */
  hit(facts: RequestFacts): Fault | undefined {
    for (const fault of this.#faults.values()) {
      if (!matches(fault.match, facts)) continue;
      const seen = fault.seen + 1;
      const due =
        seen > (fault.after ?? 0) && (fault.probability === undefined || this.#ids.fraction() < fault.probability);
      const counted = { ...fault, seen, hits: fault.hits + (due ? 1 : 0) };
      if (due && counted.hits === fault.times) this.#faults.delete(fault.id);
      else this.#faults.set(fault.id, counted);
      if (due) return counted;
    }
    return undefined;
  }

  /** A delay in ms. */
  delayOf({ delay = 0 }: FaultEffect): number {
    if (typeof delay === 'number') return delay;
    return delay[0] + this.#ids.fraction() * (delay[1] - delay[0]);
  }
}

/** Whether a request meets every part of a match. */
export function matches(match: FaultMatch, facts: RequestFacts): boolean {
  return (
    (match.operation === undefined || match.operation === facts.operation) &&
    (match.method === undefined || match.method.toUpperCase() === facts.method) &&
    (match.path === undefined || pathMatches(match.path, facts.path)) &&
    (match.user === undefined || facts.user.some((each) => String(each) === String(match.user))) &&
    (match.app === undefined || match.app === facts.app)
  );
}

/** Whether a path is like a pattern, in which `*` stands for any text. Takes time in proportion to both, whatever they are. */
export function pathMatches(pattern: string, path: string): boolean {
  const [start, ...parts] = pattern.split('*') as [string, ...string[]];
  const end = parts.pop();
  if (end === undefined) return path === start;
  if (!path.startsWith(start) || !path.endsWith(end) || path.length < start.length + end.length) return false;
  // the first place of each part leaves the most room for the next
  let from = start.length;
  for (const part of parts) {
    const at = path.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= path.length - end.length;
}
