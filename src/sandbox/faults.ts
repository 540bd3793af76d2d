import type { OperationName } from '../api/operation-names.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Random } from '../support/random.ts';

/** The operation of a request that a stub answers, as journal and faults call it: `stub:<name>`. */
export type StubOperation = `stub:${string}`;

/** The facts of a request that faults and `verify` can match. */
export interface RequestFacts {
  readonly operation: string | undefined;
  readonly method: string;
  readonly path: string;
  /** Id and login of the caller. */
  readonly user: readonly (number | string)[];
  readonly app: number | undefined;
}

/** The requests that a fault is for: those that meet every part. */
export interface FaultMatch {
  /** The name of an endpoint, such as `users.create`, or `stub:<name>`. */
  readonly operation?: OperationName | StubOperation | undefined;
  readonly method?: string | undefined;
  /** `*` stands for any text. */
  readonly path?: string | undefined;
  /** Id or login of the caller. */
  readonly user?: number | string | undefined;
  /** The application's id. */
  readonly app?: number | undefined;
}

/** How a connection is dropped instead of an answer: it is reset, stays open without an answer, or is closed without one. */
export const DROP_KINDS = ['reset', 'hang', 'empty'] as const;
export type DropKind = (typeof DROP_KINDS)[number];

/** When a fault takes effect: in place of the operation, or after it has made and stored its change. */
export const FAULT_MOMENTS = ['before', 'after'] as const;
export type FaultMoment = (typeof FAULT_MOMENTS)[number];
/** Bodies that a fault can give an answer by name. */
export const FAULT_BODIES = ['truncated', 'html'] as const;

/**
 * The effect of a fault. `status`, `error`, `json`, a `body` and `drop` take the place of the operation, which then changes nothing,
 * unless `when` is `'after'`. With the others alone, the operation runs, and only its answer differs.
 */
export interface FaultEffect {
  /** `'after'`: the operation runs and its change is stored; then the answer is lost, late or another one. Default: `'before'`. */
  readonly when?: FaultMoment | undefined;
  /** The HTTP status of the answer. */
  readonly status?: number | undefined;
  /** A key of the error catalogue (see `coverage`): the answer is that error, as the service words it. */
  readonly error?: ErrorKey | undefined;
  /** ms, or the least and the most. */
  readonly delay?: number | readonly [number, number] | undefined;
  /**
   * Breaks the connection instead of an answer: resets it, never answers, or closes it without an answer. With `body: 'truncated'`, it
   * breaks in the middle of the answer.
   */
  readonly drop?: DropKind | undefined;
  /** `'truncated'`: the first half of the answer's body; `'html'`: the page of a load balancer, with 502; any other text is the body. */
  readonly body?: string | undefined;
  /** The answer's body. */
  readonly json?: unknown;
  /** Added to the headers of the answer, or in place of those of the same name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The time in which the body arrives, in ten pieces: ms, or the least and the most. */
  readonly trickle?: number | readonly [number, number] | undefined;
}

/** A fault as it is added. */
export interface FaultInput extends FaultEffect {
  /** Without it, every request matches. */
  readonly match?: FaultMatch | undefined;
  /** It is removed after this many hits. */
  readonly times?: number | undefined;
  /** This many matching requests pass first. */
  readonly after?: number | undefined;
  /** 0 to 1: the chance of a matching request to be hit. */
  readonly probability?: number | undefined;
}

/** A fault with its counts. */
export interface Fault extends FaultInput {
  readonly id: string;
  readonly match: FaultMatch;
  /** Matching requests so far. */
  readonly seen: number;
  /** Those that it hit. */
  readonly hits: number;
}

/** Ids are this and a number. */
const PREFIX = 'fault-';

type FaultListener = (id: string, change: 'added' | 'removed' | 'hit') => void;

/** The faults of a sandbox. Choosing and counting one is a single synchronous step, so counts are exact under any concurrency. */
export class Faults {
  readonly #random: Random;
  readonly #onChange: FaultListener;
  readonly #faults = new Map<string, Fault>();
  #next: number;

  /**
   * @param onChange called when a fault is added, removed, or hits a request
   * @param kept faults that are there from the beginning, with their ids
   */
  constructor(random: Random, onChange: FaultListener = () => {}, kept: readonly Fault[] = []) {
    this.#random = random;
    this.#onChange = onChange;
    for (const fault of kept) this.#faults.set(fault.id, fault);
    // the newest is the last
    this.#next = 1 + Number(kept.at(-1)?.id.slice(PREFIX.length) ?? 0);
  }

  get any(): boolean {
    return this.#faults.size > 0;
  }

  add(input: FaultInput): Fault {
    const fault: Fault = { id: `${PREFIX}${this.#next++}`, ...input, match: input.match ?? {}, seen: 0, hits: 0 };
    this.#faults.set(fault.id, fault);
    this.#onChange(fault.id, 'added');
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults.values()];
  }

  /** @returns false when there is none with this id */
  remove(id: string): boolean {
    const removed = this.#faults.delete(id);
    if (removed) this.#onChange(id, 'removed');
    return removed;
  }

  clear(): void {
    for (const id of this.#faults.keys()) this.remove(id);
  }

  /**
   * Finds the fault that hits a request, the first that matches and is due; counts it, and removes it after its last hit.
   * @param applies whether an effect is one for the request; by default, all are
   */
  hit(facts: RequestFacts, applies: (effect: FaultEffect) => boolean = () => true): Fault | undefined {
    for (const fault of this.#faults.values()) {
      if (!matches(fault.match, facts) || !applies(fault)) continue;
      const seen = fault.seen + 1;
      const due =
        seen > (fault.after ?? 0) && (fault.probability === undefined || this.#random.fraction() < fault.probability);
      const counted = { ...fault, seen, hits: fault.hits + (due ? 1 : 0) };
      if (due && counted.hits === fault.times) this.#faults.delete(fault.id);
      else this.#faults.set(fault.id, counted);
      if (due) this.#onChange(counted.id, 'hit');
      if (due) return counted;
    }
    return undefined;
  }

  /** A delay in ms, chosen at random if it is a range. */
  delayOf(delay: FaultEffect['delay'] = 0): number {
    if (typeof delay === 'number') return delay;
    return delay[0] + this.#random.fraction() * (delay[1] - delay[0]);
  }
}

/** Whether a request meets every part of a match. */
export function matches(
  match: Omit<FaultMatch, 'operation'> & { readonly operation?: string | undefined },
  facts: RequestFacts,
): boolean {
  return (
    (match.operation === undefined || match.operation === facts.operation) &&
    (match.method === undefined || match.method.toUpperCase() === facts.method) &&
    (match.path === undefined || pathMatches(match.path, facts.path)) &&
    (match.user === undefined || facts.user.some((each) => String(each) === String(match.user))) &&
    (match.app === undefined || match.app === facts.app)
  );
}

/** A path without suffix and final slash, which requests may have or not. */
export function barePath(path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.replace(/\.(json|xml)$/, '');
}

/** Whether a path matches a pattern, in which `*` stands for any text. Takes linear time for any pattern. */
export function pathMatches(pattern: string, path: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return path === start;
  if (!path.startsWith(start) || !path.endsWith(end) || path.length < start.length + end.length) return false;
  // the first match of each part leaves the most room for the next
  let from = start.length;
  for (const part of parts) {
    const at = path.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= path.length - end.length;
}
