import type { Socket } from 'node:net';
import type { RequestHandler, Response } from 'express';
import { ApiError, type ErrorKey, type Problem } from '../api/errors.ts';
import { type FaultEffect, parseFaultHeader } from '../control/faults.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Call, Reply } from './call.ts';
import { preflight } from './cors.ts';
import { decode, decodeHead, decodeWithBody, hasBody } from './decode.ts';
import { encode } from './encode.ts';
import { answer, answerError, type Request, recognize } from './pipeline.ts';
import { findingsOf } from './warn.ts';

/** What the emulated API needs of the server around it. */
export interface Emulated {
  sandbox(name: string): Sandbox;
  /** Told of every request served. */
  log(line: LogLine): void;
  /** The delay (ms) of every answer: `--latency`. */
  latency(): number;
}

export interface LogLine {
  readonly sandbox: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly status: number;
  readonly duration_ms: number;
  readonly errors: readonly string[];
  /** A hint for whoever runs the emulator. */
  readonly hint: string | undefined;
}

type Answered = Reply & { readonly errors: readonly string[] };

/** Express' handler of the emulated API: bytes to Call, the pipeline, Reply to bytes, and a line in the journal. */
export function emulated(server: Emulated): RequestHandler<{ sandbox?: string }> {
  return (httpRequest, response, next) => {
    if (httpRequest.method === 'OPTIONS') return preflight(httpRequest, response);
    const sandbox = server.sandbox(httpRequest.params.sandbox ?? '');
    const started = performance.now();
    const head = httpRequest.method === 'HEAD';

    const serve = (call: Call) => {
      sandbox.tidy();
      const request = recognize(sandbox, call);
      const fault = faultOf(sandbox, request);
      const delay = (fault ? sandbox.faults.delayOf(fault) : 0) + server.latency();
      if (fault === undefined && delay === 0) return finish(request, undefined);
      setTimeout(() => {
        try {
          // time has passed: what was true of the caller may no longer be
          strike(delay > 0 ? recognize(sandbox, call) : request, fault);
        } catch (error) {
          next(error);
        }
      }, delay);
    };

    const strike = (request: Request, fault: Strike | undefined) => {
      if (fault?.drop) return drop(response, fault.drop, () => note(request, 0, [], fault.id ?? 'X-Emulator-Fault'));
      finish(request, fault);
    };

    const finish = (request: Request, fault: Strike | undefined) => {
      const reply =
        fault && (fault.error || fault.status) ? faultReply(sandbox, request, fault) : answer(sandbox, request);
      const write = (written: Answered) => {
        encode(response, written, sandbox.clock.httpDate, head);
        note(request, written.status, written.errors, fault && (fault.id ?? 'X-Emulator-Fault'));
      };
      const kept = sandbox.keep();
      if (!kept) return write(reply);
      kept.then(
        () => write(reply),
        (error: Error) =>
          write(answerError(sandbox, request, new ApiError([{ key: 'not_kept', params: { reason: error.message } }]))),
      );
    };

    const note = (request: Request, status: number, errors: readonly string[], fault: string | undefined) => {
      const { call, route, caller } = request;
      const { method, path, params, headers } = call;
      const duration_ms = Math.round((performance.now() - started) * 1000) / 1000;
      const operation = route?.endpoint.operation;
      const findings = findingsOf(request);
      // written out: objects that begin as a copy of another (`...line`) took a fifth of all time
      sandbox.journal.add({
        at: sandbox.clock.now(),
        method,
        path,
        operation,
        status,
        duration_ms,
        application: caller.app?.id ?? null,
        user_id: caller.session?.user_id ?? null,
        tag: headers['x-emulator-request-tag'] as string | undefined,
        params,
        errors,
        fault,
        findings,
      });
      for (const finding of findings) sandbox.warnings.add(finding);
      for (const look of sandbox.watchers) look();
      const hint = errors.includes('application_unknown')
        ? 'register it with --app id:key, or use --any-app'
        : undefined;
      server.log({ sandbox: sandbox.name, method, path, operation, status, duration_ms, errors, hint });
    };

    const undecoded = (error: unknown) => {
      if (!(error instanceof ApiError)) return next(error);
      const request = recognize(sandbox, decodeHead(httpRequest));
      const reply = answerError(sandbox, request, error);
      encode(response, reply, sandbox.clock.httpDate, head);
      note(request, reply.status, reply.errors, undefined);
    };

    if (hasBody(httpRequest)) return void decodeWithBody(httpRequest, response).then(serve, undecoded).catch(next);
    try {
      serve(decode(httpRequest));
    } catch (error) {
      undecoded(error);
    }
  };
}

/** A fault on a request; without an id, that of the request's own header. */
type Strike = FaultEffect & { readonly id?: string; readonly reason?: string };

/** The fault that hits a request: its own header's, or the sandbox' next. */
function faultOf(sandbox: Sandbox, { call, route, caller }: Request): Strike | undefined {
  const header = call.headers['x-emulator-fault'];
  if (typeof header === 'string') {
    const effect = parseFaultHeader(header);
    return 'unreadable' in effect ? { error: 'fault_malformed', reason: effect.unreadable } : effect;
  }
  if (!sandbox.faults.any) return undefined;
  const { session, app } = caller;
  const user = session?.user_id != null && app ? sandbox.state.users(app.id).get(session.user_id) : undefined;
  return sandbox.faults.hit({
    operation: route?.endpoint.operation,
    method: call.method,
    path: call.path,
    user: user ? [user.id, ...(user.login === null ? [] : [user.login])] : [],
    app: app?.id,
  });
}

/** Catalogue keys for statuses that a fault names without an error of its own. */
const BY_STATUS: Readonly<Record<number, ErrorKey>> = {
  401: 'session_missing',
  403: 'user_required',
  404: 'user_not_found',
  429: 'too_many_requests',
  500: 'internal_error',
  503: 'service_unavailable',
};

function faultReply(
  sandbox: Sandbox,
  request: Request,
  { error, status, reason = 'injected fault' }: Strike,
): Answered {
  const key = error ?? BY_STATUS[status!] ?? 'fault';
  const params: Problem['params'] = { field: 'base', limit: 0, status: status ?? 0, reason };
  const headers = key === 'too_many_requests' ? { 'Retry-After': '1' } : {};
  const reply = answerError(sandbox, request, new ApiError([{ key, params }], headers), request.caller.session);
  return status === undefined ? reply : { ...reply, status };
}

function drop(response: Response, how: 'reset' | 'hang' | 'empty', done: () => void): void {
  const socket = response.socket as (Socket & { readonly _parent?: Socket }) | null;
  // hang: nothing is ever answered; the client's own time limit ends it
  if (how === 'empty') socket?.end();
  // only the connection below TLS can be reset, and there is no public way to it
  else if (how === 'reset') (socket?._parent ?? socket)?.resetAndDestroy();
  done();
}
