import * as v from 'valibot';
import { CHAT_CONNECT } from '../../api/chat.ts';
import { OPERATION_NAMES } from '../../api/operation-names.ts';
import { DelaySchema } from '../../fixtures/stub-schema.ts';
import { ERROR_KEYS } from '../../model/error-catalogue.ts';
import { headerProblems } from '../../sandbox/answer-headers.ts';
import { barePath, DROP_KINDS, FAULT_MOMENTS, type FaultInput, type StubOperation } from '../../sandbox/faults.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { integer, noInput, oneOf, strictFields, string } from '../schemas.ts';

/** The name of an operation of the emulated API. */
export const OperationName = v.union(
  [
    v.custom<StubOperation>((value) => typeof value === 'string' && value.startsWith('stub:')),
    oneOf(OPERATION_NAMES, `must be one of ${OPERATION_NAMES.join(', ')}, or stub:<name>`),
  ],
  ({ issues }) => issues?.at(-1)?.message ?? '',
);
/** HEAD counts as GET. OPTIONS is missing: CORS preflights are answered before faults and journal. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
export const Method = v.pipe(
  string,
  v.check((method) => METHODS.includes(method.toUpperCase()), `must be one of ${METHODS.join(', ')}`),
);
/** The path of a match, as requests are recorded: a suffix such as `.json` would match none of them. */
export const MatchPath = v.pipe(
  string,
  v.check((path) => !/[?#]/.test(path), 'must be without a query'),
  v.transform(barePath),
);
const ERROR_RULE =
  "must be a key of the error catalogue, such as 'taken' or 'too_many_requests' (GET /_emulator/coverage lists them)";
const PROBABILITY = 'must be a number from 0 to 1';
export const FaultSchema = v.pipe(
  strictFields({
    match: v.optional(
      strictFields({
        operation: v.optional(OperationName),
        method: v.optional(Method),
        path: v.optional(MatchPath),
        user: v.optional(v.union([v.number(), string], 'must be an id or a login')),
        app: v.optional(integer),
      }),
      {},
    ),
    times: v.optional(v.pipe(integer, v.minValue(1, 'must be 1 or more'))),
    after: v.optional(integer),
    probability: v.optional(v.pipe(v.number(PROBABILITY), v.minValue(0, PROBABILITY), v.maxValue(1, PROBABILITY))),
    status: v.optional(
      v.pipe(
        integer,
        v.minValue(200, 'must be an HTTP status from 200'),
        v.maxValue(599, 'must be an HTTP status up to 599'),
      ),
    ),
    error: v.optional(oneOf(ERROR_KEYS, ERROR_RULE)),
    delay: v.optional(DelaySchema),
    drop: v.optional(oneOf(DROP_KINDS)),
    when: v.optional(oneOf(FAULT_MOMENTS)),
    body: v.optional(string),
    json: v.optional(v.unknown()),
    headers: v.optional(v.record(string, string, 'must be an object with a text for each header')),
    trickle: v.optional(DelaySchema),
  }),
  v.check(
    (fault) => faultProblems(fault).length === 0,
    ({ input }) => faultProblems(input).join('; '),
  ),
);

/** Problems of a fault's fields together. */
function faultProblems({ match, when, status, error, delay, drop, ...ofAnswer }: FaultInput): string[] {
  const { body, json, headers, trickle } = ofAnswer;
  const changesAnswer = [body, json, headers, trickle].some((value) => value !== undefined);
  const problems = headerProblems(headers);
  if (!changesAnswer && [status, error, delay, drop].every((value) => value === undefined))
    problems.push('give at least one effect: status, error, delay, drop, body, json, headers or trickle');
  if (json !== undefined && body !== undefined && body !== 'truncated')
    problems.push('body: give json or a body, not both');
  if (match?.operation === CHAT_CONNECT && (changesAnswer || when !== undefined))
    problems.push('match.operation: a login to the chat has only the effects status, error, delay and drop');
  return problems;
}

/** Deliberate failures. */
export const faultOperations = {
  'faults.list': defineOperation({
    method: 'GET',
    path: '/faults',
    summary: 'lists the faults, with how many requests each has matched (`seen`) and failed (`hits`)',
    input: noInput,
    result: 'FaultList',
    run: (sandbox) => ({ items: sandbox.faults.list() }),
  }),
  'faults.add': defineOperation({
    method: 'POST',
    path: '/faults',
    summary: 'adds a fault',
    input: FaultSchema,
    result: 'Fault',
    run: (sandbox, fault) => sandbox.faults.add(fault),
  }),
  'faults.clear': defineOperation({
    method: 'DELETE',
    path: '/faults',
    summary: 'removes all faults',
    input: noInput,
    result: 'DeletedResult',
    run: (sandbox) => {
      const deleted = sandbox.faults.list().length;
      sandbox.faults.clear();
      return { deleted };
    },
  }),
  'faults.get': defineOperation({
    method: 'GET',
    path: '/faults/:id',
    summary: 'one fault, with how many requests it has matched (`seen`) and failed (`hits`)',
    input: strictFields({ id: string }),
    result: 'Fault',
    run: (sandbox, { id }) => sandbox.faults.list().find((fault) => fault.id === id) ?? noFault(id),
  }),
  'faults.remove': defineOperation({
    method: 'DELETE',
    path: '/faults/:id',
    summary: 'removes a fault',
    input: strictFields({ id: string }),
    result: 'DeletedFault',
    run: (sandbox, { id }) => {
      return sandbox.faults.remove(id) ? { id } : noFault(id);
    },
  }),
};

function noFault(id: string): never {
  throw new ControlError(404, `there is no fault '${id}'`);
}
