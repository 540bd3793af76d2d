import * as v from 'valibot';
import { pathMatches } from '../../sandbox/faults.ts';
import type { RecordedRequest } from '../../sandbox/recorded-request.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { boundedProblems } from '../../support/printable.ts';
import { redact } from '../../support/secrets.ts';
import { ControlError } from '../control-error.ts';
import type { Verification } from '../results.ts';
import { integer, MUST_BE_OBJECT, strictFields, string } from '../schemas.ts';
import { waitDuration, waitUntil } from '../wait.ts';
import { MatchPath, Method, OperationName } from './faults.ts';

export const MATCH_FIELDS = {
  operation: v.optional(OperationName),
  method: v.optional(Method),
  path: v.optional(MatchPath),
  tag: v.optional(string),
  status: v.optional(integer),
  user: v.optional(integer),
  app: v.optional(integer),
};
export const Match = strictFields({
  ...MATCH_FIELDS,
  params: v.optional(v.record(string, v.unknown(), MUST_BE_OBJECT)),
});
type Match = v.InferOutput<typeof Match>;

const TIMES = 'must be a number, or { min, max } with one of both at least';
const range = v.pipe(
  strictFields({ min: v.optional(integer), max: v.optional(integer) }),
  v.check(({ min, max }) => (min ?? max) !== undefined && (min ?? 0) <= (max ?? Number.POSITIVE_INFINITY), TIMES),
);
type Times = number | v.InferOutput<typeof range>;

/** An expectation of the requests in the journal. */
export const Expectation = v.pipe(
  strictFields({
    match: v.optional(Match),
    order: v.optional(v.pipe(v.array(Match, 'must be a list of matches'), v.minLength(1, 'must not be empty'))),
    times: v.optional(v.union([integer, range], TIMES)),
    within: v.optional(waitDuration),
    never: v.optional(waitDuration),
  }),
  v.check(({ match, order }) => (match === undefined) !== (order === undefined), 'give either match or order'),
  v.check(({ order, times, never }) => !order || (times ?? never) === undefined, 'order: takes no times and no never'),
  v.check(
    ({ times, within, never }) => never === undefined || (times ?? within) === undefined,
    'never: takes no times and no within',
  ),
);
type Expectation = v.InferOutput<typeof Expectation>;

/** The part of a request that a match compares. */
type Comparable = Pick<
  RecordedRequest,
  'operation' | 'method' | 'path' | 'tag' | 'status' | 'user_id' | 'application' | 'params'
>;

/** A request of the journal, with where it differs from a match. */
interface Compared {
  readonly id: number;
  readonly recorded: RecordedRequest;
  readonly misses: readonly string[];
}

/** How many of the nearest misses a failed verification reports. */
const MAX_MISSES = 3;

/** Checks an expectation, as soon as it is met or its time has passed. @throws ControlError 417 that shows the nearest misses */
export async function verify(
  sandbox: Sandbox,
  { match = {}, order, times = 1, within = 0, never }: Expectation,
  signal: AbortSignal | undefined,
): Promise<Verification> {
  if (order) {
    await waitUntil(sandbox, () => outOfOrder(sandbox, order) === undefined, within, signal);
    return verifyOrder(sandbox, order);
  }
  const count = () => matching(sandbox, match).length;
  if (never !== undefined) {
    await waitUntil(sandbox, () => count() > 0, never, signal);
    return check(sandbox, match, 0, ` within ${never} ms`);
  }
  await waitUntil(sandbox, () => count() >= (typeof times === 'number' ? times : (times.min ?? 0)), within, signal);
  return check(sandbox, match, times, within > 0 ? ` within ${within} ms` : '');
}

