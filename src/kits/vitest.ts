import type { TestAPI } from 'vitest';
import type { TestProject } from 'vitest/node';
import type { EmulatorOptions, RemoteEmulator } from '../index.ts';
import { connectTo, deleteSandbox, sandboxNameOf, startRun, summaryOf } from './shared.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the run's emulator is, and its admin token: empty if it has none. */
    usersEmulator: { readonly url: string; readonly adminToken: string };
  }
}

/**
 * Starts one emulator for all tests of a run, with the built-in seed. Add `globalSetup: 'users-emulator/vitest'` to vitest's
 * configuration or, to pass options, a file of your own whose default export calls this function.
 *
 * If `USERS_EMULATOR_URL` is set, as `users-emulator exec` does, the tests use the emulator there, with the admin token in
 * `USERS_EMULATOR_ADMIN_TOKEN`.
 * @returns a function that stops the emulator
 */
export async function globalSetup(
  project: Pick<TestProject, 'provide'>,
  options: EmulatorOptions = {},
): Promise<() => Promise<void>> {
  const { url, adminToken, stop } = await startRun(options);
  project.provide('usersEmulator', { url, adminToken });
  return stop;
}

export default globalSetup;

const vitest = await loadVitest();

interface Fixtures {
  /** The test's own sandbox. Point the client under test to its `url`. */
  readonly emulator: RemoteEmulator;
}

const withEmulator = ({ test, inject }: typeof import('vitest')): TestAPI<Fixtures> =>
  test.extend<Fixtures>({
    emulator: async ({ task }, use) => {
      const server = connectTo(inject('usersEmulator') ?? failNotStarted());
      const name = sandboxNameOf(task.name, task.result?.retryCount);
      const emulator = server.sandbox(name);
      await use(emulator);
      // Vitest accepts annotations, which can be files, only of tests that haven't failed yet
      if (task.result?.state === 'fail') console.error((await summaryOf(task.name, emulator)).join('\n'));
      await deleteSandbox(server, name);
    },
  });

/** Vitest's `test` with a fixture: `emulator` is a sandbox of the run's emulator, new for each test and in the state of the seed. */
export const test: TestAPI<Fixtures> = vitest ? withEmulator(vitest) : (undefined as never);

/** Vitest; undefined in the process that runs `globalSetup`, where it refuses to be imported. */
async function loadVitest() {
  try {
    const loaded = await import('vitest');
    loaded.inject('usersEmulator');
    return loaded;
  } catch {
    return undefined;
  }
}

function failNotStarted(): never {
  throw new Error(
    "no emulator was started for this run: add globalSetup: 'users-emulator/vitest' to vitest's configuration",
  );
}
