import * as v from 'valibot';
import type { JournalEntry } from '../../sandbox/journal-entry.ts';
import { presentEntry, type RecordedRequest } from '../../sandbox/recorded-request.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ControlError } from '../control-error.ts';
import { curlCommand } from '../curl.ts';
import { harOf } from '../har.ts';
import { defineOperation } from '../operation.ts';
import { presentEvidence } from '../present-evidence.ts';
import { PLAIN_TEXT, RawResponse } from '../raw-response.ts';
import type { RequestList } from '../results.ts';
import { integer, noInput, strictFields } from '../schemas.ts';
import { waitDuration } from '../wait.ts';
import { Expectation, MATCH_FIELDS, Match, matching, verify, waitForRequests } from './verification.ts';

/** Selects requests of a list. */
export const RequestFilter = strictFields({ ...MATCH_FIELDS, after: v.optional(integer), limit: v.optional(integer) });
const RequestId = strictFields({ id: integer });
const FILTER =
  'those with this `operation`, `method`, `path` (with `*`), `tag`, `status`, `user` and `app`, those `after` an id, and of them the newest (`limit`)';

/** The request journal, the warnings about requests, and the evidence of their answers. */
export const requestOperations = {
  'requests.list': defineOperation({
    method: 'GET',
    path: '/requests',
    summary: `lists the last requests with their answers, oldest first: ${FILTER}`,
    input: RequestFilter,
    result: 'RequestList',
    run: list,
  }),
  'requests.har': defineOperation({
    method: 'GET',
    path: '/requests.har',
    summary: `the last requests with their answers as a HAR 1.2 file: ${FILTER}`,
    input: RequestFilter,
    result: 'Har',
    run: (sandbox, filter, server) => harOf(list(sandbox, filter).items, server),
  }),
  'requests.curl': defineOperation({
    method: 'GET',
    path: '/requests/:id.curl',
    summary: 'one request as a curl command; secrets are redacted',
    input: RequestId,
    result: PLAIN_TEXT,
    run: (sandbox, { id }) => new RawResponse(200, PLAIN_TEXT, curlCommand(entryOf(sandbox, id))),
  }),
  'requests.get': defineOperation({
    method: 'GET',
    path: '/requests/:id',
    summary: 'one request with its answer',
    input: RequestId,
    result: 'JournalEntry',
    run: (sandbox, { id }) => entryOf(sandbox, id),
  }),
  'requests.rewind': defineOperation({
    method: 'POST',
    path: '/requests/:id/rewind',
    summary: 'returns the state to what it was before a request; clock, faults and journal stay as they are',
    input: RequestId,
    result: 'RewindResult',
    run: (sandbox, { id }) => {
      const { position } = recordedRequest(sandbox, id);
      if (sandbox.rewind(position)) return { id };
      throw new ControlError(409, `request ${id} is too far back: too much has changed since`);
    },
  }),
  'requests.clear': defineOperation({
    method: 'DELETE',
    path: '/requests',
    summary: 'empties the request journal',
    input: noInput,
    result: 'DeletedResult',
    run: (sandbox) => {
      const deleted = sandbox.requests.journal.count;
      sandbox.requests.journal.clear();
      sandbox.events.emit('reset', { cause: 'clear' });
      return { deleted };
    },
  }),
  'requests.wait': defineOperation({
    method: 'POST',
    path: '/requests/wait',
    summary:
      'the requests that match, as soon as there are `times` (1) of them; answers 417 with the nearest misses after a `timeout` (5s)',
    input: strictFields({
      match: v.optional(Match, {}),
      times: v.optional(v.pipe(integer, v.minValue(1, 'must be 1 or more')), 1),
      timeout: v.optional(waitDuration, '5s'),
    }),
    result: 'RequestList',
    run: async (sandbox, { match, times, timeout }, _server, signal) => {
      const found = await waitForRequests(sandbox, match, times, timeout, signal);
      return { total: found.length, items: found.map(({ id, recorded }) => presentEntry(id, recorded)) };
    },
  }),
  'requests.verify': defineOperation({
    method: 'POST',
    path: '/requests/verify',
    summary:
      'checks that `times` (1, or `{ min, max }`) requests match, now or `within` a time; that `never` in a time one does; or that some came in this `order`. Otherwise answers 417 with the nearest misses',
    input: Expectation,
    result: 'Verification',
    run: (sandbox, expectation, _server, signal) => verify(sandbox, expectation, signal),
  }),
  'warnings.list': defineOperation({
    method: 'GET',
    path: '/warnings',
    summary: 'lists the deprecated or undocumented calls and fields that requests used, the most frequent first',
    input: noInput,
    result: 'WarningList',
    run: (sandbox) => ({ items: sandbox.requests.warnings.list() }),
  }),
  evidence: defineOperation({
    method: 'GET',
    path: '/evidence',
    summary:
      'the evidence for the answers since the last reset: operations, errors and settings, each with its weakest evidence, the least certain first',
    input: noInput,
    result: 'RunEvidence',
    run: (sandbox, _input, server) => presentEvidence(sandbox.requests.evidence, server.judgedEvidence),
  }),
};

function list(sandbox: Sandbox, { limit, after, ...match }: v.InferOutput<typeof RequestFilter>): RequestList {
  const found = matching(sandbox, match, after);
  const isFiltered = after !== undefined || Object.values(match).some((value) => value !== undefined);
  const shown = limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
  return {
    // without a filter, requests that the ring has dropped are known by their number
    total: isFiltered ? found.length : sandbox.requests.journal.count,
    items: shown.map(({ id, recorded }) => presentEntry(id, recorded)),
  };
}

/** @throws ControlError 404 */
function entryOf(sandbox: Sandbox, id: number): JournalEntry {
  return presentEntry(id, recordedRequest(sandbox, id));
}

/** @throws ControlError 404 */
function recordedRequest({ requests: { journal } }: Sandbox, id: number): RecordedRequest {
  const recorded = journal.get(id);
  if (recorded) return recorded;
  const held = journal.count === 0 ? 'no request was made' : `the journal holds ${journal.first} to ${journal.count}`;
  throw new ControlError(404, `there is no request ${id}; ${held}`);
}
