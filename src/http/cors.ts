import type { IncomingMessage, ServerResponse } from 'node:http';
import { DIALECTS } from '../dialects/index.ts';
import { SANDBOX_HEADER } from '../model/addresses.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
const OWN_HEADERS = [
  'Content-Type',
  'Authorization',
  'Baggage',
  'X-Emulator-Fault',
  'X-Emulator-Request-Tag',
  SANDBOX_HEADER,
];
const HEADERS = [...OWN_HEADERS, ...DIALECTS.flatMap(({ request }) => request.identifyingHeaders)].join(', ');

/** Answers a CORS preflight: everything is allowed. sdk: the browser builds need it. */
export function preflight({ headers }: IncomingMessage, outgoing: ServerResponse): void {
  const allowed: Record<string, string> = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? HEADERS,
    'Access-Control-Max-Age': '86400',
    'Content-Length': '0',
    Vary: 'Access-Control-Request-Headers',
  };
  // without it, a page on the public network may not call a server on this machine
  if (headers['access-control-request-private-network'] === 'true')
    allowed['Access-Control-Allow-Private-Network'] = 'true';
  outgoing.writeHead(200, allowed).end();
}
