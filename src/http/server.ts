import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { JSON_TYPE } from '../dialects/formats/json.ts';

/** A plain request handler; `next` continues in the server around it. */
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

const MALFORMED = JSON.stringify({ errors: { base: ['Malformed HTTP request'] } });

/** Node's server around the app. It refuses malformed HTTP itself, in JSON. */
export function createHttpServer(app: Handler): Server {
  // Node's own check of the Host header would answer without a body
  const server = createServer({ requireHostHeader: false }, (request, response) => app(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  });
  server.on('connect', (_request, socket) => refuse(socket, 400));
  server.on('checkExpectation', (_request, response) => refuse(response.socket, 417));
  return server;
}

/** Answers a request that the app can't route (its HTTP is malformed, or its address has no path), and ends the connection. */
export function refuse(socket: Duplex | null, status: 400 | 417 | 431): void {
  socket?.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${MALFORMED.length}\r\nConnection: close\r\n\r\n${MALFORMED}`,
  );
}
