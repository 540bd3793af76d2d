import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';

const VITEST = resolve(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');

interface Run {
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly text: string;
}

/** Runs vitest in a separate project, which imports the built package by its name. */
function runVitest(project: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
  // the inner run must not take itself for a worker of the outer one
  const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$|USERS_EMULATOR)/.test(name));
  return new Promise((ended) => {
    execFile(
      process.execPath,
      [VITEST, 'run', '--reporter=json', ...args],
      {
        cwd: resolve(import.meta.dirname, '..', project),
        env: { ...Object.fromEntries(outer), ...env },
        timeout: 110_000,
        maxBuffer: 1e8,
      },
      (error, out, err) => {
        const json = /^\{"num.*$/m.exec(out)?.[0];
        const { numPassedTests: passed = -1, numFailedTests: failed = -1 } = json ? JSON.parse(json) : {};
        ended({ code: error ? Number(error.code ?? -1) : 0, passed, failed, text: out + err });
      },
    );
  });
}

describe('users-emulator/vitest', () => {
  test('the example project: one emulator for the run, a sandbox for each test', async () => {
    const run = await runVitest('vitest-fixture');
    expect(run, run.text).toMatchObject({ code: 0, passed: 2, failed: 0 });
  }, 60_000);

  test('a running emulator is used; its sandboxes are removed afterwards', async () => {
    await using emulator = await createEmulator({ seed: true, adminToken: 'a-secret-of-the-tests' });
    const env = { USERS_EMULATOR_URL: emulator.url, USERS_EMULATOR_ADMIN_TOKEN: 'a-secret-of-the-tests' };
    const run = await runVitest('vitest-fixture', [], env);
    expect(run, run.text).toMatchObject({ code: 0, passed: 2, failed: 0 });
    expect(await emulator.sandboxes.list()).toEqual([]);

    const refused = await runVitest('vitest-fixture', [], { USERS_EMULATOR_URL: emulator.url });
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('needs the admin token');
  }, 60_000);

  test('without its globalSetup, tests report what is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'users-emulator-'));
    writeFileSync(join(folder, 'bare.mjs'), 'export default {};\n');
    const run = await runVitest('vitest-fixture', [`--config=${join(folder, 'bare.mjs')}`]);
    rmSync(folder, { recursive: true });
    expect(run, run.text).toMatchObject({ code: 1, passed: 0, failed: 2 });
    expect(run.text).toContain("add globalSetup: 'users-emulator/vitest'");
  }, 60_000);
});

test("8 workers, each in its own sandbox of one emulator, don't affect each other", async () => {
  await using emulator = await createEmulator({ seed: true });
  const run = await runVitest('vitest-workers', [], { USERS_EMULATOR_URL: emulator.url });
  expect(run, run.text).toMatchObject({ code: 0, passed: 8 * 15, failed: 0 });
  expect((await emulator.sandboxes.list()).sort()).toEqual(
    Array.from({ length: 8 }, (_, index) => `worker-${index}`).sort(),
  );
  expect(await emulator.requests.list()).toEqual([]);
}, 120_000);
