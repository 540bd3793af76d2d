import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { loadContents } from '../../src/fixtures/load.ts';
import { EMPTY_USER } from '../../src/model/fields.ts';
import { type PersistedState, Persistence } from '../../src/persistence/persistence.ts';
import { State } from '../../src/store/state.ts';
import { createRandom } from '../../src/support/random.ts';
import { faultyDisk } from '../support/disk.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const TIME = '2026-01-01T00:00:00Z';
const app = { id: 1, dialect: 'a', auth_key: 'k', auth_secret: null, owner_id: null, next_user_id: 1, settings: {} };
const options = { dialects: ['a'], defaultApplication: app, random: createRandom('1'), now: TIME };
afterEach(() => void vi.useRealTimers());

test('changes that waited for a failed write are rolled back with it, and none is confirmed before it is written', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const said: string[] = [];
  const kept: PersistedState = { state: new State(), snapshots: new Map() };
  kept.state.applications.put(app);
  const put = (id: number) => kept.state.users(1).put({ id, ...EMPTY_USER, created_at: TIME, updated_at: TIME });
  let broken = false;
  const disk = faultyDisk((_, name) => {
    if (!broken || name !== 'write') return undefined;
    kept.state.deferred(() => put(99));
    return { code: 'EIO' };
  });
  const load = (given: unknown) => loadContents(given, options);
  const persistence = new Persistence(join(folder, 'state.json'), { disk, load, warn: (text) => said.push(text) });
  persistence.attach(kept);
  await persistence.writeInitial();
  const change = async (id: number) => {
    put(id);
    await persistence.commit();
  };

  broken = true;
  await expect(change(1)).rejects.toThrow('EIO');
  expect(kept.state.users(1).size).toBe(0);
  vi.advanceTimersByTime(1000);
  for (let rounds = 0; rounds < 5; rounds++) await nextRound();
  await expect(change(1)).rejects.toThrow('EIO');
  expect(said).toEqual([expect.stringMatching(/can't be written: EIO.* changes are refused$/)]);

  broken = false;
  await change(1);
  expect(said[1]).toMatch(/state\.json is written again$/);
  expect(said.length).toBe(2);
  await persistence.close();
});
