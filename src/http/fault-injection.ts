import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PLAIN_TEXT } from '../control/raw-response.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import { ApiError } from '../model/errors.ts';
import { balancerPage } from '../sandbox/balancer-page.ts';
import { parseFaultText } from '../sandbox/fault-text.ts';
import type { DropKind, FaultEffect } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { headerOf, type LoggedResponse } from './api-messages.ts';
import { encodeHead } from './encode.ts';
import { likelyParams } from './likely-params.ts';
import { answerError, replaceHeader, respond } from './pipeline.ts';
import { factsOf, type ResolvedRequest } from './recognize.ts';
import type { RequestObserver } from './request-observer.ts';

/** A fault that hits a request. One from the request's own header or from an observer has no id. */
export type InjectedFault = FaultEffect & { readonly id?: string; readonly reason?: string };

/**
 * Finds the fault that hits a request: that of the observer or of its own header, otherwise the sandbox's next one for it, which is
 * counted.
 */
export function injectedFault(
  sandbox: Sandbox,
  resolved: ResolvedRequest,
  observer: RequestObserver | undefined,
): InjectedFault | undefined {
  const observed = observer?.fault(sandbox, resolved);
  if (observed) return observed;
  const { request, operation, caller } = resolved;
  const header = headerOf(request, 'x-emulator-fault');
  if (header !== undefined) {
    const effect = parseFaultText(header);
    if ('unreadable' in effect) return { error: 'fault_malformed', reason: effect.unreadable };
    // a header is for its own request
    return effect.times === undefined ? effect : { error: 'fault_malformed', reason: header };
  }
  if (!sandbox.faults.any) return undefined;
  return sandbox.faults.hit({ ...factsOf(sandbox, request, caller), path: request.path, operation });
}

/** Whether a fault has an answer of its own. */
export function hasAnswer({ error, status, json, body }: FaultEffect): boolean {
  return error !== undefined || status !== undefined || json !== undefined || hasBody(body);
}

/** Whether the client gets another answer than the rule's, or none. A late or slow answer is still the rule's. */
export function changesAnswer(fault: FaultEffect): boolean {
  return hasAnswer(fault) || fault.drop !== undefined || fault.body !== undefined || fault.headers !== undefined;
}

/** Whether the request's rule runs despite a fault. */
export function runsRule(fault: FaultEffect): boolean {
  return fault.when === 'after' || !(hasAnswer(fault) || dropsAnswer(fault));
}

/** Whether nothing of the answer is sent. */
function dropsAnswer({ drop, body }: FaultEffect): boolean {
  return drop !== undefined && body !== 'truncated';
}

/** Whether a fault's `body` is one of its own. */
function hasBody(body: string | undefined): body is string {
  return body !== undefined && body !== 'truncated';
}

/** The errors for statuses, where a fault names only a status. */
const ERROR_OF_STATUS: Readonly<Record<number, ErrorKey>> = {
  401: 'session_missing',
  403: 'not_owner',
  404: 'user_not_found',
  429: 'too_many_requests',
  500: 'internal_error',
  503: 'service_unavailable',
};

/** The answer of a fault in place of the rule's. @param given that of the rule, if it has run */
export function faultAnswer(
  sandbox: Sandbox,
  resolved: ResolvedRequest,
  fault: InjectedFault,
  given?: LoggedResponse,
): LoggedResponse {
  const { error, status, json, body } = fault;
  const named = error !== undefined || status !== undefined ? errorAnswer(sandbox, resolved, fault) : undefined;
  if (json === undefined && body === 'html') {
    const page = balancerPage(named?.status ?? 502);
    return { status: named?.status ?? 502, headers: {}, problems: [], ...page };
  }
  const type = json === undefined ? PLAIN_TEXT : JSON_TYPE;
  const text = json === undefined ? (hasBody(body) ? body : undefined) : JSON.stringify(json);
  // an answer that the client already has gets a body only here
  const base = named ?? (given?.status === 304 ? undefined : given);
  if (!base) return respond(sandbox, resolved, 200, { type, text: text ?? '' }, undefined);
  return text === undefined ? base : withBody(base, type, text);
}

