import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorKey } from '../model/error-catalogue.ts';
import { ApiError, type Problem } from '../model/errors.ts';
import { parseFaultHeader } from '../sandbox/fault-header.ts';
import type { DropKind, FaultEffect } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { LoggedResponse } from './messages.ts';
import { answerError, type ResolvedRequest } from './pipeline.ts';

/** A fault on a request; without an id, that of the request's own header. */
export type InjectedFault = FaultEffect & { readonly id?: string; readonly reason?: string };

/** The fault that hits a request: its own header's, or the sandbox' next. */
export function faultOf(sandbox: Sandbox, { call, route, caller }: ResolvedRequest): InjectedFault | undefined {
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

/** The answer that a fault gives in place of the rule's. */
export function faultResponse(
  sandbox: Sandbox,
  request: ResolvedRequest,
  { error, status, reason = 'injected fault' }: InjectedFault,
): LoggedResponse {
  const key = error ?? BY_STATUS[status!] ?? 'fault';
  const application = request.caller.app?.id ?? 0;
  const params: Problem['params'] = { field: 'base', limit: 0, status: status ?? 0, reason, application };
  const headers = key === 'too_many_requests' ? { 'Retry-After': '1' } : {};
  return answerError(sandbox, request, new ApiError([{ key, params }], headers), request.caller.session, status);
}

/** How long (ms) a client has for what TLS itself sent last: one that finds that and the reset together takes it for an orderly end. */
const BEFORE_RESET = 20;

/** Breaks the connection in place of an answer. */
export function drop(response: ServerResponse, how: DropKind): void {
  const socket = response.socket as (Socket & { readonly _parent?: Socket }) | null;
  // hang: nothing is ever answered; the client's own time limit ends it
  if (how === 'empty') socket?.end();
  else if (how === 'reset') {
    // only the connection below TLS can be reset, and there is no public way to it
    const below = socket?._parent;
    if (below) setTimeout(() => below.resetAndDestroy(), BEFORE_RESET);
    else socket?.resetAndDestroy();
  }
}
