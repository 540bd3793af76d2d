import { defineConfig } from 'vitest/config';

const WORKERS = 8;

// the same tests once for each worker, all at the same time, against one emulator
export default defineConfig({
  test: {
    globalSetup: 'users-emulator/vitest',
    maxWorkers: WORKERS,
    projects: Array.from({ length: WORKERS }, (_, index) => ({
      test: {
        name: `worker-${index}`,
        include: ['stateful.test.js'],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        env: { WORKER: String(index), WORKERS: String(WORKERS) },
      },
    })),
  },
});
