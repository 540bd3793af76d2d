import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ErrorKey } from '../model/error-catalogue.ts';
import { ApiError, type Problem } from '../model/errors.ts';
import { parseFaultHeader } from '../sandbox/fault-header.ts';
import type { DropKind, FaultEffect } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { headerOf, type LoggedResponse } from './api-messages.ts';
import { answerError } from './pipeline.ts';
import { factsOf, type ResolvedRequest } from './recognize.ts';

/** A fault that hits a request. One from the request's own header has no id. */
export type InjectedFault = FaultEffect & { readonly id?: string; readonly reason?: string };

/** Finds the fault that hits a request: that of its own header, otherwise the sandbox's next one for it, which is counted. */
export function injectedFault(
  sandbox: Sandbox,
  { request, operation, caller }: ResolvedRequest,
): InjectedFault | undefined {
  const header = headerOf(request, 'x-emulator-fault');
  if (header !== undefined) {
    const effect = parseFaultHeader(header);
    return 'unreadable' in effect ? { error: 'fault_malformed', reason: effect.unreadable } : effect;
  }
  if (!sandbox.faults.any) return undefined;
  return sandbox.faults.hit({ ...factsOf(sandbox, request, caller), path: request.path, operation });
}

/** Whether a fault answers in place of the rule. Others only delay the answer. */
export function replacesAnswer({ error, status }: FaultEffect): boolean {
  return error !== undefined || status !== undefined;
}

/** The errors for statuses, where a fault names only a status. */
const ERROR_OF_STATUS: Readonly<Record<number, ErrorKey>> = {
  401: 'session_missing',
  403: 'user_required',
  404: 'user_not_found',
  429: 'too_many_requests',
  500: 'internal_error',
  503: 'service_unavailable',
};

/** The answer of a fault in place of the rule's. */
export function faultAnswer(
  sandbox: Sandbox,
  resolved: ResolvedRequest,
  { error, status, reason = 'injected fault' }: InjectedFault,
): LoggedResponse {
  const key = error ?? ERROR_OF_STATUS[status ?? 0] ?? 'fault';
  const { app, session } = resolved.caller;
  const params: Problem['params'] = { field: 'base', limit: 0, status: status ?? 0, reason, application: app?.id ?? 0 };
  const headers = key === 'too_many_requests' ? { 'Retry-After': '1' } : {};
  return answerError(sandbox, resolved, new ApiError([{ key, params }], headers), session, status);
}

/**
 * Delay (ms) before a TLS connection is reset, so that the client first reads the records already sent; otherwise it sees a clean
 * close.
 */
const RESET_DELAY = 20;

/**
 * Drops the connection instead of answering, after the answers before it. With `hang`, it stays open without an answer until the
 * client gives up.
 */
export function dropConnection(outgoing: ServerResponse, how: DropKind): void {
  if (how === 'hang') return;
  // the answer to a pipelined request has no socket until its turn comes
  if (outgoing.socket) dropSocket(outgoing.socket, how);
  else outgoing.once('socket', (socket) => dropSocket(socket, how));
}

/** Resets a connection, or closes it. */
export function dropSocket(socket: Socket, how: 'reset' | 'empty'): void {
  if (how === 'empty') return void socket.end();
  // only the connection below TLS can be reset, and Node has no public way to it
  const below = '_parent' in socket ? socket._parent : undefined;
  if (below instanceof Socket) setTimeout(() => below.resetAndDestroy(), RESET_DELAY);
  else socket.resetAndDestroy();
}
