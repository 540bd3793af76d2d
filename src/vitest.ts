import type { TestProject } from 'vitest/node';
import { connect, createEmulator, type EmulatorOptions, type RemoteEmulator } from './index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the run's emulator is, and the token of its control plane (empty: it asks for none). */
    usersEmulator: { readonly url: string; readonly adminToken: string };
  }
}

/**
 * One emulator for all tests of a run: `globalSetup: 'users-emulator/vitest'` in vitest's configuration or, with options, a
 * file of your own whose default export calls this. Where `USERS_EMULATOR_URL` is set (as `users-emulator exec` does), the
 * emulator there is used, with the token in `USERS_EMULATOR_ADMIN_TOKEN` if it asks for one.
 * @param options of the emulator that is started; the built-in seed unless another is given
 * @returns what stops it
 */
export async function globalSetup(
  project: Pick<TestProject, 'provide'>,
  options: EmulatorOptions = {},
): Promise<() => Promise<void>> {
  const { USERS_EMULATOR_URL: running, USERS_EMULATOR_ADMIN_TOKEN: token = '' } = process.env;
  if (running) {
    await connect(running, { adminToken: token || undefined }).info();
    project.provide('usersEmulator', { url: running, adminToken: token });
    return async () => {};
  }
  const emulator = await createEmulator({ seed: true, ...options });
  project.provide('usersEmulator', { url: emulator.url, adminToken: options.adminToken ?? '' });
  return () => emulator.close();
}

export default globalSetup;

const vitest = await loadVitest();

const withEmulator = ({ test, inject }: typeof import('vitest')) =>
  test.extend<{ emulator: RemoteEmulator }>({
    emulator: async ({ task }, use) => {
      const { url, adminToken } = inject('usersEmulator') ?? notStarted();
      const server = connect(url, { adminToken: adminToken || undefined });
      // tasks have ids of their own in a run, and runs have processes of their own
      const name = `${task.id}-${process.pid}`.replace(/[^\w.-]/g, '_').slice(-64);
      await use(server.sandbox(name));
      // a test that never used it has none
      await server.sandboxes.delete(name).catch((error: { status?: number }) => {
        if (error.status !== 404) throw error;
      });
    },
  });

/** Vitest's `test` with a fixture: `emulator` is a sandbox of the run's emulator that only this test has, made from the seed. */
export const test: ReturnType<typeof withEmulator> = vitest ? withEmulator(vitest) : (undefined as never);

/** Vitest itself; undefined where it loads this file for its `globalSetup`: there, it refuses to be loaded or asked. */
async function loadVitest() {
  try {
    const loaded = await import('vitest');
    loaded.inject('usersEmulator');
    return loaded;
  } catch {
    return undefined;
  }
}

function notStarted(): never {
  throw new Error(
    "no emulator was started for this run: add globalSetup: 'users-emulator/vitest' to vitest's configuration",
  );
}
