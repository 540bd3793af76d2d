import type { ServerResponse } from 'node:http';
import type { Reply } from './call.ts';

/** Writes an answer whole, with its length known. */
export function encode(response: ServerResponse, reply: Reply, head = false): void {
  const headers = { ...reply.headers, 'Content-Type': reply.type, 'Content-Length': Buffer.byteLength(reply.text) };
  response.writeHead(reply.status, headers);
  response.end(head ? undefined : reply.text);
}
