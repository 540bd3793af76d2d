import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';

const REFUSED = JSON.stringify({ errors: { base: ['Malformed HTTP request'] } });

/**
 * Node's server around the app. Requests and responses are born with the prototypes that Express would otherwise give to each
 * of them with `Object.setPrototypeOf`, which costs most of Express' time.
 */
export function createHttpServer(app: Express): Server {
  const server = createServer(
    {
      IncomingMessage: bornAs(IncomingMessage, app.request),
      ServerResponse: bornAs(ServerResponse, app.response),
      requireHostHeader: false, // else Node refuses on its own, without a body
    },
    // Express finds no path in some addresses, and would answer with a page of its own
    (request, response) => (app as RequestListener)(request, response, () => refuse(response.socket!, 400)),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  });
  server.on('connect', (_request, socket) => refuse(socket, 400));
  server.on('checkExpectation', (_request, response) => refuse(response.socket!, 417));
  return server;
}

type RequestListener = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Answers what is no request that the app could be asked, and ends the connection. */
function refuse(socket: Duplex, status: 400 | 417 | 431): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${REFUSED.length}\r\nConnection: close\r\n\r\n${REFUSED}`,
  );
}

function bornAs<C>(Base: C, prototype: object): C {
  function Born(this: object, ...args: unknown[]) {
    (Base as (this: object, ...args: unknown[]) => void).apply(this, args);
  }
  Born.prototype = prototype;
  return Born as unknown as C;
}
