import type { ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { ControlError } from '../control/control-error.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { CONTROL_PATH, SANDBOXES_PATH } from '../model/addresses.ts';
import { ERRORS } from '../model/error-catalogue.ts';
import { type ControlApiDeps, controlRouter } from './control.ts';
import { preflight } from './cors.ts';
import { encode } from './encode.ts';
import { type EmulatedApiDeps, Exchange } from './exchange.ts';
import { type Handler, refuse } from './server.ts';
import { connectMount, type MountedRequest, type RoutedRequest } from './target.ts';

/**
 * The control plane and the emulated API, each also below `/sandbox/<name>`, as a plain handler that Node's server calls, or
 * Express and Connect where it is mounted.
 *
 * It is a router of Express, not an Express app. An app would replace the prototypes of each request and response, which costs
 * most of Express' time; mounted in another app, it would change the prototypes that the other one uses.
 */
export function createApp(server: ControlApiDeps & EmulatedApiDeps): Handler {
  const router = express.Router();
  const control = controlRouter(server);
  const api = (request: RoutedRequest, response: ServerResponse) => {
    if (request.method !== 'OPTIONS') return new Exchange(server, request, response).handle();
    preflight(request, response);
  };
  router.use(`${SANDBOXES_PATH}/:sandbox${CONTROL_PATH}`, control);
  router.use(CONTROL_PATH, control);
  router.use(`${SANDBOXES_PATH}/:sandbox`, api);
  router.use(api);
  router.use(((error, _request, response, _next) => {
    // Express' own errors have a status, too: an address that can't be decoded
    const { status = 500, message } = error as Partial<ControlError>;
    const known = error instanceof ControlError || status < 500;
    if (!known) server.onError(error);
    const reply = {
      status: known ? status : 500,
      headers: { 'Access-Control-Allow-Origin': '*' },
      type: JSON_TYPE,
      text: JSON.stringify({ errors: { base: [known ? message : ERRORS.internal_error.text] } }),
    };
    if (response.headersSent) response.destroy();
    else encode(response, reply, undefined);
  }) satisfies ErrorRequestHandler);

  return (request: MountedRequest, response, next = () => refuse(response.socket, 400)) => {
    const mountedByConnect = request.baseUrl === undefined && request.originalUrl !== undefined;
    if (mountedByConnect) request.baseUrl = connectMount(request);
    const done = (error?: unknown) => {
      if (mountedByConnect) delete request.baseUrl;
      next(error);
    };
    // Express types its routers for requests of its own apps alone
    router(request as express.Request, response as express.Response, done);
  };
}
