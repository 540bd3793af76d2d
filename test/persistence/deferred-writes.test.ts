import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { faultyDisk } from '../support/disk.ts';
import { temporaryFolder } from '../support/folder.ts';
import { createUser, openPersistence } from '../support/persistence.ts';

const folder = temporaryFolder();
afterEach(() => void vi.useRealTimers());

test('changes that waited for a failed write are rolled back with it, and none is confirmed before it is written', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const said: string[] = [];
  let broken = false;
  const disk = faultyDisk((_, name) => {
    if (!broken || name !== 'write') return undefined;
    state.deferred(() => put(99));
    return { code: 'EIO' };
  });
  const persistence = await openPersistence(join(folder, 'state.json'), { disk, warn: (text) => said.push(text) });
  const { state } = persistence.content;
  const put = (id: number) => state.users(1).put(createUser(id));
  await persistence.rewrite();
  const change = async (id: number) => {
    put(id);
    await persistence.commit();
  };

  broken = true;
  await expect(change(1)).rejects.toThrow('EIO');
  expect(state.users(1).size).toBe(0);
  vi.advanceTimersByTime(1000);
  for (let rounds = 0; rounds < 5; rounds++) await nextRound();
  await expect(change(1)).rejects.toThrow('EIO');
  expect(said).toEqual([expect.stringMatching(/can't be written: EIO.* changes are refused$/)]);

  broken = false;
  await change(1);
  expect(said[1]).toMatch(/state\.json can be written again$/);
  expect(said.length).toBe(2);
  await persistence.close();
});
