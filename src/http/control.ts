import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { ERRORS } from '../api/errors.ts';
import { type Operation, Page, perform } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations.ts';
import { ControlError } from '../control/problem.ts';
import type { Host } from '../control/world.ts';
import type { Sandbox } from '../sandbox.ts';
import { BodyError, hasBody, parseBody, readBody } from './body.ts';
import { splitUrl } from './decode.ts';
import { encode } from './encode.ts';
import { guard } from './guard.ts';
import type { Place } from './place.ts';

/** Room for imports of large fixtures. */
const MAX_IMPORT = 2 ** 30;
const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Nothing is kept, taken for another type, or shown inside of another page, where a click could be meant for that. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' };

/** What the control plane needs of the server around it. */
export interface Controlled {
  readonly host: Host;
  sandbox(name: string): Sandbox;
  readonly adminToken: string | undefined;
  readonly allowedHosts: ReadonlySet<string>;
}

/** The operations with what their paths look like: `:id` is one segment, and a slash at the end is no matter. */
const ROUTES = OPERATIONS.map((operation) => {
  const path = operation.path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return { operation, pattern: new RegExp(`^/_emulator${path}/?$`) };
});

/** True when a place is the control plane's. */
export function isControl({ url }: Place): boolean {
  return /^\/_emulator(?=[/?]|$)/.test(url);
}

/** Answers a request of the control plane; errors as problem documents (RFC 9457). */
export function control(server: Controlled, request: IncomingMessage, response: ServerResponse, place: Place): void {
  serve(server, request, response, place).catch((error: unknown) => {
    const known = problemOf(error);
    const text = JSON.stringify(known.toDocument(STATUS_CODES[known.status] ?? 'Error'));
    encode(response, { status: known.status, type: PROBLEM_TYPE, text, headers: HEADERS }, undefined);
  });
}

async function serve(
  server: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  place: Place,
): Promise<void> {
  const [path, query] = splitUrl(place.url);
  const { operation, params } = findOperation(request, place, path);
  guard(server, request.headers, operation.open === true);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = operation.method === 'GET' ? undefined : await bodyOf(request);
  const given = { ...Object.fromEntries(new URLSearchParams(query)), ...body, ...params };
  const sandbox = server.sandbox(place.sandbox);
  const result = await perform(sandbox, operation, given, server.host, gone.signal);
  const page = result instanceof Page ? result : new Page(200, JSON_TYPE, JSON.stringify(result));
  encode(response, { ...page, headers: HEADERS }, sandbox.clock.httpDate);
}

function findOperation(
  { method: asked }: IncomingMessage,
  { mount }: Place,
  path: string,
): { operation: Operation; params: Record<string, string> } {
  const method = asked === 'HEAD' ? 'GET' : asked;
  for (const { operation, pattern } of ROUTES) {
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match) return { operation, params: decoded(match.groups ?? {}) };
  }
  throw new ControlError(404, `there is no ${asked} ${mount}${path}: see GET /_emulator/openapi.json`);
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new ControlError(400, 'malformed URL');
  }
}

/** The parameters in a body; a list is that of its `items`. */
async function bodyOf(request: IncomingMessage): Promise<object | undefined> {
  if (!hasBody(request)) return undefined;
  const bytes = await readBody(request, MAX_IMPORT);
  const value = bytes.length === 0 ? undefined : await parseBody(bytes, request.headers['content-type']);
  return Array.isArray(value) ? { items: value } : typeof value === 'object' && value !== null ? value : undefined;
}

function problemOf(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof BodyError) return new ControlError(ERRORS[error.key].status, error.message);
  return new ControlError(500, (error as Error).message);
}
