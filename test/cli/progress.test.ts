import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { ProgressBar } from '../../src/cli/progress-bar.ts';
import { readConfig } from '../../src/config/config.ts';
import { EmulatorServer } from '../../src/emulator/server.ts';
import type { Progress } from '../../src/support/progress.ts';
import { temporaryFolder } from '../support/folder.ts';

/** A bar on a stream, and the time, which only moves when it is told to. */
function createBar(isTTY: boolean) {
  const out = Object.assign(new PassThrough(), { isTTY });
  const clock = { ms: 5000 };
  const written = () => String(out.read() ?? '');
  return { bar: new ProgressBar(out, () => clock.ms), clock, written };
}

const CLEAR = '\r\u001b[K';

test('a task of less than a second shows nothing', () => {
  const { bar, clock, written } = createBar(true);
  bar.start();
  for (clock.ms = 5000; clock.ms < 6000; clock.ms += 100) bar.report('loading', 1, 2);
  bar.end();
  expect(written()).toBe('');
});

test('a longer one shows a line, at most ten times a second, which goes away', () => {
  const { bar, clock, written } = createBar(true);
  bar.start();
  clock.ms = 6000;
  bar.report('loading', 3000, 10_000);
  expect(written()).toBe(`${CLEAR}loading ██████░░░░░░░░░░░░░░  30 %`);
  clock.ms = 6050;
  bar.report('loading', 4000, 10_000);
  expect(written()).toBe('');
  clock.ms = 6100;
  bar.report('writing', 10_001, 10_000);
  expect(written()).toBe(`${CLEAR}writing ████████████████████ 100 %`);
  bar.clear();
  bar.clear();
  expect(written()).toBe(CLEAR);
  clock.ms = 7000;
  bar.report('writing', 0, 0);
  expect(stripVTControlCharacters(written())).toBe('\rwriting ████████████████████ 100 %');
  bar.end();
  expect(written()).toBe(CLEAR);
  clock.ms = 90_000;
  bar.report('writing', 1, 2);
  expect(written()).toBe('');
});

test('where there is no terminal, or before the start, there is no bar', () => {
  const { bar, clock, written } = createBar(false);
  bar.start();
  clock.ms = 60_000;
  bar.report('loading', 1, 2);
  expect(written()).toBe('');
  const other = createBar(true);
  other.clock.ms = 60_000;
  other.bar.report('loading', 1, 2);
  expect(other.written()).toBe('');
});

test('a start reports how many users are loaded and written, up to all of them', async () => {
  const users = Array.from({ length: 4000 }, (_, index) => ({ login: `user${index}` }));
  const data = join(temporaryFolder(), 'state.json');
  const startAndStop = async (flags: object) => {
    const reports = { loading: [] as number[], writing: [] as number[] };
    const progress: Progress = (task, done, total) => reports[task].push(done / total);
    const server = new EmulatorServer(readConfig({ data, ...flags }), { progress });
    await server.start(false);
    await server.stop(0);
    return reports;
  };
  const rising = (parts: readonly number[]) => [...parts].sort((a, b) => a - b);
  const first = await startAndStop({ seed: users });
  for (const parts of [first.loading, first.writing]) {
    expect(parts.length).toBeGreaterThanOrEqual(4);
    expect(parts).toEqual(rising(parts));
    expect(parts[0]).toBeGreaterThan(0);
    expect(parts[0]).toBeLessThan(0.5);
    expect(parts.at(-1)).toBeGreaterThan(0.9);
    expect(parts.at(-1)).toBeLessThan(1.1);
  }
  const second = await startAndStop({});
  expect(second.loading.at(-1)).toBe(1);
});
