import { STATUS_CODES } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { type Operation, Page, readInput } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations.ts';
import { ControlError } from '../control/problem.ts';
import type { Host } from '../control/world.ts';
import type { Sandbox } from '../sandbox.ts';
import { encode } from './encode.ts';
import { guard } from './guard.ts';

/** Room for imports of large fixtures. */
const MAX_IMPORT = '1gb';
const JSON_TYPE = 'application/json; charset=utf-8';

/** What the control plane needs of the server around it. */
export interface Controlled {
  readonly host: Host;
  sandbox(name: string): Sandbox;
  readonly adminToken: string | undefined;
  readonly allowedHosts: ReadonlySet<string>;
}

/** Express' router of the control plane, made from its table. */
export function controlRouter(server: Controlled): Router {
  const router = express.Router({ mergeParams: true });
  const body = [express.json({ limit: MAX_IMPORT, strict: false }), express.urlencoded({ extended: false })];
  for (const operation of OPERATIONS) {
    const method = operation.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    const parsers = method === 'get' ? [] : body;
    const path = operation.path === '' ? '/' : operation.path;
    router[method](path, guard(server, operation.open === true), ...parsers, (request, response, next) => {
      serve(server, operation, request, response).catch(next);
    });
  }
  router.use((request: Request) => {
    throw new ControlError(
      404,
      `there is no ${request.method} ${request.baseUrl}${request.path}: see GET /_emulator/openapi.json`,
    );
  });
  router.use(problem);
  return router;
}

async function serve(server: Controlled, operation: Operation, request: Request, response: Response): Promise<void> {
  const { sandbox: name = '', ...path } = request.params as Record<string, string>;
  const sandbox = server.sandbox(name);
  const given = Array.isArray(request.body) ? { items: request.body } : request.body;
  const input = readInput(operation.input, { ...request.query, ...given, ...path });
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const result = await operation.run(sandbox, input, server.host, gone.signal);
  await sandbox.keep();
  if (result instanceof Page) encode(response, { ...result, headers: { 'Cache-Control': 'no-store' } });
  else send(response, 200, JSON_TYPE, result);
}

/** Errors as problem documents (RFC 9457). */
function problem(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known = error instanceof ControlError ? error : new ControlError(statusOf(error), (error as Error).message);
  send(
    response,
    known.status,
    'application/problem+json; charset=utf-8',
    known.toDocument(STATUS_CODES[known.status] ?? 'Error'),
  );
}

function statusOf(error: unknown): number {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function send(response: Response, status: number, type: string, value: unknown): void {
  encode(response, { status, type, text: JSON.stringify(value), headers: { 'Cache-Control': 'no-store' } });
}
