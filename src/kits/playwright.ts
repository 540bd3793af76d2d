import {
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
  test as withoutEmulator,
} from '@playwright/test';
import type { EmulatorOptions, RemoteEmulator } from '../index.ts';
import { requestRouting, routeToEmulator, SERVICE_HOSTS } from './route.ts';
import { routeRequests } from './route-requests.ts';
import {
  artifactsOf,
  connectTo,
  deleteSandbox,
  sandboxNameOf,
  startRun,
  startRunForWorkers,
  summaryOf,
} from './shared.ts';

export { expect } from '@playwright/test';
export { routeToEmulator } from './route.ts';

/**
 * Starts one emulator for all workers of a run, with the built-in seed, unless `USERS_EMULATOR_URL` names one. Add
 * `globalSetup: 'users-emulator/playwright'` to Playwright's configuration or, to pass options, a file of your own whose default export calls
 * this function. Without it, each worker starts an emulator of its own.
 * @returns a function that stops the emulator
 */
export function globalSetup(options: EmulatorOptions = {}): Promise<() => Promise<void>> {
  return startRunForWorkers(options);
}

/** For `globalSetup` of Playwright's configuration. */
export default (): Promise<() => Promise<void>> => globalSetup();

export interface EmulatorFixtures {
  /** The test's own sandbox. */
  readonly emulator: RemoteEmulator;
  /** The hosts that stand for the sandbox, for pages and for `request`: by default, those of the vendors. */
  readonly emulatorHosts: readonly string[];
}

export interface EmulatorWorkerFixtures {
  /** The emulator of the run, or of the worker. Tests share it. */
  readonly emulatorServer: RemoteEmulator;
}

/**
 * Playwright's `test` with a fixture: `emulator` is a sandbox, new for each test and each retry, and in the state of the seed. Pages of the
 * test's `context`, `request` and `page.request` reach it under the vendors' addresses; an application with an endpoint of its own needs `emulator.url`, or that
 * endpoint's host in `emulatorHosts`.
 */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & EmulatorFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & EmulatorWorkerFixtures
> = withoutEmulator.extend<EmulatorFixtures, EmulatorWorkerFixtures>({
  emulatorHosts: [SERVICE_HOSTS, { option: true }],
  // requests that a service worker makes can't be routed
  serviceWorkers: 'block',
  emulatorServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const run = await startRun();
      await use(connectTo(run));
      await run.stop();
    },
    { scope: 'worker' },
  ],
  emulator: async ({ emulatorServer }, use, testInfo) => {
    const name = sandboxNameOf(testInfo.title, testInfo.retry);
    const emulator = emulatorServer.sandbox(name);
    await use(emulator);
    if (testInfo.status !== testInfo.expectedStatus) {
      console.error((await summaryOf(testInfo.title, emulator)).join('\n'));
      for (const { name, ...content } of await artifactsOf(emulator)) await testInfo.attach(name, content);
    }
    await deleteSandbox(emulatorServer, name);
  },
  request: async ({ request, emulator, emulatorHosts, baseURL }, use) => {
    routeRequests(request, requestRouting(emulator, emulatorHosts, baseURL));
    await use(request);
  },
  context: async ({ context, emulator, emulatorHosts, baseURL }, use, testInfo) => {
    const routing = await routeToEmulator(context, emulator, emulatorHosts, baseURL);
    await use(context);
    const failed = routing.end();
    if (testInfo.status === testInfo.expectedStatus) return;
    for (const description of failed) testInfo.annotations.push({ type: 'users-emulator', description });
  },
});
