import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SerialQueue } from '../../src/persistence/serial-queue.ts';

test('steps run one after another in the order of the calls, with their own results', async () => {
  const queue = new SerialQueue();
  const events: string[] = [];
  const step = (name: string, ms: number) =>
    queue.run(async () => {
      events.push(`${name} starts`);
      await sleep(ms);
      events.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all([step('a', 20), step('b', 0), step('c', 5)])).toEqual(['a', 'b', 'c']);
  expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('a step that fails rejects its own call alone', async () => {
  const queue = new SerialQueue();
  const failed = queue.run(() => Promise.reject(new Error('no')));
  const thrown = queue.run(() => {
    throw new Error('neither');
  });
  const next = queue.run(async () => 'next');
  await expect(failed).rejects.toThrow('no');
  await expect(thrown).rejects.toThrow('neither');
  expect(await next).toBe('next');
});
