import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { consolePage, PAGE } from './scripts/build/console.mjs';

/** Test files whose text matches. */
const filesWith = (pattern: RegExp) =>
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && pattern.test(readFileSync(file, 'utf8')));

/** Tests in the shared browser. */
const BROWSER = filesWith(/describeInBrowser|describeConsole/);
/** Tests that start processes (the built program, an SDK, Vitest), or wait for the disk at each of its steps. */
const SYSTEM = filesWith(
  /'node:child_process'|support\/(command-line|running|disk|packed|type-check)\.ts'|'\.\/run\.ts'/,
);

// another machine's load must not fail a test that waits for processes or a browser; retried tests are listed
const retry = process.env.CI ? 1 : 0;

export default defineConfig({
  plugins: [
    {
      name: 'page',
      enforce: 'pre',
      load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await consolePage())}` : null),
    },
  ],
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
    // most of the time of system and browser tests is waiting
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
    projects: [
      {
        extends: true,
        // loading the sources once per worker halves the time; the tests leave nothing behind in a process
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...SYSTEM, ...BROWSER], isolate: false },
      },
      { extends: true, test: { name: 'system', include: SYSTEM, testTimeout: 60_000, retry } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: BROWSER,
          testTimeout: 60_000,
          retry,
          globalSetup: 'test/support/shared-browser.ts',
        },
      },
    ],
  },
});
