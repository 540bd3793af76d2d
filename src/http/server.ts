import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { JSON_TYPE } from '../dialects/formats/json.ts';
import { codeOf } from '../support/errors.ts';
import { encode } from './encode.ts';
import { listenToUpgrades, OFFER_OPTIONS, trackAnswers, type Upgrade } from './upgrades.ts';

/** A plain request handler; `next` continues in the server around it. */
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

type RefusalStatus = 400 | 417 | 431;

const MALFORMED = JSON.stringify({ errors: { base: ['Malformed HTTP request'] } });

/** Node's server around the app. It refuses malformed HTTP itself, in JSON. */
export function createHttpServer(app: Handler, onWebSocket: (upgrade: Upgrade) => void): Server {
  // Node's own check of the Host header would answer without a body
  const options = { requireHostHeader: false, ...OFFER_OPTIONS };
  const server = createServer(options, (request, response) => app(request, response));
  const afterAnswers = trackAnswers(server);
  server.on('clientError', (error, socket) => {
    if (codeOf(error) === 'ECONNRESET' || !socket.writable) socket.destroy();
    else afterAnswers(socket, () => refuseConnection(socket, codeOf(error) === 'HPE_HEADER_OVERFLOW' ? 431 : 400));
  });
  // from here on the socket is ours alone: Node has taken its own listeners off
  server.on('connect', (_request, socket) => afterAnswers(socket, () => refuseConnection(socket, 400)));
  listenToUpgrades(server, afterAnswers, onWebSocket);
  server.on('checkExpectation', (_request, response) => refuse(response, 417));
  return server;
}

/** Refuses a request that the app can't route: after the answers before it on the same connection, which then ends. */
export function refuse(response: ServerResponse, status: RefusalStatus): void {
  encode(response, { status, type: JSON_TYPE, text: MALFORMED, headers: { Connection: 'close' } }, undefined);
}

/**
 * Refuses bytes that are no request that Node could answer, or a websocket, and ends the connection.
 * @param text JSON
 */
export function refuseConnection(socket: Duplex, status: number, text = MALFORMED): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  // the client may be gone already
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
