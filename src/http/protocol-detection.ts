import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';

/** The first byte of a TLS connection: its first record is a handshake. */
const HANDSHAKE = 0x16;
/** How long (ms) a connection may say nothing: as long as Node lets a client take for its headers. */
const PATIENCE = 60_000;

/**
 * Serves HTTP and HTTPS on the port of one HTTP server: the first byte of a connection tells which.
 * @param makeTls what decrypts connections and hands them on to `serve`; called at the first TLS connection, and again at
 * the next one when it failed
 * @param onError told why TLS connections are dropped
 * @returns closes the connections that the server doesn't know of: those that have said nothing yet or, with `all`, also
 * those of TLS
 */
export function detectProtocol(
  server: Server,
  makeTls: (serve: (decrypted: Socket) => void) => Promise<TlsServer>,
  onError: (error: unknown) => void,
): (all: boolean) => void {
  const [listener] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  const serve = (socket: Socket) => listener.call(server, socket);
  const silent = new Set<Socket>();
  const secure = new Set<Socket>();
  let tls: Promise<TlsServer> | undefined;

  const decrypt = async (socket: Socket) => {
    secure.add(socket);
    socket.once('close', () => secure.delete(socket)).on('error', ignore);
    try {
      tls ??= makeTls(serve);
      const layer = await tls;
      if (!socket.destroyed) layer.emit('connection', socket);
    } catch (error) {
      tls = undefined;
      socket.destroy();
      onError(error);
    }
  };

  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    silent.add(socket);
    const gone = () => silent.delete(socket);
    const end = () => socket.destroy();
    const heard = (first: Buffer) => {
      silent.delete(socket);
      socket.off('close', gone).off('end', end).off('timeout', end).off('error', ignore).setTimeout(0);
      socket.pause();
      socket.unshift(first);
      if (first[0] === HANDSHAKE) return void decrypt(socket);
      serve(socket);
      socket.resume();
    };
    socket.once('data', heard).once('close', gone).once('end', end).once('timeout', end).on('error', ignore);
    socket.setTimeout(PATIENCE);
  });

  return (all) => {
    for (const socket of all ? [...silent, ...secure] : silent) socket.destroy();
  };
}

/** What goes wrong with a connection on which nothing was asked is nobody's concern. */
function ignore(): void {}
