import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteEmulator } from '../client/connect.ts';
import { readFrom } from '../config/usage-error.ts';
import { readDuration } from '../config/values.ts';
import { APP, appOf, defineCommand } from './client-command.ts';

/** How long (ms) one answer may take, and the pause before the next try. */
const PATIENCE = 2000;
const PAUSE = 50;

/** Commands that reach the server, or let a client in. */
export const serverCommands = [
  defineCommand({
    usage: 'health',
    summary: 'check whether the emulator is ready',
    details: 'The exit code is 1 if it is not.',
    options: { '--wait <duration>': 'wait until it is ready, at most this long, such as 10s' },
    run: async (emulator, _, { wait }) => {
      const ms = wait === undefined ? 0 : readFrom('--wait', readDuration, wait);
      return { ...(await waitUntilHealthy(emulator, ms)), url: emulator.url };
    },
    show: ({ url }) => `${url} is ready`,
  }),
  defineCommand({
    usage: 'token <login|id>',
    summary: 'print a new session token of a user',
    options: APP,
    examples: [['users-emulator token Dacia', 'a token of the example user Dacia']],
    run: (emulator, [user], options) => emulator.sessions.create({ user, ...appOf(options) }),
    show: ({ token }) => token,
  }),
];

/** Tries until the emulator is healthy, for at most so long (ms). @throws the error of the last try */
async function waitUntilHealthy(emulator: RemoteEmulator, ms: number): Promise<{ status: string }> {
  const end = performance.now() + ms;
  for (;;) {
    const patience = new AbortController();
    const silence = sleep(PATIENCE, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`${emulator.url} doesn't answer`);
    });
    try {
      return await Promise.race([emulator.health(), silence]);
    } catch (error) {
      if (performance.now() >= end) throw error;
      await sleep(PAUSE);
    } finally {
      silence.catch(() => {});
      patience.abort();
    }
  }
}
