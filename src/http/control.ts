import { STATUS_CODES } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { type Operation, Page, perform } from '../control/operation.ts';
import { OPERATIONS } from '../control/operations.ts';
import { ControlError } from '../control/problem.ts';
import type { Host } from '../control/world.ts';
import type { Sandbox } from '../sandbox.ts';
import { encode } from './encode.ts';
import { guard } from './guard.ts';

/** Room for imports of large fixtures. */
const MAX_IMPORT = '1gb';
const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const NOT_STORED = { 'Cache-Control': 'no-store' };

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
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const result = await perform(sandbox, operation, { ...request.query, ...given, ...path }, server.host, gone.signal);
  const page = result instanceof Page ? result : new Page(200, JSON_TYPE, JSON.stringify(result));
  encode(response, { ...page, headers: NOT_STORED }, sandbox.clock.httpDate);
}

/** Errors as problem documents (RFC 9457). */
function problem(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known = error instanceof ControlError ? error : new ControlError(statusOf(error), (error as Error).message);
  const text = JSON.stringify(known.toDocument(STATUS_CODES[known.status] ?? 'Error'));
  encode(response, { status: known.status, type: PROBLEM_TYPE, text, headers: NOT_STORED }, undefined);
}

function statusOf(error: unknown): number {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
