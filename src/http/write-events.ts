import type { ServerResponse } from 'node:http';
import type { LiveEvents } from '../control/live-events.ts';
import { EVENT_STREAM } from '../control/raw-response.ts';

/** How often (ms) a silent stream gets a comment, so that proxies and readers know that it is alive. */
const HEARTBEAT = 15_000;

/**
 * Writes events as server-sent events, as fast as the reader takes them. A reader that is too slow, so that the stream fails, is
 * disconnected.
 */
export async function writeEvents(
  outgoing: ServerResponse,
  events: LiveEvents,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  outgoing.writeHead(200, { ...headers, 'Content-Type': EVENT_STREAM, 'X-Accel-Buffering': 'no' });
  if (outgoing.req.method === 'HEAD') {
    events.close();
    outgoing.end();
    return;
  }
  outgoing.once('close', () => events.close());
  outgoing.write('retry: 1000\n\n');
  const heartbeat = setInterval(() => {
    if (!outgoing.writableNeedDrain) outgoing.write(':\n\n');
  }, HEARTBEAT);
  heartbeat.unref();
  try {
    for await (const { id, type, data } of events) {
      const taken = outgoing.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      if (!taken) await drained(outgoing);
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  } finally {
    clearInterval(heartbeat);
  }
}

/** Waits until the reader has taken what was written, or has gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
    if (outgoing.destroyed) done();
  });
}
