import { ClientRequest, type IncomingMessage, type Server } from 'node:http';
import { type Duplex, duplexPair, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { BODILESS } from '../sandbox/stubs.ts';

/** Headers that belong to a connection, or that follow from the request itself. A client's library may have set them already. */
const OF_CONNECTION =
  /^(connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/;
/** Node's own class. Libraries that intercept requests, such as msw, put a proxy in its place: their handler may be our caller. */
const NodeRequest = () => ClientRequest.prototype.constructor as typeof ClientRequest;

/**
 * Requests of this process, answered by an HTTP server without a socket: Node's own client and server talk over a pair of streams.
 * So everything holds that holds over the network: the parsing, the limits, dropped connections.
 */
export class InProcessClient {
  readonly #server: Server;
  /** The server's ends of connections whose answers aren't complete. */
  readonly #open = new Set<Duplex>();
  #closed = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Answers a request like `fetch`, but doesn't follow redirects.
   * @returns rejects with a TypeError when the connection is dropped or the emulator is closed, and with the reason of the
   * request's signal when that is aborted
   */
  async fetch(request: Request): Promise<Response> {
    const { signal } = request;
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    signal.throwIfAborted();
    if (this.#closed) throw new TypeError('fetch failed', { cause: new Error('the emulator is closed') });
    const { protocol, host, pathname, search } = new URL(request.url);
    const sent = [...request.headers].filter(([name]) => !OF_CONNECTION.test(name));
    const connection = this.#connect(protocol === 'https:');
    return new Promise((resolve, reject) => {
      const message = new (NodeRequest())({
        method: request.method,
        path: pathname + search,
        headers: { ...Object.fromEntries(sent), host, ...(body && { 'content-length': body.byteLength }) },
        createConnection: () => connection,
      });
      signal.addEventListener('abort', () => message.destroy(), { once: true });
      // at once: the connection may break in the middle of the body
      message.once('response', (answer) => resolve(responseOf(answer, request.method)));
      message.on('error', (cause) => reject(signal.aborted ? signal.reason : new TypeError('fetch failed', { cause })));
      message.end(body);
    });
  }

  /** Lets running requests end, then drops those that are left. @param grace ms for running requests */
  async close(grace: number): Promise<void> {
    this.#closed = true;
    const timer = setTimeout(() => {
      for (const end of this.#open) end.destroy();
    }, grace);
    await Promise.allSettled([...this.#open].map((end) => finished(end, { readable: false })));
    clearTimeout(timer);
  }

  /** Opens a connection to the server. @returns the client's end */
  #connect(isEncrypted: boolean): Duplex {
    const [client, server] = duplexPair();
    this.#open.add(server);
    // nobody may read the answer to its end
    server.once('finish', () => this.#open.delete(server));
    server.once('close', () => {
      this.#open.delete(server);
      if (!server.writableFinished) client.destroy(connectionReset());
    });
    // the request may have left it already
    client.on('error', () => {}).once('close', () => server.destroy());
    this.#server.emit('connection', asSocket(server, isEncrypted));
    return client;
  }
}

/** Adds the methods of sockets that the server calls, and the mark of TLS, by which it chooses the scheme of links. */
function asSocket(stream: Duplex, isEncrypted: boolean): Duplex {
  return Object.assign(
    stream,
    { setTimeout: () => stream, destroySoon: () => stream.end(), resetAndDestroy: () => stream.destroy() },
    isEncrypted && { encrypted: true },
  );
}

function connectionReset(): Error {
  return Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' });
}

function responseOf(answer: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const hasBody = method !== 'HEAD' && !BODILESS.includes(status);
  if (!hasBody) answer.resume();
  return new Response(hasBody ? Readable.toWeb(answer) : null, { status, statusText, headers });
}
