import { STATUS_CODES } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { ERRORS } from '../api/errors.ts';
import { type Operation, Page, perform } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations.ts';
import { ControlError } from '../control/problem.ts';
import type { Host } from '../control/world.ts';
import type { Sandbox } from '../sandbox.ts';
import { BodyError, bodyReader, hasBody, parseBody } from './body.ts';
import { encode } from './encode.ts';
import { type Guarded, guard } from './guard.ts';
import { placeOf } from './place.ts';

/** Room for imports of large fixtures. */
const readImport = bodyReader(2 ** 30);
const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Nothing is kept, taken for another type, or shown inside of another page, where a click could be meant for that. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' };

/** What the control plane needs of the server around it. */
export interface Controlled extends Guarded {
  readonly host: Host;
  sandbox(name: string): Sandbox;
}

/** Express' router of the control plane, made from its table. Errors are problem documents (RFC 9457). */
export function controlRouter(server: Controlled): Router {
  const router = express.Router({ mergeParams: true });
  for (const operation of OPERATIONS) {
    const method = operation.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    router[method](operation.path || '/', (request, response) => serve(server, operation, request, response));
  }
  router.use(({ method, baseUrl, path }: Request) => {
    throw new ControlError(404, `there is no ${method} ${baseUrl}${path}: see GET /_emulator/openapi.json`);
  });
  router.use(((error, _request, response, _next) => {
    const known = problemOf(error);
    const text = JSON.stringify(known.toDocument(STATUS_CODES[known.status] ?? 'Error'));
    encode(response, { status: known.status, type: PROBLEM_TYPE, text, headers: HEADERS }, undefined);
  }) satisfies ErrorRequestHandler);
  return router;
}

async function serve(server: Controlled, operation: Operation, request: Request, response: Response): Promise<void> {
  guard(server, request.headers, operation.open === true);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = operation.method === 'GET' ? undefined : await bodyOf(request, response);
  const { sandbox: _, ...path } = request.params;
  const sandbox = server.sandbox(placeOf(request).sandbox);
  const result = await perform(sandbox, operation, { ...request.query, ...body, ...path }, server.host, gone.signal);
  const page = result instanceof Page ? result : new Page(200, JSON_TYPE, JSON.stringify(result));
  encode(response, { ...page, headers: HEADERS }, sandbox.clock.httpDate);
}

/** The parameters in a body; a list is that of its `items`. */
async function bodyOf(request: Request, response: Response): Promise<object | undefined> {
  if (!hasBody(request)) return undefined;
  const bytes = await readImport(request, response);
  // curl sends JSON as a form unless it is told otherwise: what looks like JSON is taken for it
  const { 'content-type': type } = request.headers;
  const told = type?.startsWith('application/x-www-form-urlencoded') ? undefined : type;
  const value = bytes.length === 0 ? undefined : await parseBody(bytes, told);
  return Array.isArray(value) ? { items: value } : typeof value === 'object' && value !== null ? value : undefined;
}

function problemOf(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof BodyError) return new ControlError(ERRORS[error.key].status, error.message);
  const { status = 500, message } = error as Partial<ControlError>;
  return new ControlError(status, message ?? String(error));
}
