import type { IncomingMessage, ServerResponse } from 'node:http';
import { DIALECTS } from '../dialects/index.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
const OWN_HEADERS = ['Content-Type', 'Authorization', 'X-Emulator-Fault', 'X-Emulator-Request-Tag'];
const HEADERS = [...OWN_HEADERS, ...DIALECTS.flatMap(({ request }) => request.identifyingHeaders)].join(', ');

/** Answers a browser's question before a request from another origin: everything is allowed (sdk: what browser builds need). */
export function preflight(request: IncomingMessage, response: ServerResponse): void {
  const headers: Record<string, string> = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers':
      (request.headers['access-control-request-headers'] as string | undefined) ?? HEADERS,
    'Access-Control-Max-Age': '86400',
    'Content-Length': '0',
    Vary: 'Access-Control-Request-Headers',
  };
  // a page on the public network may call a server on this machine only when that is said, too
  if (request.headers['access-control-request-private-network'] === 'true')
    headers['Access-Control-Allow-Private-Network'] = 'true';
  response.writeHead(200, headers).end();
}
