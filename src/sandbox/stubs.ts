import { ENDPOINTS, type Endpoint } from '../api/endpoints.ts';
import { decodeId, findRoute } from '../api/routes.ts';
import { dialectOf } from '../dialects/index.ts';
import type { Stub, StubInput, StubMatch } from '../model/stubs.ts';
import type { State } from '../store/state.ts';
import { headerProblems } from './answer-headers.ts';
import { barePath, matches, pathMatches, type RequestFacts } from './faults.ts';
import { unknownTemplates } from './templates.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Statuses of answers that have no body. */
export const BODILESS: readonly number[] = [204, 205, 304];

/** A stub that answers a request, and the segments that `:name` in its match stands for. */
export interface MatchedStub {
  readonly stub: Stub;
  readonly pathParams: Readonly<Record<string, string>>;
}

/** A match as an object, with its path in the form that requests have. */
function matchOf(match: StubInput['match']): StubMatch | undefined {
  if (typeof match !== 'string') return match.path === undefined ? match : { ...match, path: barePath(match.path) };
  const [, method, path] = /^(\*|[A-Za-z]+) +(\/\S*)$/.exec(match) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { ...(method !== '*' && { method }), path: barePath(path) };
}

function pathParamsOf({ path = '' }: StubMatch): string[] {
  return path.split('/').flatMap((segment) => (segment.startsWith(':') ? [segment.slice(1)] : []));
}

/**
 * Lists the problems of a stub, each with its place: `match: …`.
 * @param dialect the name of the dialect whose requests it answers; undefined: those of all
 */
export function stubProblems(stub: StubInput, dialect?: string): string[] {
  const match = matchOf(stub.match);
  if (!match) return [`match: must be a method and a path such as 'GET /chat/Dialog', not '${String(stub.match)}'`];
  return [
    ...matchProblems(match),
    ...shadowProblems(stub, match, dialect),
    ...bodyProblems(stub),
    ...headerProblems(stub.headers),
    ...[stub.json, stub.text, stub.headers].flatMap((value, index) =>
      unknownTemplates(value, ['json', 'text', 'headers'][index] ?? '', pathParamsOf(match)),
    ),
  ];
}

function matchProblems(match: StubMatch): string[] {
  const { method, path, operation } = match;
  const problems: string[] = [];
  if (method !== undefined && !METHODS.includes(method.toUpperCase()))
    problems.push(`match: the method must be one of ${METHODS.join(', ')}, or * in a text; not '${method}'`);
  if (operation !== undefined && !ENDPOINTS.some((endpoint) => endpoint.operation === operation))
    problems.push(`match: '${operation}' is not an operation; coverage lists them`);
  if (path === undefined) return problems;
  if (!path.startsWith('/')) problems.push(`match: the path must begin with a slash, not '${path}'`);
  if (/[?#]/.test(path)) problems.push('match: the path must be without a query');
  const wrong = pathParamsOf(match).find((name) => !/^\w+$/.test(name));
  if (wrong !== undefined) problems.push(`match: ':${wrong}' must have a name of letters, digits and underscores`);
  return problems;
}

/** A stub never answers in place of an emulated operation by accident. */
function shadowProblems({ override }: StubInput, match: StubMatch, dialect: string | undefined): string[] {
  const endpoint = override === true ? undefined : shadowedBy(match, dialect);
  if (!endpoint) return [];
  const { operation, method, path } = endpoint;
  return [`match: ${method} ${path} is emulated (${operation}): set "override": true to answer in its place`];
}

function shadowedBy({ method, path, operation }: StubMatch, dialect: string | undefined): Endpoint | undefined {
  if (operation !== undefined) return ENDPOINTS.find((endpoint) => endpoint.operation === operation);
  if (path === undefined) return undefined;
  const sample = path.replace(/:\w+|\*/g, 'x');
  const methods = method === undefined ? METHODS : [method.toUpperCase()];
  const missing = dialect === undefined ? undefined : dialectOf(dialect).missingOperations;
  return methods
    .map((each) => findRoute(each, sample)?.endpoint)
    .find((endpoint) => endpoint && !missing?.has(endpoint.operation));
}

function bodyProblems({ status = 200, json, text, headers, answer }: StubInput): string[] {
  const bodies = [json, text].filter((body) => body !== undefined).length;
  if (answer && (bodies > 0 || headers)) return ['answer: stands for json, text and headers: give only one of them'];
  if (bodies > 1) return ['text: give json or text, not both'];
  return bodies > 0 && BODILESS.includes(status) ? [`status: an answer with ${status} has no body`] : [];
}

/**
 * Finds the stub that answers a request: the newest that matches.
 * @param emulated the request is one of an emulated operation
 */
export function findStub(state: State, facts: RequestFacts, emulated: boolean): MatchedStub | undefined {
  for (const stub of [...state.stubs.values()].reverse()) {
    if (emulated && stub.override !== true) continue;
    if (stub.application_id !== null && stub.application_id !== facts.app) continue;
    const { path, ...match } = matchOf(stub.match) ?? {};
    const pathParams = path === undefined ? {} : matchPath(path, facts.path);
    if (pathParams && matches(match, facts)) return { stub, pathParams };
  }
  return undefined;
}

/** Counts an answer of a stub, and removes it after its last one. */
export function countStub(state: State, stub: Stub): void {
  const hits = stub.hits + 1;
  state.deferred(() => {
    if (hits === stub.times) state.stubs.delete(stub.id);
    else state.stubs.put({ ...stub, hits });
  });
}

/** Compares a path with a pattern, segment by segment. @returns the segments that `:name` stands for */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const segments = path.split('/');
  const found: [string, string][] = [];
  for (const [index, part] of expected.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part === '*' && index === expected.length - 1) return Object.fromEntries(found);
    if (part.startsWith(':') && segment !== '') found.push([part.slice(1), decodeId(segment)]);
    else if (!pathMatches(part, segment)) return undefined;
  }
  return expected.length === segments.length ? Object.fromEntries(found) : undefined;
}
