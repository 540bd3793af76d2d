import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request to speak another protocol on its connection. */
export interface Upgrade {
  readonly request: IncomingMessage;
  /** The bytes of the other protocol: the request's socket or, from Node 26 on, a stream that begins after the request's body. */
  readonly stream: Duplex;
  /** Bytes that came after the request. */
  readonly head: Buffer;
  /** Set where the port belongs to a sandbox. */
  readonly sandboxOfPort?: string;
}

/** How long (ms) after its last bytes the system asks whether the client's machine is still there. */
const KEEP_ALIVE = 60_000;

/**
 * Options of Node's server from 24.9 on: it serves an offer with a body as any other request. From Node 26 on, it would parse the body
 * itself. An offer without a body is still passed on: Node, when it serves one, loses the bytes that came with it of the next request.
 */
export const OFFER_OPTIONS = {
  shouldUpgradeCallback: (request: IncomingMessage): boolean =>
    isForWebSocket(request) || !('content-length' in request.headers || 'transfer-encoding' in request.headers),
};

/**
 * Passes websockets on. A request for any other protocol is answered as if it had not asked: Java's HTTP client offers HTTP/2 on
 * its first request, and Node, once somebody listens to upgrades, serves none of these as requests any more. Either has to wait for
 * the answers to the requests before it on its connection.
 */
export function listenToUpgrades(
  server: Server,
  afterAnswers: ReturnType<typeof trackAnswers>,
  onWebSocket: (upgrade: Upgrade) => void,
): void {
  server.on('upgrade', (request, stream, head) => {
    // the socket is ours alone: Node has taken its own listeners off. A client may ask again and again on one connection
    const { socket } = request;
    socket.off('error', destroy).on('error', destroy);
    afterAnswers(socket, () => {
      // Node's limit for the pause after an answer
      socket.setTimeout(0);
      if (!isForWebSocket(request)) {
        socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
        server.emit('connection', socket);
        return;
      }
      socket.setKeepAlive(true, KEEP_ALIVE);
      onWebSocket({ request, stream, head });
    });
  });
}

/**
 * Follows the answers of a server.
 * @returns calls back once all earlier requests of a connection are answered, unless it ends before: for bytes that Node hands out
 * and doesn't queue. A request that waits for the rest of its body is none of these: the bytes are that rest
 */
export function trackAnswers(server: Server): (socket: Duplex, proceed: () => void) => void {
  const last = new WeakMap<Duplex, ServerResponse>();
  const lastButOne = new WeakMap<ServerResponse, ServerResponse>();
  server.on('request', ({ socket }, response) => {
    const before = last.get(socket);
    if (before && !before.closed) lastButOne.set(response, before);
    last.set(socket, response);
  });
  return (socket, proceed) => {
    const newest = last.get(socket);
    const isUnread = newest && !newest.req.complete && !newest.headersSent;
    const answer = isUnread ? lastButOne.get(newest) : newest;
    const unlessEnded = () => {
      if (!socket.destroyed) proceed();
    };
    if (answer && !answer.closed) answer.once('close', unlessEnded);
    else unlessEnded();
  };
}

function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function destroy(this: Socket): void {
  this.destroy();
}

/** The first bytes of a request as they came, without its `Upgrade` headers. */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  // the encoding in which Node reads headers
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
