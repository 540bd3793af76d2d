import * as v from 'valibot';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { parseDuration } from '../support/duration.ts';
import { string } from './schemas.ts';

/** Below the five minutes after which Node's `fetch` gives up on an answer. */
const MAX_WAIT = 240_000;

/** A time to wait at most: ms, or a duration. */
export const waitDuration = v.pipe(
  v.union([string, v.number()], "must be a duration such as '5s'"),
  v.transform((given) => parseDuration(given) ?? Number.NaN),
  v.check((ms) => ms >= 0 && ms <= MAX_WAIT, "must be a duration of at most four minutes, such as '5s'"),
);

/** Waits until a condition holds, a timeout (ms of real time) has passed, or the caller has gone. Each event checks it again. */
export function waitUntil(
  { events }: Pick<Sandbox, 'events'>,
  holds: () => boolean,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (holds() || timeout === 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timeout);
    const stop = events.listen(() => {
      if (holds()) done();
    });
    signal?.addEventListener('abort', done);
  });
}
