import { constants } from 'node:buffer';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { parse } from 'node:querystring';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { ControlError } from '../control/control-error.ts';
import type { ControlledServer } from '../control/controlled-server.ts';
import { EventStream } from '../control/event-stream.ts';
import { execute, type Operation } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations/index.ts';
import { EVENT_STREAM, RawResponse } from '../control/raw-response.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { CONTROL_PATH } from '../model/addresses.ts';
import { ERRORS } from '../model/error-catalogue.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';
import { BodyError, bodyReader, hasBody, parseBody } from './body.ts';
import { checkDepth, MAX_BODY } from './decode.ts';
import { encode } from './encode.ts';
import { type GuardOptions, guard } from './guard.ts';
import { type RoutedRequest, splitUrl, targetOf } from './target.ts';
import { writeEvents } from './write-events.ts';

/** The largest bodies, by operation. Fixtures may be as large as a string in Node.js; compressed, a few bytes could claim that much. */
const LIMITS = {
  fixture: { sent: constants.MAX_STRING_LENGTH, decompressed: 64 * MAX_BODY },
  other: { sent: MAX_BODY, decompressed: MAX_BODY },
};
const READERS = { fixture: bodyReader(LIMITS.fixture), other: bodyReader(LIMITS.other) };
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** No caching, no guessing of types, and no embedding in another page, which could steal clicks. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' };

/** The parts of the server that the control plane needs. */
export interface ControlApiDeps extends GuardOptions {
  readonly server: ControlledServer;
  /** Opens a sandbox on first use. Rejects with a ControlError when it can't be created or read. */
  openSandbox(name: string): Promise<Sandbox>;
  /** The sandbox for one answer, which doesn't create it. Rejects like `openSandbox`. */
  visitSandbox(name: string): Promise<Sandbox>;
  /** Called with errors of the emulator itself. */
  onError(error: unknown): void;
}

/** Express' router of the control plane, built from its table of operations. Errors are problem documents (RFC 9457). */
export function controlRouter(deps: ControlApiDeps): Router {
  const router = express.Router({ mergeParams: true });
  for (const operation of Object.values(OPERATIONS)) {
    const method = operation.method.toLowerCase() as Lowercase<Operation['method']>;
    router[method](operation.path || '/', (incoming: RoutedRequest, outgoing: ServerResponse) =>
      serve(deps, operation, incoming, outgoing),
    );
  }
  router.use(({ method, baseUrl, url }: RoutedRequest, outgoing: ServerResponse) => {
    const [path] = splitUrl(url);
    const allowed = methodsOf(path);
    const none = `there is no ${method} ${baseUrl}${path}`;
    if (allowed.length === 0) throw new ControlError(404, `${none}: see GET ${CONTROL_PATH}/openapi.json`);
    const Allow = allowed.join(', ');
    encodeProblem(outgoing, new ControlError(405, `${none}; allowed: ${Allow}`), { Allow });
  });
  router.use(((error, _incoming, outgoing, _next) => {
    const problem = problemOf(error);
    if (problem.status === 500) deps.onError(error);
    encodeProblem(outgoing, problem);
  }) satisfies ErrorRequestHandler);
  return router;
}

/** The methods of the operations at a path. */
function methodsOf(path: string): string[] {
  const known = Object.values(OPERATIONS).filter((operation) =>
    new RegExp(`^${operation.path.replace(/:\w+/g, '[^/]+')}/?$`, 'i').test(path),
  );
  const methods = known.flatMap(({ method }) => (method === 'GET' ? [method, 'HEAD'] : [method]));
  return [...new Set(methods)];
}

/** Any error as a problem. Those of Express have a status, too: an address that can't be decoded. */
export function problemOf(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof BodyError) return new ControlError(ERRORS[error.key].status, error.message);
  const status = isObject(error) && typeof error.status === 'number' ? error.status : 500;
  return new ControlError(status, messageOf(error));
}

function encodeProblem(
  outgoing: ServerResponse,
  problem: ControlError,
  headers: Readonly<Record<string, string>> = {},
) {
  const { status } = problem;
  const text = JSON.stringify(problem.toProblem(STATUS_CODES[status] ?? 'Error'));
  encode(outgoing, { status, type: PROBLEM_TYPE, text, headers: { ...HEADERS, ...headers } }, undefined);
}

async function serve(
  deps: ControlApiDeps,
  operation: Operation,
  incoming: RoutedRequest,
  outgoing: ServerResponse,
): Promise<void> {
  guard(deps, incoming.headers, operation.public === true);
  const disconnected = new AbortController();
  outgoing.on('close', () => disconnected.abort());
  const { sandbox: _, ...path } = incoming.params;
  const [, query] = splitUrl(incoming.url);
  const body = operation.method === 'GET' ? {} : await readBody(operation, incoming);
  const input = mergeInput(path, parse(query), body);
  if (operation.result === EVENT_STREAM) input.after ??= incoming.headers['last-event-id'];
  const { sandbox: name } = targetOf(incoming);
  // any web page can send requests to public operations
  const sandbox = await (operation.public ? deps.visitSandbox(name) : deps.openSandbox(name));
  const result = await execute(sandbox, operation, input, deps.server, disconnected.signal);
  if (result instanceof EventStream) return writeEvents(outgoing, result, HEADERS);
  if (!(result instanceof RawResponse)) {
    const response = { status: 200, type: JSON_TYPE, text: JSON.stringify(result), headers: HEADERS };
    return encode(outgoing, response, sandbox.clock.httpDate);
  }
  const { status, type, text, policy, location } = result;
  const leading = location === undefined ? {} : { Location: incoming.baseUrl + location };
  const headers = { ...HEADERS, 'Content-Security-Policy': policy, ...leading };
  encode(outgoing, { status, type, text, headers }, sandbox.clock.httpDate);
}

type Fields = Readonly<Record<string, unknown>>;

/** Merges the three parts of the input. @throws ControlError 422 for a field with different values in two of them */
function mergeInput(path: Fields, query: Fields, body: Fields): Record<string, unknown> {
  const inAddress = { ...query, ...path };
  const conflict = (one: Fields, other: Fields) =>
    Object.entries(one).find(([name, value]) => Object.hasOwn(other, name) && other[name] !== value)?.[0];
  const name = conflict(query, path) ?? conflict(inAddress, body);
  if (name !== undefined) throw new ControlError(422, `${name}: occurs in more than one of path, query and body`);
  return { ...inAddress, ...body };
}

/** The part of the input that is in the body. @throws ControlError 400, 413, 422 @throws BodyError */
async function readBody({ body }: Operation, incoming: RoutedRequest): Promise<Fields> {
  if (!hasBody(incoming)) return {};
  const kind = body?.unlimited ? 'fixture' : 'other';
  const bytes = await READERS[kind](incoming).catch((error: unknown) => {
    if (!(error instanceof BodyError) || error.key !== 'body_too_large') throw error;
    throw new ControlError(413, `the body is ${error.message}`);
  });
  if (bytes.length === 0) return {};
  // curl sends a form's type by default, also with JSON: the body's looks decide
  const type = incoming.headers['content-type'];
  const usedType = type?.startsWith('application/x-www-form-urlencoded') ? undefined : type;
  const value = await parseBody(bytes, usedType).catch((error: unknown) => {
    if (!(error instanceof BodyError) || error.key !== 'malformed_body') throw error;
    throw new ControlError(400, `the body is not valid JSON: ${error.message}`);
  });
  checkDepth(value);
  if (body) return { [body.field]: value };
  if (isObject(value)) return value;
  throw new ControlError(422, 'the body must be a JSON object');
}
