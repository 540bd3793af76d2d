import { loadContents } from '../../src/fixtures/load.ts';
import { EMPTY_USER } from '../../src/model/fields.ts';
import type { User } from '../../src/model/records.ts';
import type { PersistedState } from '../../src/persistence/database.ts';
import { type Disk, disk as realDisk } from '../../src/persistence/disk.ts';
import { OpenFiles } from '../../src/persistence/open-files.ts';
import { Persistence } from '../../src/persistence/persistence.ts';
import { State } from '../../src/store/state.ts';
import { createRandom } from '../../src/support/random.ts';

const TIME = '2026-01-01T00:00:00Z';

export const APP = {
  id: 1,
  dialect: 'a',
  auth_key: 'k',
  auth_secret: null,
  owner_id: null,
  next_user_id: 1,
  settings: {},
} as const;

export const createUser = (id: number, more: Partial<User> = {}): User => ({
  id,
  ...EMPTY_USER,
  login: `user${id}`,
  created_at: TIME,
  updated_at: TIME,
  ...more,
});

/** A state with one application and no users. */
export function createContent(): PersistedState {
  const state = new State();
  state.applications.put(APP);
  return { state, snapshots: new Map() };
}

export function openPersistence(
  file: string,
  { disk = realDisk, warn = () => {} }: { disk?: Disk; warn?: (text: string) => void } = {},
): Promise<Persistence> {
  const options = {
    dialects: ['a'],
    defaultApplication: APP,
    random: createRandom('1'),
    now: TIME,
    stubProblems: () => [],
  };
  return Persistence.open(file, {
    disk,
    files: new OpenFiles(),
    lock: { check: () => {} },
    warn,
    initial: createContent(),
    load: (json) => loadContents(json, options),
  });
}
