import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Express } from 'express';

const BAD_REQUEST = JSON.stringify({ errors: { base: ['Malformed HTTP request'] } });

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
    app,
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${BAD_REQUEST.length}\r\nConnection: close\r\n\r\n${BAD_REQUEST}`,
    );
  });
  return server;
}

function bornAs<C>(Base: C, prototype: object): C {
  function Born(this: object, ...args: unknown[]) {
    (Base as (this: object, ...args: unknown[]) => void).apply(this, args);
  }
  Born.prototype = prototype;
  return Born as unknown as C;
}
