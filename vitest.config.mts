import { defineConfig } from 'vitest/config';
import { consolePage, PAGE } from './scripts/console.mjs';

/** Tests that start the built program, a browser, or another process. All others are unit tests: they need no build. */
const SYSTEM = [
  'test/browser/*.test.ts',
  'test/cli/*.test.ts',
  'test/control/{smtp,summary}.test.ts',
  'test/http/process.test.ts',
  'test/persistence/{blocked-paths,crash,disk-faults,lock,refused-files}.test.ts',
  'test/readme.test.ts',
  'test/sdk/**/*.test.ts',
  'test/tls/*.test.ts',
  'test/vitest/*.test.ts',
];

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
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: SYSTEM } },
      { extends: true, test: { name: 'system', include: SYSTEM } },
    ],
  },
});
