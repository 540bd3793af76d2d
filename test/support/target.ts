import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach } from 'vitest';
import { type ControlClient, connect, createEmulator, type EmulatorOptions, type Fixture } from '../../src/index.ts';

/** The server under test: an emulator in this process or, with `USERS_EMULATOR_TARGET`, the server at that address. */
export const TARGET = process.env.USERS_EMULATOR_TARGET?.replace(/\/+$/, '') || undefined;

/**
 * Whether tests can bring the server into the state that they need. The real service has no control plane: tests that need one are
 * skipped there, and Vitest's summary counts them.
 */
export const HAS_CONTROL_PLANE = TARGET === undefined || (await isEmulator(TARGET));

async function isEmulator(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/_emulator/health`).catch(() => undefined);
  return answer?.status === 200 && (await answer.text()).startsWith('{"status":"ok"');
}

/** The emulator that a test file uses alone. */
export interface TestedEmulator extends Omit<ControlClient, 'sandboxes'> {
  readonly url: string;
  close(): Promise<void>;
}

type Conditions = Pick<EmulatorOptions, 'settings' | 'freezeTime'> & { readonly seed?: boolean };

const SEED = JSON.parse(readFileSync(resolve('fixtures/users.json'), 'utf8')) as Fixture;
const NO_USERS = { applications: SEED.applications.map(({ users: _, ...application }) => application) };

let opened = 0;

/** Opens an emulator, or a sandbox of the one at `USERS_EMULATOR_TARGET`, in the state that the conditions name. */
export async function openTarget(conditions: Conditions = {}): Promise<TestedEmulator> {
  if (TARGET === undefined) return createEmulator(conditions);
  const emulator = connect(TARGET);
  const name = `target-${process.pid}-${++opened}`;
  if (!HAS_CONTROL_PLANE) return { ...emulator, url: TARGET, reset: async () => {}, close: async () => {} };
  const sandbox = emulator.sandbox(name);
  const { seed = false, settings = {}, freezeTime } = conditions;
  /** The target may have been started with another seed and other settings. */
  const reset = async (to: 'seed' | 'empty' = 'seed') => {
    await sandbox.reset('empty');
    await sandbox.import(seed && to === 'seed' ? SEED : NO_USERS);
    await sandbox.settings.set(settings);
    if (freezeTime !== undefined) await sandbox.clock.freeze(freezeTime);
  };
  await reset();
  return { ...sandbox, url: sandbox.url, reset, close: () => emulator.sandboxes.delete(name) };
}

/** Skips the tests of a file where the target has no control plane. @param except the names of those that need none */
export function needsControlPlane(except?: RegExp): void {
  beforeEach(({ task, skip }) => skip(!HAS_CONTROL_PLANE && !except?.test(task.name), 'needs the control plane'));
}
