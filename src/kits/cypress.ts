import type { EmulatorOptions, RemoteEmulator } from '../index.ts';
import { isObject } from '../support/values.ts';
import { artifactsOf, connectTo, deleteSandbox, sandboxNameOf, startRun, writeArtifacts } from './shared.ts';

/** The parts of Cypress' `on` that are used. */
export interface RegisterEvents {
  (event: 'task', tasks: Record<string, (argument: unknown) => Promise<unknown>>): void;
  (event: 'after:run', handler: () => Promise<void>): void;
}

/** The part of Cypress' configuration that is used. */
export interface CypressConfig {
  env: Record<string, unknown>;
}

/**
 * Registers tasks for an emulator: the one that `USERS_EMULATOR_URL` names, or a new one with the built-in seed. This Cypress has a
 * sandbox of its own there. Call it in `setupNodeEvents`, and return its result.
 *
 * - `cy.task('emulator:reset')`, before each test: back to the seed, snapshots included.
 * - `cy.task('emulator:call', ['users.create', { login: 'mia', password: 'secret123' }])`: calls a method of the emulator.
 * - `cy.task('emulator:artifacts', folder)`, after a failed test: writes its requests (HAR), mails, warnings and evidence into a folder.
 * @returns the configuration. `Cypress.env('USERS_EMULATOR_URL')` is the address of the sandbox
 */
export async function setupEmulator<C extends CypressConfig>(
  on: RegisterEvents,
  config: C,
  options: EmulatorOptions = {},
): Promise<C> {
  const run = await startRun(options);
  const server = connectTo(run);
  const name = sandboxNameOf('cypress');
  const emulator = server.sandbox(name);
  on('task', {
    // tasks have to return a value
    'emulator:reset': async () => {
      await deleteSandbox(server, name);
      return null;
    },
    'emulator:call': async (call) => (await callMethod(emulator, call)) ?? null,
    'emulator:artifacts': async (folder) => writeArtifacts(String(folder), await artifactsOf(emulator)),
  });
  on('after:run', async () => {
    await deleteSandbox(server, name);
    await run.stop();
  });
  config.env.USERS_EMULATOR_URL = emulator.url;
  return config;
}

/** @param call the method's name, such as `users.create`, and its arguments @throws Error when there is no such method */
async function callMethod(emulator: RemoteEmulator, call: unknown): Promise<unknown> {
  const [name, ...args] = Array.isArray(call) ? call : [call];
  let value: unknown = emulator;
  for (const part of String(name).split('.'))
    value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  if (typeof value !== 'function') throw new Error(`emulator:call: the emulator has no method '${name}'`);
  return value(...args);
}