/** Waits until so many requests match. @returns them, oldest first @throws ControlError 417 after the timeout (ms) */
export async function waitForRequests(
  sandbox: Sandbox,
  match: Match,
  times: number,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<readonly Compared[]> {
  await waitUntil(sandbox, () => matching(sandbox, match).length >= times, timeout, signal);
  check(sandbox, match, { min: times }, ` within ${timeout} ms`);
  return matching(sandbox, match);
}

/** The requests that match, oldest first. @param after only those after the request with this id */
export function matching(sandbox: Sandbox, match: Match, after?: number): readonly Compared[] {
  return compare(sandbox, match, after).filter(({ misses }) => misses.length === 0);
}

function compare({ requests: { journal } }: Sandbox, match: Match, after?: number): Compared[] {
  return journal.ids(after).flatMap((id) => {
    const recorded = journal.get(id);
    return recorded ? [{ id, recorded, misses: misses(match, recorded) }] : [];
  });
}

/** @param when the end of the message */
function check(sandbox: Sandbox, match: Match, times: Times, when: string): Verification {
  const compared = compare(sandbox, match);
  const matched = compared.filter((each) => each.misses.length === 0).length;
  const { min = 0, max = Number.POSITIVE_INFINITY } = typeof times === 'number' ? { min: times, max: times } : times;
  if (matched >= min && matched <= max) return { matched };
  const nearest = nearestOf(compared);
  const expected = timesText(times);
  const noun = /\b1$/.test(expected) ? 'request' : 'requests';
  const message = `expected ${expected} matching ${noun}${when}, found ${matched}${hint(sandbox, nearest)}`;
  throw new ControlError(417, message, { matched, expected: times, nearest });
}

function timesText(times: Times): string {
  if (typeof times === 'number') return String(times);
  const { min, max } = times;
  if (max === undefined) return `at least ${min}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

/** The first match of an order that no request meets after those before it, with the id of the last one that was met. */
function outOfOrder(
  { requests: { journal } }: Sandbox,
  order: readonly Match[],
): { readonly at: number; readonly after: number } | undefined {
  let at = 0;
  let after = 0;
  for (const id of journal.ids()) {
    const match = order[at];
    const recorded = journal.get(id);
    if (!match) break;
    if (!recorded || misses(match, recorded).length > 0) continue;
    at++;
    after = id;
  }
  return at === order.length ? undefined : { at, after };
}

function verifyOrder(sandbox: Sandbox, order: readonly Match[]): Verification {
  const missing = outOfOrder(sandbox, order);
  if (!missing) return { matched: order.length };
  const { at, after } = missing;
  const nearest = nearestOf(compare(sandbox, order[at] ?? {}, after));
  const place = after === 0 ? '' : ` after request ${after}`;
  const message = `no request matches number ${at + 1} of the order${place}${hint(sandbox, nearest)}`;
  throw new ControlError(417, message, { matched: at, expected: order.length, nearest });
}

function nearestOf(compared: readonly Compared[]) {
  return compared
    .filter(({ misses }) => misses.length > 0)
    .sort((a, b) => a.misses.length - b.misses.length || b.id - a.id)
    .slice(0, MAX_MISSES)
    .map(({ id, recorded: { method, path, operation, status }, misses }) => ({
      id,
      request: `${method} ${path}`,
      operation,
      status,
      misses: boundedProblems(misses),
    }));
}

function hint({ requests: { journal } }: Sandbox, nearest: ReturnType<typeof nearestOf>): string {
  const lines = nearest.map(({ request, misses }) => `${request}: ${misses.join(', ')}`);
  const none = journal.count === 0 ? '; no request was made' : '';
  return lines.length > 0 ? `; nearest: ${lines.join(' | ')}` : none;
}

/** Where a request differs from a match, field by field: `status is 422, not 201`. */
export function misses(match: Match, entry: Comparable): string[] {
  const path = match.path !== undefined && pathMatches(match.path, entry.path) ? entry.path : match.path;
  return [
    ...miss('operation', match.operation, entry.operation),
    ...miss('method', match.method?.toUpperCase(), entry.method),
    ...miss('path', path, entry.path),
    ...miss('tag', match.tag, entry.tag),
    ...miss('status', match.status, entry.status),
    ...miss('user', match.user, entry.user_id),
    ...miss('app', match.app, entry.application),
    ...paramMisses('params', match.params, match.params && redact(entry.params)),
  ];
}

function miss(field: string, expected: unknown, actual: unknown): string[] {
  if (expected === undefined || expected === actual) return [];
  return [`${field} is ${JSON.stringify(actual ?? null)}, not ${JSON.stringify(expected)}`];
}

/** Each expected parameter must be there, and equal when compared as text. The request may have others. */
function paramMisses(field: string, expected: unknown, actual: unknown): string[] {
  if (typeof expected !== 'object' || expected === null)
    return String(expected) === textOf(actual) ? [] : miss(field, expected, actual);
  const fields = new Map<string, unknown>(Object.entries(typeof actual === 'object' && actual !== null ? actual : {}));
  return Object.entries(expected).flatMap(([name, value]) =>
    value === undefined ? [] : paramMisses(`${field}.${name}`, value, fields.get(name)),
  );
}

/** Objects as JSON: those without a prototype have no `toString`. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
