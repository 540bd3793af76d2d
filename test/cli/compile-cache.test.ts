import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { loadCompiled } = createRequire(import.meta.url)('../../bin/compile-cache.js') as {
  loadCompiled(file: string, folder: string): { readonly answer: unknown };
};

let folder: string;
let program: string;
let kept: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'users-emulator-compiled-'));
  program = join(folder, 'program.cjs');
  kept = join(folder, 'cache', 'compiled');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (answer: number) => writeFileSync(program, `exports.answer = (() => ${answer})();`);
const load = () => loadCompiled(program, join(folder, 'cache')).answer;
/** Loads it for the first time, and waits until the cache is written. */
const keep = () => {
  const answer = load();
  return vi.waitFor(() => (existsSync(kept) ? answer : expect.fail('nothing was kept')), 5000);
};

test('the compile cache is readable by its user alone, and used', async () => {
  write(1);
  expect(await keep()).toBe(1);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700);
  const before = statSync(kept).mtimeMs;
  expect(load()).toBe(1);
  await new Promise((later) => setTimeout(later, 1500));
  expect(statSync(kept).mtimeMs, 'there was no need to keep it again').toBe(before);
});

test('another program of the same length never uses the cache', async () => {
  write(1);
  await keep();
  write(2);
  expect(load()).toBe(2);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['changed', (bytes) => Buffer.from(bytes.map((byte, at) => (at > 200 ? byte ^ 255 : byte)))],
])('a cache that was %s is not used', async (_how, damage) => {
  write(1);
  await keep();
  writeFileSync(kept, damage(readFileSync(kept)));
  expect(load()).toBe(1);
});

test('without a writable cache the program runs all the same', () => {
  write(3);
  writeFileSync(join(folder, 'cache'), 'a file, where the folder should be');
  expect(load()).toBe(3);
});
