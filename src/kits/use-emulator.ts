import { join } from 'node:path';
import { connect, type EmulatorOptions, type RemoteEmulator } from '../index.ts';
import { artifactsOf, summaryOf, writeArtifacts } from './artifacts.ts';
import { connectTo, type RunEmulator, startRun } from './run.ts';
import { deleteSandbox, sandboxNameOf } from './test-sandbox.ts';

/** The functions of a test framework that run a function around tests. */
export interface TestHooks {
  /** Before each test. */
  beforeEach(hook: TestHook): unknown;
  /** After each test. */
  afterEach(hook: TestHook): unknown;
  /** After the last test. */
  after(hook: TestHook): unknown;
}

/** Frameworks pass the test as `this`, as an argument, or not at all. */
export type TestHook = (this: unknown, ...args: unknown[]) => Promise<void>;

export interface UseEmulatorOptions {
  /** A folder for the requests (HAR), mails, warnings and evidence of failed tests. Without it, their requests are printed. */
  readonly artifacts?: string;
  /** Options of the emulator that is started when the run has none yet. */
  readonly emulator?: EmulatorOptions;
}

/** A test, as its framework describes it to hooks. */
export interface RunningTest {
  readonly title: string;
  /** How often it has been repeated. */
  readonly retry: number;
  readonly failed: boolean;
}

/** The differences between test frameworks. */
export interface Framework {
  readonly hooks: TestHooks;
  /** @param self `this` of a hook @param context its first argument */
  testOf(self: unknown, context: unknown): RunningTest;
  /** Shows lines beside the results. @param context the first argument of a hook */
  print(lines: readonly string[], context: unknown): void;
}

/** The emulator of this process, for all tests that use it. */
let shared: Promise<RunEmulator> | undefined;
let users = 0;

/**
 * Gives each test a sandbox of its own.
 * @returns the sandbox of the test that runs: another one in each test, and none between tests
 */
export function sandboxPerTest(framework: Framework, options: UseEmulatorOptions): RemoteEmulator {
  const { beforeEach, afterEach, after } = framework.hooks;
  let server: RemoteEmulator | undefined;
  /** More than one, when tests run at the same time. */
  const open: { readonly name: string; readonly emulator: RemoteEmulator }[] = [];
  let isUsed = false;

  users++;
  after(async () => {
    if (--users > 0) return;
    const started = shared;
    shared = undefined;
    await (await started)?.stop();
  });
  beforeEach(async function (...[context]) {
    if (!server) {
      shared ??= startRun(options.emulator);
      server = connectTo(await shared);
    }
    const { title, retry } = framework.testOf(this, context);
    const name = sandboxNameOf(title, retry);
    open.push({ name, emulator: server.sandbox(name) });
    isUsed = false;
  });
  afterEach(async function (...[context]) {
    const sandbox = open.shift();
    if (!sandbox || !server || !isUsed) return;
    const test = framework.testOf(this, context);
    if (test.failed) framework.print(await report(sandbox, test, options.artifacts), context);
    await deleteSandbox(server, sandbox.name);
  });

  function current(): RemoteEmulator {
    const [first, second] = open;
    if (!first)
      throw new Error('the emulator of useEmulator() has a sandbox for each test, and no test is running now');
    if (second)
      throw new Error(
        'the emulator of useEmulator() has one test at a time: for tests that run at the same time, use connect(url).sandbox(name)',
      );
    isUsed = true;
    return first.emulator;
  }
  // the properties of any emulator, each read from that of the current test
  return new Proxy(connect('localhost'), { get: (_, name) => Reflect.get(current(), name) });
}

/** What happened in the sandbox of a failed test, and where that has been written. */
async function report(
  { name, emulator }: { readonly name: string; readonly emulator: RemoteEmulator },
  { title }: RunningTest,
  folder: string | undefined,
): Promise<string[]> {
  const lines = await summaryOf(title, emulator);
  if (folder === undefined || lines.length === 1) return lines;
  return [...lines, `  see ${writeArtifacts(join(folder, name), await artifactsOf(emulator))}`];
}
