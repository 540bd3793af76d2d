import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { moduleOf } from '../api/modules.ts';
import { findRoute } from '../api/routes.ts';
import { ControlError } from '../control/control-error.ts';
import { CONTROL_PATH, SANDBOXES_PATH } from '../model/addresses.ts';
import { ERRORS } from '../model/error-catalogue.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { browserAnswer } from './browser-requests.ts';
import { type ControlApiDeps, controlRouter, problemOf } from './control.ts';
import { preflight } from './cors.ts';
import { decodeHead } from './decode.ts';
import { encode } from './encode.ts';
import { type EmulatedApiDeps, Exchange } from './exchange.ts';
import { plainError } from './plain-error.ts';
import { type Handler, refuse } from './server.ts';
import { connectMount, type MountedRequest, type Target, targetOf } from './target.ts';

/**
 * The control plane and the emulated API, each also below `/sandbox/<name>`, as a plain handler that Node's server calls, or
 * Express and Connect where it is mounted.
 *
 * It is a router of Express, not an Express app. An app would replace the prototypes of each request and response, which costs
 * most of Express' time; mounted in another app, it would change the prototypes that the other one uses.
 */
export function createApp(deps: ControlApiDeps & EmulatedApiDeps): Handler {
  const router = express.Router();
  const control = controlRouter(deps);
  const api = (incoming: MountedRequest, outgoing: ServerResponse) => {
    if (incoming.method === 'OPTIONS') return preflight(incoming, outgoing);
    const target = targetOf(incoming);
    const unrelated = browserAnswer(incoming, target);
    if (unrelated) return encode(outgoing, unrelated, undefined);
    const handle = (sandbox: Sandbox) => new Exchange(deps, sandbox, incoming, outgoing, target).handle();
    const opened = deps.openedSandbox(target.sandbox);
    if (opened) return handle(opened);
    return (mayCreate(incoming, target) ? deps.openSandbox : deps.visitSandbox)(target.sandbox).then(handle);
  };
  router.use(`${SANDBOXES_PATH}/:sandbox${CONTROL_PATH}`, control);
  router.use(CONTROL_PATH, control);
  router.use(`${SANDBOXES_PATH}/:sandbox`, api);
  router.use(api);
  const failed = (error: unknown, outgoing: ServerResponse) => {
    const { status, message } = problemOf(error);
    const internal = status >= 500 && !(error instanceof ControlError);
    if (internal) deps.onError(error);
    if (outgoing.headersSent) outgoing.destroy();
    else if (internal) encode(outgoing, plainError(500, ERRORS.internal_error.text), undefined);
    else encode(outgoing, plainError(status, message), undefined);
  };
  router.use(((error, _incoming, outgoing, _next) => failed(error, outgoing)) satisfies ErrorRequestHandler);

  const direct = async (incoming: MountedRequest, outgoing: ServerResponse) => {
    try {
      await api(incoming, outgoing);
    } catch (error) {
      failed(error, outgoing);
    }
  };

  return (incoming: MountedRequest, outgoing, next = () => refuse(outgoing, 400)) => {
    if (isDirect(incoming)) return void direct(incoming, outgoing);
    // Express passes other addresses than paths to `url.parse`, which accepts this one with a warning so far
    if (incoming.url?.[0] !== '/' && !URL.canParse(incoming.url ?? '', 'http://localhost')) return next();
    const mountedByConnect = incoming.baseUrl === undefined && incoming.originalUrl !== undefined;
    if (mountedByConnect) incoming.baseUrl = connectMount(incoming);
    const done = (error?: unknown) => {
      if (mountedByConnect) delete incoming.baseUrl;
      next(error);
    };
    // Express types its routers for requests of its own apps alone
    router(incoming as express.Request, outgoing as express.Response, done);
  };
}

/** Paths that the router has to take apart. */
const ROUTED = new RegExp(`^(${SANDBOXES_PATH}|${CONTROL_PATH})`, 'i');

/** Whether a request is one of the API's own, in a server of its own: Express would only pass it on, for 7 % of its time. */
function isDirect({ url = '', baseUrl, originalUrl }: MountedRequest): boolean {
  return url[0] === '/' && !ROUTED.test(url) && baseUrl === undefined && originalUrl === undefined;
}

/** Whether a request may create the sandbox in its address: for a path that exists, and not as a picture or link of any web page. */
function mayCreate(incoming: IncomingMessage, target: Target): boolean {
  if (incoming.headers['sec-fetch-mode'] === 'no-cors') return false;
  const { method, path } = decodeHead(incoming, target);
  return findRoute(method, path) !== undefined || moduleOf(path) !== undefined;
}
