import { createServer, type Server } from 'node:http';
import type { App } from './app.ts';

const BAD_REQUEST = JSON.stringify({ errors: { base: ['Malformed HTTP request'] } });

/** Node's server around the app. What is no HTTP is answered in the API's own manner. */
export function createHttpServer(app: App): Server {
  const server = createServer(app);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${BAD_REQUEST.length}\r\nConnection: close\r\n\r\n${BAD_REQUEST}`,
    );
  });
  return server;
}
