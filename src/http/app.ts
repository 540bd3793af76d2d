import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import { ControlError } from '../control/control-error.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { CONTROL_PATH, SANDBOXES_PATH } from '../model/addresses.ts';
import { ERRORS } from '../model/errors.ts';
import { type ControlApiDeps, controlRouter } from './control.ts';
import { preflight } from './cors.ts';
import { encode } from './encode.ts';
import { type EmulatedApiDeps, Exchange } from './exchange.ts';
import { targetOf } from './target.ts';

/** The Express app: the control plane and the emulated API, each also below `/sandbox/<name>`. */
export function createApp(options: ControlApiDeps & Omit<EmulatedApiDeps, 'failed'>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const control = controlRouter(options);
  const server = { ...options, failed };
  const api: RequestHandler<{ sandbox?: string }> = (request, response) => {
    if (request.method === 'OPTIONS') preflight(request, response);
    else new Exchange(server, request, response, targetOf(request)).handle();
  };
  app.use(`${SANDBOXES_PATH}/:sandbox${CONTROL_PATH}`, control);
  app.use(CONTROL_PATH, control);
  app.use(`${SANDBOXES_PATH}/:sandbox`, api);
  app.use(api as RequestHandler);
  app.use(((error, _request, response, _next) => failed(response, error)) satisfies ErrorRequestHandler);
  return app;

  function failed(response: Response, error: unknown): void {
    // Express' own errors have a status, too: an address that can't be decoded
    const { status = 500, message } = error as Partial<ControlError>;
    const known = error instanceof ControlError || status < 500;
    if (!known) options.onError(error);
    const reply = {
      status: known ? status : 500,
      headers: { 'Access-Control-Allow-Origin': '*' },
      type: JSON_TYPE,
      text: JSON.stringify({ errors: { base: [known ? message : ERRORS.internal_error.text] } }),
    };
    if (response.headersSent) response.destroy();
    else encode(response, reply, undefined);
  }
}
