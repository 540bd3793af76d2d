import type { EmulatorOptions, RemoteEmulator } from '../index.ts';
import { isObject } from '../support/values.ts';
import { hasRun, sandboxPerTest, startRunForWorkers } from './shared.ts';
import type { Framework, TestHooks, UseEmulatorOptions } from './use-emulator.ts';

export type { UseEmulatorOptions } from './use-emulator.ts';

let stop = async (): Promise<void> => {};

/**
 * Starts one emulator for all tests of a run, with the built-in seed, unless `USERS_EMULATOR_URL` names one. Add
 * `globalSetup: 'users-emulator/jest'` and `globalTeardown: 'users-emulator/jest/teardown'` to Jest's configuration or, to pass options, files
 * of your own whose default exports call `globalSetup` and `globalTeardown`.
 */
export async function globalSetup(options: EmulatorOptions = {}): Promise<void> {
  stop = await startRunForWorkers(options);
}

/** Stops the emulator that `globalSetup` has started. */
export async function globalTeardown(): Promise<void> {
  await stop();
}

/** For `globalSetup` of Jest's configuration. */
export default (): Promise<void> => globalSetup();

/** Jest's functions, for configurations with `injectGlobals: false`: import them from `@jest/globals`. */
export interface JestHooks {
  readonly beforeEach: TestHooks['beforeEach'];
  readonly afterEach: TestHooks['afterEach'];
  readonly afterAll: TestHooks['after'];
  readonly expect: { getState(): { readonly currentTestName?: string | undefined } };
}

/**
 * Gives each test a sandbox of its own, in the state of the seed. Call it outside of tests, once in a file.
 * @param options hooks of Jest, if they aren't global; a folder for `artifacts` of failed tests
 * @returns the sandbox of the test that runs. Point the client under test to its `url`
 */
export function useEmulator(options: UseEmulatorOptions & Partial<JestHooks> = {}): RemoteEmulator {
  const hooks = [options, globalThis].find(areHooks);
  if (!hooks)
    throw new Error("useEmulator needs Jest's beforeEach, afterEach, afterAll and expect, from @jest/globals");
  const { beforeEach, afterEach, afterAll, expect } = hooks;
  // jsdom has taken away what a server needs
  if (typeof setImmediate === 'undefined' && !hasRun())
    throw new Error(
      "no emulator can start in this test environment: add globalSetup: 'users-emulator/jest' to Jest's configuration",
    );
  const framework: Framework = {
    hooks: { beforeEach, afterEach, after: afterAll },
    testOf: () => {
      const { errors = [], invocations = 1 } = circusTest();
      return { title: expect.getState().currentTestName ?? '', retry: invocations - 1, failed: errors.length > 0 };
    },
    print: (lines) => void process.stderr.write(`${lines.join('\n')}\n`),
  };
  return sandboxPerTest(framework, options);
}

function areHooks(value: object): value is JestHooks {
  return ['beforeEach', 'afterEach', 'afterAll', 'expect'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}

/** The running test in jest-circus, which has no public name for it. Without it, tests count as passed at their first try. */
function circusTest(): { readonly errors?: readonly unknown[]; readonly invocations?: number } {
  const symbols = Object.getOwnPropertySymbols(globalThis);
  const symbol = symbols.find(({ description }) => description === 'JEST_STATE_SYMBOL');
  const state: unknown = symbol && Reflect.get(globalThis, symbol);
  return isObject(state) && isObject(state.currentlyRunningTest) ? state.currentlyRunningTest : {};
}
