import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './call.ts';

/**
 * Writes an answer whole, with its length known.
 * @param date its `Date` header; undefined: the machine's time, by Node
 */
export function encode(response: ServerResponse, reply: Reply, date: string | undefined, head = false): void {
  const headers: OutgoingHttpHeaders = {
    ...reply.headers,
    'Content-Type': reply.type,
    'Content-Length': Buffer.byteLength(reply.text),
  };
  if (date !== undefined) headers.Date = date;
  response.writeHead(reply.status, headers);
  response.end(head ? undefined : reply.text);
}
