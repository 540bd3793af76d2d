import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';

/** The first byte of a TLS connection: its first record is a handshake. */
const HANDSHAKE = 0x16;
/** How long (ms) a connection may stay silent at first: Node gives a client as long for its headers. */
const FIRST_BYTE_TIMEOUT = 60_000;

/**
 * Serves HTTP and HTTPS on the port of one HTTP server, depending on the first byte of each connection.
 * @param createTlsServer creates the server that decrypts connections and passes them to `serve`; called at the first TLS
 * connection and, if it failed, at the next one again
 * @param onError called with the reason when TLS connections have to be dropped
 * @returns closes connections that the HTTP server doesn't know: those that are still silent or, with `all`, those of TLS, too
 */
export function detectProtocol(
  server: Server,
  createTlsServer: (serve: (decrypted: Socket) => void) => Promise<TlsServer>,
  onError: (error: unknown) => void,
): (all: boolean) => void {
  const httpListeners = server.listeners('connection');
  const serve = (socket: Socket) => {
    // Node takes its own listener off where it hands a socket out, as for CONNECT
    ignoreErrors(socket);
    for (const listener of httpListeners) listener.call(server, socket);
  };
  const silent = new Set<Socket>();
  const encrypted = new Set<Socket>();
  let tlsServer: Promise<TlsServer> | undefined;

  const decrypt = async (socket: Socket) => {
    encrypted.add(socket);
    socket.once('close', () => encrypted.delete(socket));
    // HTTP leaves connections half-open; below TLS, one that the client has ended would never be closed
    socket.allowHalfOpen = false;
    try {
      tlsServer ??= createTlsServer(serve);
      const decrypting = await tlsServer;
      if (!socket.destroyed) decrypting.emit('connection', socket);
    } catch (error) {
      tlsServer = undefined;
      socket.destroy();
      onError(error);
    }
  };

  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    silent.add(socket);
    const onClose = () => silent.delete(socket);
    const end = () => socket.destroy();
    const onFirstBytes = (bytes: Buffer) => {
      silent.delete(socket);
      socket.off('close', onClose).off('end', end).off('timeout', end).setTimeout(0);
      socket.pause();
      socket.unshift(bytes);
      if (bytes[0] === HANDSHAKE) return void decrypt(socket);
      serve(socket);
      socket.resume();
    };
    socket.once('data', onFirstBytes).once('close', onClose).once('end', end).once('timeout', end);
    ignoreErrors(socket);
    socket.setTimeout(FIRST_BYTE_TIMEOUT);
  });

  return (all) => {
    for (const socket of all ? [...silent, ...encrypted] : silent) socket.destroy();
  };
}

/**
 * A connection that broke is closed by Node, and there is nobody to report it to. Called for each request that asks for another
 * protocol, it leaves one listener on a socket.
 */
function ignoreErrors(socket: Socket): void {
  socket.off('error', ignore).on('error', ignore);
}

function ignore(): void {}
