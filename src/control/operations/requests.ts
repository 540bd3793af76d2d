import * as v from 'valibot';
import { pathMatches } from '../../sandbox/faults.ts';
import { type JournalEntry, presentEntry, type RecordedRequest } from '../../sandbox/journal-entry.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { redact } from '../../support/secrets.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import type { Verification } from '../results.ts';
import { integer, MUST_BE_OBJECT, noInput, strictFields, string } from '../schemas.ts';
import { Method, OperationName } from './faults.ts';

const FIELDS = {
  operation: v.optional(OperationName),
  method: v.optional(Method),
  path: v.optional(string),
  tag: v.optional(string),
  status: v.optional(integer),
  user: v.optional(integer),
  app: v.optional(integer),
};
/** Selects requests of a list. */
export const RequestFilter = strictFields({ ...FIELDS, after: v.optional(integer), limit: v.optional(integer) });
const Match = strictFields({ ...FIELDS, params: v.optional(v.record(string, v.unknown(), MUST_BE_OBJECT)) });
type Match = v.InferOutput<typeof Match>;

/** How many of the nearest misses a failed verification reports. */
const MAX_MISSES = 3;

/** The request journal, and the warnings about requests. */
export const requestOperations = {
  'requests.list': defineOperation({
    method: 'GET',
    path: '/requests',
    summary:
      'lists the last requests, oldest first: those with this `operation`, `method`, `path` (with `*`), `tag`, `status`, `user` and `app`, those `after` an id, and of them the newest (`limit`)',
    input: RequestFilter,
    result: 'RequestList',
    run: (sandbox, { limit, after, ...match }) => {
      const found = compare(sandbox, match, after).filter((each) => each.misses.length === 0);
      const isFiltered = after !== undefined || Object.values(match).some((value) => value !== undefined);
      const shown = limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
      return {
        // without a filter, requests that the ring has dropped are known by their number
        total: isFiltered ? found.length : sandbox.journal.count,
        items: shown.map(({ id, recorded }) => presentEntry(id, recorded)),
      };
    },
  }),
  'requests.get': defineOperation({
    method: 'GET',
    path: '/requests/:id',
    summary: 'one request with its answer',
    input: strictFields({ id: integer }),
    result: 'JournalEntry',
    run: entryOf,
  }),
  'requests.clear': defineOperation({
    method: 'DELETE',
    path: '/requests',
    summary: 'empties the request journal',
    input: noInput,
    result: 'DeletedResult',
    run: (sandbox) => {
      const deleted = sandbox.journal.count;
      sandbox.journal.clear();
      return { deleted };
    },
  }),
  'requests.verify': defineOperation({
    method: 'POST',
    path: '/requests/verify',
    summary: 'checks that exactly `times` (1) requests match; otherwise answers 417 with the nearest misses',
    input: strictFields({ match: Match, times: v.optional(integer, 1) }),
    result: 'Verification',
    run: (sandbox, { match, times }) => verify(sandbox, match, times),
  }),
  'warnings.list': defineOperation({
    method: 'GET',
    path: '/warnings',
    summary: 'lists what requests used that is deprecated or undocumented, the most frequent first',
    input: noInput,
    result: 'WarningList',
    run: (sandbox) => ({ items: sandbox.warnings.list() }),
  }),
};

function verify(sandbox: Sandbox, match: Match, times: number): Verification {
  const compared = compare(sandbox, match);
  const matched = compared.filter((each) => each.misses.length === 0).length;
  if (matched === times) return { matched };
  const nearest = compared
    .filter((each) => each.misses.length > 0)
    .sort((a, b) => a.misses.length - b.misses.length || b.id - a.id)
    .slice(0, MAX_MISSES)
    .map(({ id, recorded: { method, path, operation, status }, misses }) => ({
      id,
      request: `${method} ${path}`,
      operation,
      status,
      misses,
    }));
  const lines = nearest.map(({ request, misses }) => `${request}: ${misses.join(', ')}`);
  const none = sandbox.journal.count === 0 ? '; no request was made' : '';
  const hint = lines.length > 0 ? `; nearest: ${lines.join(' | ')}` : none;
  throw new ControlError(417, `expected ${times} matching requests, found ${matched}${hint}`, {
    matched,
    expected: times,
    nearest,
  });
}

/** @throws ControlError 404 */
function entryOf({ journal }: Sandbox, { id }: { readonly id: number }): JournalEntry {
  const recorded = journal.get(id);
  if (recorded) return presentEntry(id, recorded);
  const held = journal.count === 0 ? 'no request was made' : `the journal holds ${journal.first} to ${journal.count}`;
  throw new ControlError(404, `there is no request ${id}; ${held}`);
}

/** The requests of the journal, each with where it differs from a match. @param after only those after this id */
function compare({ journal }: Sandbox, match: Match, after?: number) {
  return journal.ids(after).flatMap((id) => {
    const recorded = journal.get(id);
    return recorded ? [{ id, recorded, misses: misses(match, recorded) }] : [];
  });
}

/** Where a request differs from a match, field by field: `status is 422, not 201`. */
function misses(match: Match, entry: RecordedRequest): string[] {
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
