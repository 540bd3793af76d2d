import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RegisterEvents, setupEmulator } from '../../src/kits/cypress.ts';
import { temporaryFolder } from '../support/folder.ts';
import { emulatorOfRun } from '../support/run-emulator.ts';

const folder = temporaryFolder();
const emulator = emulatorOfRun();

/** What Cypress does with a configuration: it calls `setupNodeEvents`, and later tasks and events by their names. */
async function setUp() {
  const tasks: Record<string, (argument?: unknown) => Promise<unknown>> = {};
  let end = async () => {};
  const env: Record<string, unknown> = { OTHER: 1 };
  const on = ((_event: string, handlers: typeof tasks | typeof end) => {
    if (typeof handlers === 'function') end = handlers;
    else Object.assign(tasks, handlers);
  }) as RegisterEvents;
  const { baseUrl } = await setupEmulator(on, { env, baseUrl: '/' });
  return { tasks, end: () => end(), env, baseUrl };
}

test('tasks call, reset and describe a sandbox, which ends with the run', async () => {
  const { tasks, end, env, baseUrl } = await setUp();
  const [name] = String(env.USERS_EMULATOR_URL).split('/').slice(-1);
  expect([env.OTHER, baseUrl]).toEqual([1, '/']);

  const user = { login: 'mia', password: 'secret123' };
  expect(await tasks['emulator:call']?.(['users.create', user])).toMatchObject({ id: 51947, login: 'mia' });
  expect(await emulator().sandboxes.list()).toEqual([name]);
  await fetch(`${env.USERS_EMULATOR_URL}/users/1`);
  expect(await tasks['emulator:artifacts']?.(join(folder, 'a'))).toBe(join(folder, 'a'));
  expect(readdirSync(join(folder, 'a'))).toEqual(['evidence.json', 'requests.har', 'warnings.json']);

  // Cypress refuses undefined
  expect(await tasks['emulator:reset']?.()).toBeNull();
  expect(await tasks['emulator:call']?.('requests.clear')).toBeNull();
  expect(await tasks['emulator:call']?.('users.list')).toMatchObject({ total: 3 });
  await end();
  expect(await emulator().sandboxes.list()).toEqual([]);
});

test.each(['users', 'users.nothing', 'constructor', 'users.create.call', 5])(
  '%s is not a method to call',
  async (name) => {
    const { tasks } = await setUp();
    await expect(tasks['emulator:call']?.([name])).rejects.toThrow(`the emulator has no method '${name}'`);
  },
);
