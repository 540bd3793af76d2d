import { connect } from 'node:net';

const TIME_LIMIT = 10_000;

/**
 * Sends bytes to a server, and returns everything received until the server closes the connection, `patience` (ms)
 * has passed since the last byte, or `until` returns true.
 * @param parts written one after the other; a number is a pause (ms)
 */
export async function exchangeBytes(
  url: string,
  parts: readonly (string | Buffer | number)[],
  { until, patience = 1000 }: { until?: (received: string) => boolean; patience?: number } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  let written = false;
  let idle: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(idle);
    idle = setTimeout(() => socket.destroy(), patience);
  };
  const closes = new Promise<void>((resolve) => {
    const limit = setTimeout(() => socket.destroy(), TIME_LIMIT);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (until?.(received)) socket.destroy();
      else if (written) wait();
    });
    // a server may reset the connection: the bytes before that count
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(idle);
      clearTimeout(limit);
      resolve();
    });
  });
  for (const part of parts) {
    if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part));
    else if (!socket.destroyed) socket.write(part);
  }
  written = true;
  if (!socket.destroyed) wait();
  await closes;
  return received;
}

/** The statuses of the answers in received bytes, in their order. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

/** The code of the error that a new connection to the server fails with; undefined if it succeeds. */
export function connectionError(url: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
}
