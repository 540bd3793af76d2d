import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { loadCompiled } = createRequire(import.meta.url)('../../bin/compile-cache.js') as {
  loadCompiled(file: string, folder: string): { readonly answer: unknown };
};

let folder: string;
let program: string;
let cache: string;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'users-emulator-compiled-'));
  program = join(folder, 'program.cjs');
  cache = join(folder, 'cache', 'compiled');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const write = (answer: number) => writeFileSync(program, `exports.answer = (() => ${answer})();`);
const load = () => loadCompiled(program, join(folder, 'cache')).answer;
/** Loads the program until the cache is written. */
const save = () => {
  const answer = load();
  vi.runAllTimers();
  expect(existsSync(cache)).toBe(true);
  return answer;
};

test('the cache is readable by its user alone, and used', () => {
  write(1);
  expect(save()).toBe(1);
  expect(statSync(cache).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700);
  expect(load()).toBe(1);
  expect(vi.getTimerCount(), 'the cache is not written again').toBe(0);
});

test('another program of the same length never uses the cache', () => {
  write(1);
  save();
  write(2);
  expect(load()).toBe(2);
  expect(vi.getTimerCount(), 'it gets a cache of its own').toBe(1);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['changed', (bytes) => Buffer.from(bytes.map((byte, at) => (at > 200 ? byte ^ 255 : byte)))],
])('a cache that was %s is not used', (_how, damage) => {
  write(1);
  save();
  writeFileSync(cache, damage(readFileSync(cache)));
  expect(load()).toBe(1);
  expect(vi.getTimerCount(), 'it is written again').toBe(1);
});

test('a cache that others can write to is neither used nor written', () => {
  write(1);
  save();
  const strangers: readonly (() => void)[] = [
    () => chmodSync(join(folder, 'cache'), 0o777),
    ...(process.getuid?.() === 0 ? [() => chownSync(join(folder, 'cache'), 12345, 12345)] : []),
  ];
  for (const share of strangers) {
    share();
    expect(load()).toBe(1);
    expect(vi.getTimerCount(), 'the cache was not used').toBe(1);
    const before = readFileSync(cache);
    rmSync(cache);
    vi.runAllTimers();
    expect(existsSync(cache), 'nothing was written').toBe(false);
    writeFileSync(cache, before);
    chmodSync(join(folder, 'cache'), 0o700);
  }
});

test('without a writable cache the program runs all the same', () => {
  write(3);
  writeFileSync(join(folder, 'cache'), 'a file, where the folder should be');
  expect(load()).toBe(3);
});
