import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ApiResponse } from './api-messages.ts';
import { hasBody } from './body.ts';

/** Statuses whose answers have neither a body nor a type or length. */
const BODILESS = new Set([204, 304]);

/**
 * Writes a response at once, with its length. HEAD gets no body.
 * @param date its `Date` header; undefined: Node adds the machine's time
 */
export function encode(outgoing: ServerResponse, response: ApiResponse, date: string | undefined): void {
  const body = encodeHead(outgoing, response, date);
  if (hasBody(outgoing.req) && !outgoing.req.complete) endUnread(outgoing, body);
  else {
    if (body !== '') writeNow(outgoing, body);
    outgoing.end();
  }
}

/**
 * Writes head and body as one text at once. `end(body)` would cork the socket, and send them with an empty text behind as a list,
 * for which Node allocates memory. Of ASCII, the bytes are the same in Latin-1, which only have to be copied.
 */
function writeNow(outgoing: ServerResponse, body: string): void {
  const isAscii = Buffer.byteLength(body) === body.length;
  outgoing.write(body, isAscii ? 'latin1' : 'utf8');
  outgoing.socket?.uncork();
}

/** Writes the status and the headers of a response. @returns the body that has to follow */
export function encodeHead(outgoing: ServerResponse, response: ApiResponse, date: string | undefined): string {
  const { status, type } = response;
  const text = status === 205 ? '' : response.text;
  // own keys first: V8 is slow when new ones follow a spread
  const headers: OutgoingHttpHeaders = BODILESS.has(status)
    ? { ...response.headers }
    : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), ...response.headers };
  if (date !== undefined) headers.Date = date;
  outgoing.writeHead(status, headers);
  return outgoing.req.method === 'HEAD' || BODILESS.has(status) ? '' : text;
}

/** How long (ms) and how much (bytes) of a body is still read after its answer. */
const DRAIN = { time: 1000, bytes: 16 * 1_048_576 };

/**
 * Ends an answer to a request whose body isn't read to its end, because it is too large, or wasn't looked at. Closing a connection
 * with bytes on their way would reset it, and the client would lose the answer: so the rest is read, but not for ever.
 */
function endUnread(outgoing: ServerResponse, body: string): void {
  const incoming = outgoing.req;
  let left = DRAIN.bytes;
  outgoing.write(body);
  const end = () => {
    clearTimeout(timer);
    incoming.off('data', count).off('end', end).off('close', end);
    outgoing.end();
    if (!incoming.complete) incoming.socket.destroySoon();
  };
  const count = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const timer = setTimeout(end, DRAIN.time);
  incoming.on('data', count).on('end', end).on('close', end).resume();
}
