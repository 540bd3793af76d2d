import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { consolePage, PAGE } from './scripts/build/console.mjs';

/** Test files whose text matches. */
const filesWith = (pattern: RegExp) =>
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && pattern.test(readFileSync(file, 'utf8')));

/** Tests in a browser. */
const BROWSER = filesWith(/describeInBrowser|describeConsole/);
/** Tests that start processes (the built program, an SDK, Vitest), or wait for the disk at each of its steps. */
const SYSTEM = filesWith(
  /'node:child_process'|process\.execPath|support\/(command-line|running|disk|packed|type-check)\.ts'|'\.\/run\.ts'/,
);
const SLOW = [...BROWSER, ...SYSTEM];

/** Starts with the tests of pages and processes, which take longest. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

/** `--mode unit` leaves out the slow tests. */
export default defineConfig(({ mode }) => ({
  plugins: [
    {
      name: 'page',
      enforce: 'pre',
      load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await consolePage())}` : null),
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    ...(mode === 'unit' ? { exclude: SLOW } : { globalSetup: 'test/support/chromium-check.ts' }),
    // tests often wait, for processes, pages and the disk: more workers than there are cores keep all cores busy
    maxWorkers: availableParallelism() + (mode === 'unit' ? 1 : 2),
    // loads the sources once per worker, which halves the time; tests leave nothing behind in a process
    isolate: false,
    // few but large collections of garbage: tests make many objects that live for one request
    execArgv: ['--max-semi-space-size=64'],
    sequence: { sequencer: SlowFirst },
    // in CI, where other work may starve processes and pages, tests get a second try; retried tests are listed
    retry: process.env.CI ? 1 : 0,
    // for machines on which much else runs
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
  },
}));
