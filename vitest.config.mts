import { defineConfig } from 'vitest/config';
import { consolePage, PAGE } from './scripts/console.mjs';

export default defineConfig({
  plugins: [
    {
      name: 'page',
      enforce: 'pre',
      load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await consolePage())}` : null),
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]],
  },
});
