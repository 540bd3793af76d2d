import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteEmulator } from '../client/connect.ts';
import { readWait } from '../config/values.ts';
import { APP, appOf, defineCommand } from './client-command.ts';

/** How long (ms) one question about its health may go unanswered, and the pause before the next. */
const PATIENCE = 2000;
const PAUSE = 50;

/** Whether it runs, and a way in. */
export const accessCommands = [
  defineCommand({
    usage: 'health',
    help: 'whether the emulator is ready; the exit code says it, too',
    options: [['--wait <span>', 'wait until it is, e.g. 10s']],
    run: async (emulator, _, { wait = '0' }) => {
      const status = await healthy(emulator, readWait(String(wait)));
      return { ...status, url: emulator.url };
    },
    show: ({ url }) => `${url} is ready`,
  }),
  defineCommand({
    usage: 'token <login>',
    help: 'a fresh token of a user, by login or id',
    options: [APP],
    run: (emulator, [user], options) => emulator.sessions.create({ user: user!, ...appOf(options) }),
    show: ({ token }) => token,
  }),
];

/** Asks until the emulator is healthy or the span (ms) is over. @throws what was wrong the last time */
async function healthy(emulator: RemoteEmulator, span: number): Promise<{ status: string }> {
  const until = performance.now() + span;
  for (;;) {
    const patience = new AbortController();
    const silent = sleep(PATIENCE, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`${emulator.url} doesn't answer`);
    });
    try {
      return await Promise.race([emulator.health(), silent]);
    } catch (error) {
      if (performance.now() >= until) throw error;
      await sleep(PAUSE);
    } finally {
      silent.catch(() => {});
      patience.abort();
    }
  }
}
