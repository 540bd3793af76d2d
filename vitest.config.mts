import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
  /'node:child_process'|process\.execPath|support\/(command-line|running|disk|packed|type-check)\.ts'|'\.\/run\.ts'/,
);

/** Tests of processes and pages. In CI, where other work may starve them, they get a second try; retried tests are listed. */
const PROCESSES = { retry: process.env.CI ? 1 : 0 };

export default defineConfig({
  plugins: [
    {
      name: 'page',
      enforce: 'pre',
      load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await consolePage())}` : null),
    },
  ],
  test: {
    // tests often wait, for processes, pages and the disk: two workers more than there are cores keep all cores busy
    maxWorkers: availableParallelism() + 2,
    // loads the sources once per worker, which halves the time; tests leave nothing behind in a process
    isolate: false,
    // for machines on which much else runs
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...SYSTEM, ...BROWSER],
        },
      },
      { extends: true, test: { ...PROCESSES, name: 'system', include: SYSTEM } },
      {
        extends: true,
        test: { ...PROCESSES, name: 'browser', include: BROWSER, globalSetup: 'test/support/shared-browser.ts' },
      },
    ],
  },
});
