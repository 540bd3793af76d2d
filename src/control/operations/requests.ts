import * as v from 'valibot';
import { pathMatches } from '../../sandbox/faults.ts';
import type { JournalEntry } from '../../sandbox/request-journal.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
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
/** What chooses requests in a list. */
export const RequestFilter = strictFields(FIELDS);
const Match = strictFields({ ...FIELDS, params: v.optional(v.record(string, v.unknown(), MUST_BE_OBJECT)) });
type Match = v.InferOutput<typeof Match>;

const MISSES_SHOWN = 3;

/** The journal of requests, and the warnings drawn from it. */
export const requestOperations = {
  'requests.list': defineOperation({
    method: 'GET',
    path: '/requests',
    summary:
      'the last requests, oldest first; `operation`, `method`, `path` (with `*`), `tag`, `status`, `user` and `app` choose',
    input: RequestFilter,
    result: 'RequestList',
    run: (sandbox, match) => {
      const items = sandbox.journal.list().filter((entry) => misses(match, entry).length === 0);
      // of all requests, also those that are forgotten are counted
      return { total: Object.keys(match).length > 0 ? items.length : sandbox.journal.count, items };
    },
  }),
  'requests.clear': defineOperation({
    method: 'DELETE',
    path: '/requests',
    summary: 'empties the journal',
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
    summary: 'whether exactly so many requests (`times`, 1) match; otherwise 417 with the nearest misses',
    input: strictFields({ match: Match, times: v.optional(integer, 1) }),
    result: 'Verification',
    run: (sandbox, { match, times }) => verify(sandbox, match, times),
  }),
  'warnings.list': defineOperation({
    method: 'GET',
    path: '/warnings',
    summary: 'calls that are deprecated, or that the documents do not know',
    input: noInput,
    result: 'WarningList',
    run: (sandbox) => ({ items: sandbox.warnings.list() }),
  }),
};

function verify(sandbox: Sandbox, match: Match, times: number) {
  const compared = sandbox.journal.list().map((entry) => ({ entry, misses: misses(match, entry) }));
  const found = compared.filter((each) => each.misses.length === 0).length;
  if (found === times) return { matched: found };
  const nearest = compared
    .filter((each) => each.misses.length > 0)
    .sort((a, b) => a.misses.length - b.misses.length || b.entry.id - a.entry.id)
    .slice(0, MISSES_SHOWN)
    .map(({ entry, misses }) => ({
      id: entry.id,
      request: `${entry.method} ${entry.path}`,
      operation: entry.operation,
      status: entry.status,
      misses,
    }));
  const told = nearest.map(({ request, misses }) => `${request}: ${misses.join(', ')}`);
  const near =
    told.length > 0 ? `; nearest: ${told.join(' | ')}` : sandbox.journal.count === 0 ? '; no request was made' : '';
  throw new ControlError(417, `expected ${times} matching requests, found ${found}${near}`, {
    matched: found,
    expected: times,
    nearest,
  });
}

/** Where an entry differs from what is asked for, field by field. */
function misses(match: Match, entry: JournalEntry): string[] {
  const found: string[] = [];
  const same = (name: string, wanted: unknown, is: unknown) => {
    if (wanted !== undefined && wanted !== is)
      found.push(`${name} is ${JSON.stringify(is ?? null)}, not ${JSON.stringify(wanted)}`);
  };
  same('operation', match.operation, entry.operation);
  same('method', match.method?.toUpperCase(), entry.method);
  if (match.path !== undefined && !pathMatches(match.path, entry.path)) same('path', match.path, entry.path);
  same('tag', match.tag, entry.tag);
  same('status', match.status, entry.status);
  same('user', match.user, entry.user_id);
  same('app', match.app, entry.application);
  found.push(...paramMisses('params', match.params, entry.params));
  return found;
}

/** Every parameter that is asked for must be there and equal, compared as text; others may be there too. */
function paramMisses(place: string, wanted: unknown, is: unknown): string[] {
  if (wanted === undefined) return [];
  if (typeof wanted !== 'object' || wanted === null) {
    return String(wanted) === textOf(is)
      ? []
      : [`${place} is ${JSON.stringify(is ?? null)}, not ${JSON.stringify(wanted)}`];
  }
  const inside = (typeof is === 'object' && is !== null ? is : {}) as Record<string, unknown>;
  return Object.entries(wanted).flatMap(([name, each]) =>
    paramMisses(`${place}.${name}`, each, Object.hasOwn(inside, name) ? inside[name] : undefined),
  );
}

/** Not every object can say by itself what it is as a text. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
