import express, { type ErrorRequestHandler, type Express } from 'express';
import { ERRORS } from '../api/errors.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { type Controlled, controlRouter } from './control.ts';
import { type Emulated, emulated } from './emulated.ts';
import { encode } from './encode.ts';

/** The Express app: the control plane and the emulated API, each also below `/sandbox/<name>`. */
export function createApp(server: Controlled & Emulated & { onError(error: unknown): void }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const control = controlRouter(server);
  const api = emulated(server);
  app.use('/sandbox/:sandbox/_emulator', control);
  app.use('/_emulator', control);
  app.use('/sandbox/:sandbox', api);
  app.use(api);
  app.use(((error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status } = error as { status?: number };
    const known = status !== undefined && status >= 400 && status < 500;
    if (!known) server.onError(error);
    const text = known ? (error as Error).message : ERRORS.internal_error.text;
    const reply = {
      status: known ? status : 500,
      headers: { 'Access-Control-Allow-Origin': '*' },
      type: JSON_TYPE,
      text: JSON.stringify({ errors: { base: [text] } }),
    };
    encode(response, reply, undefined);
  }) satisfies ErrorRequestHandler);
  return app;
}
