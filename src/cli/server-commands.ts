import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteEmulator } from '../client/connect.ts';
import { readFrom } from '../config/usage-error.ts';
import { readDuration } from '../config/values.ts';
import { defineCommand } from './client-command.ts';

/** How long (ms) one answer may take, and the pause before the next try. */
const PATIENCE = 2000;
const PAUSE = 50;

/** Commands for the server as a whole. */
export const serverCommands = [
  defineCommand({
    usage: 'health',
    summary: 'check whether the emulator is ready',
    details: 'The exit code is 1 if it is not.',
    examples: [['users-emulator health --wait 10s', 'in a script, after starting the server in the background']],
    options: { '--wait <duration>': 'wait until it is ready, at most this long, such as 10s' },
    run: async (emulator, _, { wait }) => {
      const ms = wait === undefined ? 0 : readFrom('--wait', readDuration, wait);
      return waitUntilHealthy(emulator, ms);
    },
    show: ({ url, process }) => (process ? `${url} is ready: ${processText(process)}` : `${url} is ready`),
  }),
];

/** The process that answers there; empty without its admin token, which a probe need not have. */
async function processOf(emulator: RemoteEmulator) {
  try {
    const { name, version, pid, started_at, data_file } = await emulator.info();
    return { process: { name, version, pid, started_at, data_file } };
  } catch {
    return {};
  }
}

type Process = NonNullable<Awaited<ReturnType<typeof processOf>>['process']>;

function processText({ name, version, pid, started_at, data_file }: Process): string {
  return `${name} ${version}, pid ${pid}, since ${started_at}, ${data_file === null ? 'in memory' : `data file ${data_file}`}`;
}

async function healthOf(emulator: RemoteEmulator) {
  return { ...(await emulator.health()), url: emulator.url, ...(await processOf(emulator)) };
}

/** Tries until the emulator is healthy, for at most so long (ms). @throws the error of the last try */
async function waitUntilHealthy(emulator: RemoteEmulator, ms: number): ReturnType<typeof healthOf> {
  const end = performance.now() + ms;
  for (;;) {
    const patience = new AbortController();
    const silence = sleep(PATIENCE, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`${emulator.url} doesn't answer`);
    });
    try {
      return await Promise.race([healthOf(emulator), silence]);
    } catch (error) {
      if (performance.now() >= end) throw error;
      await sleep(PAUSE);
    } finally {
      silence.catch(() => {});
      patience.abort();
    }
  }
}
