import * as nodeTest from 'node:test';
import type { EmulatorOptions, RemoteEmulator } from '../index.ts';
import { isObject } from '../support/values.ts';
import { sandboxPerTest, startRunForWorkers } from './shared.ts';
import type { Framework, RunningTest, TestHooks, UseEmulatorOptions } from './use-emulator.ts';

export type { TestHooks, UseEmulatorOptions } from './use-emulator.ts';

let stop = async (): Promise<void> => {};

/**
 * Starts one emulator for all processes of a run, with the built-in seed, unless `USERS_EMULATOR_URL` names one:
 * `node --test --test-global-setup=…`, from Node.js 24, or mocha's `--require users-emulator/node`. Without it, each process starts its own.
 */
export async function globalSetup(options: EmulatorOptions = {}): Promise<void> {
  stop = await startRunForWorkers(options);
}

/** Stops the emulator that `globalSetup` has started. */
export async function globalTeardown(): Promise<void> {
  await stop();
}

/** For mocha's `--require`. */
export const mochaGlobalSetup = (): Promise<void> => globalSetup();
/** For mocha's `--require`. */
export const mochaGlobalTeardown = globalTeardown;

/**
 * Gives each test a sandbox of its own, in the state of the seed: in node:test, in mocha, and in frameworks with the same hooks. Call it
 * outside of tests: at the top of a file of node:test, in a `describe` of mocha.
 * @param options hooks of another framework; a folder for `artifacts` of failed tests
 * @returns the sandbox of the test that runs. Point the client under test to its `url`
 */
export function useEmulator(options: UseEmulatorOptions & Partial<TestHooks> = {}): RemoteEmulator {
  const { beforeEach, afterEach, after } = [options, globalThis].find(areHooks) ?? nodeTest;
  const framework: Framework = {
    hooks: { beforeEach, afterEach, after },
    testOf: (self, context) => (isObject(context) ? testOfNode(context) : testOfMocha(self)),
    print: (lines, context) => {
      const diagnostic = isObject(context) ? context.diagnostic : undefined;
      for (const line of lines) {
        if (typeof diagnostic === 'function') diagnostic.call(context, line);
        else process.stderr.write(`${line}\n`);
      }
    },
  };
  return sandboxPerTest(framework, options);
}

/** Whether these are hooks: mocha's functions are global. */
function areHooks(value: object): value is TestHooks {
  return ['beforeEach', 'afterEach', 'after'].every((name) => typeof Reflect.get(value, name) === 'function');
}

/** node:test passes the test's context to hooks. */
function testOfNode({ fullName, name, error }: Readonly<Record<string, unknown>>): RunningTest {
  return { title: String(fullName ?? name), retry: 0, failed: error !== undefined && error !== null };
}

/** mocha's hooks have it as `this`. */
function testOfMocha(self: unknown): RunningTest {
  const test: unknown = isObject(self) ? self.currentTest : undefined;
  if (!isObject(test)) return { title: '', retry: 0, failed: false };
  const { title, state, _currentRetry: retry } = test;
  return { title: String(title), retry: Number(retry ?? 0), failed: state === 'failed' };
}