/** An answer with another body, which is never taken for the one that its tag names. */
function withBody({ headers: { ETag: _, ...headers }, ...answer }: LoggedResponse, type: string, text: string) {
  return { ...answer, headers, type, text };
}

function errorAnswer(
  sandbox: Sandbox,
  resolved: ResolvedRequest,
  { error, status, reason = 'injected fault' }: InjectedFault,
): LoggedResponse {
  const key = error ?? ERROR_OF_STATUS[status ?? 0] ?? 'fault';
  const params = { ...likelyParams(key, sandbox, resolved), reason };
  const headers = key === 'too_many_requests' ? { 'Retry-After': '1' } : {};
  return answerError(sandbox, resolved, new ApiError([{ key, params }], headers), resolved.caller.session, status);
}

/** An answer as a fault changes it: with its headers, and with half of its body. */
export function alteredAnswer(answer: LoggedResponse, { headers: own = {}, body, drop }: FaultEffect): LoggedResponse {
  const { text } = answer;
  const sent = body === 'truncated' ? withBody(answer, answer.type, text.slice(0, text.length / 2)) : answer;
  const headers: Record<string, string> = { ...sent.headers };
  let { type } = sent;
  // if the connection breaks in the middle, the client has been promised all of it
  if (drop) headers['Content-Length'] = String(Buffer.byteLength(text));
  for (const [name, value] of Object.entries(own)) {
    if (name.toLowerCase() === 'content-type') type = value;
    else replaceHeader(headers, name, value);
  }
  return { ...sent, headers, type };
}

/**
 * Sends an answer as a fault wants it: not at all, in pieces, or up to the point where the connection breaks.
 * @param duration the time (ms) in which the body arrives
 * @returns whether anything is sent
 */
export function sendWithFault(
  outgoing: ServerResponse,
  answer: LoggedResponse,
  date: string | undefined,
  { drop, ...effect }: FaultEffect,
  duration: number,
): boolean {
  if (drop && dropsAnswer({ drop, ...effect })) {
    dropConnection(outgoing, drop);
    return false;
  }
  const body = encodeHead(outgoing, answer, date);
  outgoing.flushHeaders();
  trickle(outgoing, Buffer.from(body), duration, () => (drop ? dropConnection(outgoing, drop) : outgoing.end()));
  return true;
}

/** The number of pieces in which a body arrives. */
const PIECES = 10;

/** Writes a body in pieces, the last one after so many ms. @param end called once the last one is on its way */
function trickle(outgoing: ServerResponse, bytes: Buffer, duration: number, end: () => void): void {
  const size = duration > 0 ? Math.ceil(bytes.length / PIECES) : bytes.length;
  const count = size === 0 ? 0 : Math.ceil(bytes.length / size);
  const write = (at: number) => {
    if (outgoing.destroyed) return;
    outgoing.write(bytes.subarray(at * size, (at + 1) * size), at + 1 === count ? end : undefined);
    if (at + 1 < count) writeLater(at + 1);
  };
  const writeLater = (at: number) => setTimeout(write, duration / count, at).unref();
  if (count === 0) end();
  else if (duration > 0) writeLater(0);
  else write(0);
}

/**
 * Delay (ms) before a connection is reset on which something was sent, so that the client reads that first; otherwise it sees a
 * clean close.
 */
const RESET_DELAY = 20;

/**
 * Drops the connection instead of answering, after the answers before it. With `hang`, it stays open without an answer until the
 * client gives up.
 */
function dropConnection(outgoing: ServerResponse, how: DropKind): void {
  if (how === 'hang') return;
  // the answer to a pipelined request has no socket until its turn comes
  if (outgoing.socket) dropSocket(outgoing.socket, how);
  else outgoing.once('socket', (socket) => dropSocket(socket, how));
}

/** Resets a connection, or closes it. */
export function dropSocket(socket: Socket, how: 'reset' | 'empty'): void {
  if (how === 'empty') return void socket.end();
  // only the connection below TLS can be reset, and Node has no public way to it
  const below = '_parent' in socket && socket._parent instanceof Socket ? socket._parent : socket;
  if (below.bytesWritten > 0) setTimeout(() => below.resetAndDestroy(), RESET_DELAY);
  else below.resetAndDestroy();
}
