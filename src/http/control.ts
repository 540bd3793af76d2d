import { constants } from 'node:buffer';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { parse } from 'node:querystring';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { ControlError } from '../control/control-error.ts';
import type { ControlledServer } from '../control/controlled-server.ts';
import { execute, type Operation } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations/index.ts';
import { RawResponse } from '../control/raw-response.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { CONTROL_PATH } from '../model/addresses.ts';
import { ERRORS } from '../model/error-catalogue.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { isObject } from '../support/values.ts';
import { BodyError, bodyReader, hasBody, parseBody } from './body.ts';
import { checkDepth, MAX_BODY } from './decode.ts';
import { encode } from './encode.ts';
import { type GuardOptions, guard } from './guard.ts';
import { type RoutedRequest, splitUrl, targetOf } from './target.ts';

/** Large fixtures are read as far as Node.js can hold them as a text. */
const LIMITS = { large: constants.MAX_STRING_LENGTH, usual: MAX_BODY };
const readers = { large: bodyReader(LIMITS.large), usual: bodyReader(LIMITS.usual) };
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Nothing is kept, taken for another type, or shown inside of another page, where a click could be meant for that. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' };

/** What the control plane needs of the server around it. */
export interface ControlApiDeps extends GuardOptions {
  readonly host: ControlledServer;
  sandbox(name: string): Sandbox;
  /** Told of errors of the emulator itself. */
  onError(error: unknown): void;
}

/** Express' router of the control plane, made from its table. Errors are problem documents (RFC 9457). */
export function controlRouter(server: ControlApiDeps): Router {
  const router = express.Router({ mergeParams: true });
  for (const operation of Object.values(OPERATIONS)) {
    const method = operation.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    router[method](operation.path || '/', (request: RoutedRequest, response: ServerResponse) =>
      serve(server, operation, request, response),
    );
  }
  router.use(({ method, baseUrl, url }: RoutedRequest, response: ServerResponse) => {
    const [path] = splitUrl(url);
    const allowed = methodsOf(path);
    const none = `there is no ${method} ${baseUrl}${path}`;
    if (allowed.length === 0) throw new ControlError(404, `${none}: see GET ${CONTROL_PATH}/openapi.json`);
    const Allow = allowed.join(', ');
    encodeProblem(response, new ControlError(405, `${none}; allowed: ${Allow}`), { Allow });
  });
  router.use(((error, _request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status === 500) server.onError(error);
    encodeProblem(response, problem);
  }) satisfies ErrorRequestHandler);
  return router;
}

/** The methods with which a path is known. */
function methodsOf(path: string): string[] {
  const known = Object.values(OPERATIONS).filter((operation) =>
    new RegExp(`^${operation.path.replace(/:\w+/g, '[^/]+')}/?$`, 'i').test(path),
  );
  const methods = known.flatMap(({ method }) => (method === 'GET' ? [method, 'HEAD'] : [method]));
  return [...new Set(methods)];
}

function encodeProblem(
  response: ServerResponse,
  problem: ControlError,
  headers: Readonly<Record<string, string>> = {},
) {
  const { status } = problem;
  const text = JSON.stringify(problem.toProblem(STATUS_CODES[status] ?? 'Error'));
  encode(response, { status, type: PROBLEM_TYPE, text, headers: { ...HEADERS, ...headers } }, undefined);
}

async function serve(
  server: ControlApiDeps,
  operation: Operation,
  request: RoutedRequest,
  response: ServerResponse,
): Promise<void> {
  guard(server, request.headers, operation.public === true);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { sandbox: _, ...path } = request.params;
  const body = operation.method === 'GET' ? {} : await bodyOf(operation, request, response);
  const input = mergeInput(path, parse(splitUrl(request.url)[1]), body);
  const sandbox = server.sandbox(targetOf(request).sandbox);
  const result = await execute(sandbox, operation, input, server.host, gone.signal);
  const answer =
    result instanceof RawResponse ? result : { status: 200, type: JSON_TYPE, text: JSON.stringify(result) };
  encode(response, { ...answer, headers: HEADERS }, sandbox.clock.httpDate);
}

/** One input of three; what is one thing here and another there would be left out without a word. @throws ControlError 422 */
function mergeInput(path: object, query: object, body: object): object {
  const inAddress = { ...query, ...path };
  const inBoth = (one: object, other: object) =>
    Object.entries(one).find(([name, value]) => Object.hasOwn(other, name) && other[name as never] !== value)?.[0];
  const twice = inBoth(query, path) ?? inBoth(inAddress, body);
  if (twice !== undefined) throw new ControlError(422, `${twice}: is given in more than one of path, query and body`);
  return { ...inAddress, ...body };
}

/** The part of the input that is in a body. @throws ControlError 400, 413, 422 @throws BodyError */
async function bodyOf({ body }: Operation, request: RoutedRequest, response: ServerResponse): Promise<object> {
  if (!hasBody(request)) return {};
  const size = body?.unlimited ? 'large' : 'usual';
  const bytes = await readers[size](request, response).catch((error: unknown) => {
    if (!(error instanceof BodyError) || error.key !== 'body_too_large') throw error;
    throw new ControlError(413, `the body is larger than ${LIMITS[size]} bytes`);
  });
  // curl sends JSON as a form unless it is told otherwise: what looks like JSON is taken for it
  const { 'content-type': type } = request.headers;
  const told = type?.startsWith('application/x-www-form-urlencoded') ? undefined : type;
  if (bytes.length === 0) return {};
  const value = await parseBody(bytes, told).catch((error: unknown) => {
    if (!(error instanceof BodyError) || error.key !== 'malformed_body') throw error;
    throw new ControlError(400, `the body is no JSON that can be read: ${error.message}`);
  });
  checkDepth(value);
  if (body) return { [body.field]: value };
  if (isObject(value)) return value;
  throw new ControlError(422, 'the body must be a JSON object');
}

function problemOf(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof BodyError) return new ControlError(ERRORS[error.key].status, error.message);
  const { status = 500, message } = error as Partial<ControlError>;
  return new ControlError(status, message ?? String(error));
}
