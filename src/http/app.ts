import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS } from '../api/errors.ts';
import { ControlError } from '../control/problem.ts';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { type Controlled, control, isControl } from './control.ts';
import { preflight } from './cors.ts';
import { type Emulated, Exchange } from './emulated.ts';
import { encode } from './encode.ts';
import { placeOf } from './place.ts';

/** What answers every request; it can be mounted in a Connect or Express server. */
export type App = (request: IncomingMessage, response: ServerResponse) => void;

/** The control plane and the emulated API, each also below `/sandbox/<name>`. */
export function createApp(options: Controlled & Omit<Emulated, 'failed'> & { onError(error: unknown): void }): App {
  const server = { ...options, failed };
  return (request, response) => {
    const place = placeOf(request);
    try {
      if (isControl(place)) control(server, request, response, place);
      else if (request.method === 'OPTIONS') preflight(request, response);
      else new Exchange(server, request, response, place).begin();
    } catch (error) {
      failed(response, error);
    }
  };

  function failed(response: ServerResponse, error: unknown): void {
    const known = error instanceof ControlError;
    if (!known) options.onError(error);
    const reply = {
      status: known ? error.status : 500,
      headers: { 'Access-Control-Allow-Origin': '*' },
      type: JSON_TYPE,
      text: JSON.stringify({ errors: { base: [known ? error.message : ERRORS.internal_error.text] } }),
    };
    if (response.headersSent) response.destroy();
    else encode(response, reply, undefined);
  }
}
