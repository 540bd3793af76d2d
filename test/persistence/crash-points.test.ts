import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { exportState } from '../../src/fixtures/export.ts';
import { loadContents } from '../../src/fixtures/load.ts';
import { EMPTY_USER } from '../../src/model/fields.ts';
import type { User } from '../../src/model/records.ts';
import { type Disk, disk as realDisk } from '../../src/persistence/disk.ts';
import { type PersistedState, Persistence } from '../../src/persistence/persistence.ts';
import { State } from '../../src/store/state.ts';
import { createRandom } from '../../src/support/random.ts';
import { type DiskFault, faultyDisk } from '../support/disk.ts';

/**
 * Persistence at every point at which the machine may stop or the disk may fail: a run of all kinds of changes is repeated, and
 * each time another of its disk steps fails.
 */

const TIME = '2026-01-01T00:00:00Z';
const root = mkdtempSync(join(tmpdir(), 'users-emulator-'));
afterAll(() => rmSync(root, { recursive: true }));

const app = {
  id: 1,
  dialect: 'a',
  auth_key: 'k',
  auth_secret: null,
  owner_id: null,
  next_user_id: 1,
  settings: {},
} as const;
const options = { dialects: ['a'], defaultApplication: app, random: createRandom('1'), now: TIME };
const user = (id: number, more: Partial<User> = {}): User => ({
  id,
  ...EMPTY_USER,
  login: `user${id}`,
  created_at: TIME,
  updated_at: TIME,
  ...more,
});
/** So long that four of these in the change log cause a checkpoint. */
const LONG = 'x'.repeat(300_000);

/** One request: its changes are stored together or not at all. */
type Request = (kept: PersistedState, persistence: Persistence) => void;

const snapshot: Request = (kept, persistence) =>
  persistence.replace(() => kept.snapshots.set('before', kept.state.fork()));
const restore: Request = (kept, persistence) =>
  persistence.replace(() => {
    kept.state = (kept.snapshots.get('before') ?? kept.state).fork();
  });

/** `node bench/crash.mjs` tries every step of the longer run too. */
const STRIDE = process.env.CRASHES ? 1 : 5;

const RUNS: readonly { readonly what: string; readonly stride: number; readonly requests: readonly Request[] }[] = [
  {
    what: 'changes, and whole states',
    stride: 1,
    requests: [
      ({ state }) => signUp(state, 1),
      ({ state }) => signUp(state, 2),
      ({ state }) => state.users(1).get(1) && state.users(1).put(user(1, { full_name: 'Renamed' })),
      snapshot,
      ({ state }) => signUp(state, 3),
      restore,
      ({ state }) => signUp(state, 3, 'again'),
      ({ state }) => state.users(1).delete(2),
      restore,
      restore,
      ({ state }) => signUp(state, 3, 'once more'),
    ],
  },
  {
    what: 'so many changes that the journal is folded',
    stride: STRIDE,
    requests: [
      ({ state }) => signUp(state, 1, LONG),
      ({ state }) => signUp(state, 2, LONG),
      ({ state }) => signUp(state, 3, LONG),
      ({ state }) => signUp(state, 4, LONG),
      ({ state }) => signUp(state, 5, LONG),
      ({ state }) => signUp(state, 6),
      ({ state }) => state.users(1).delete(2),
      snapshot,
      ({ state }) => signUp(state, 7),
    ],
  },
];

function signUp(state: State, id: number, custom_data: string | null = null): void {
  state.applications.put({ ...app, next_user_id: id + 1 });
  state.users(1).put(user(id, { custom_data }));
}

function persistenceOf(file: string, disk: Disk = realDisk): Persistence {
  return new Persistence(file, { disk, load: (given) => loadContents(given, options), warn: () => {} });
}

/** The whole state as text; long texts shortened. */
const told = ({ state, snapshots }: { state: State; snapshots: ReadonlyMap<string, State> }) =>
  JSON.stringify(
    [exportState(state), [...snapshots].map(([name, snapshot]) => [name, exportState(snapshot)])],
    (_, value) => (value === LONG ? 'long' : value),
  );

/** The state that a server starting now would load. */
function found(file: string): string {
  const contents = persistenceOf(file).load();
  return contents ? told(contents) : 'nothing';
}

/** The outcome of a request; the first is the creation of the file, the last the stop. */
interface Outcome {
  readonly kept: PersistedState;
  readonly error: Error | undefined;
  readonly number: number;
}

/** @param after called with each outcome @returns the number of disk steps */
async function run(
  requests: readonly Request[],
  file: string,
  fate: DiskFault,
  after: (outcome: Outcome) => void,
): Promise<number> {
  const disk = faultyDisk(fate);
  const persistence = persistenceOf(file, disk);
  const kept: PersistedState = { state: new State(), snapshots: new Map() };
  kept.state.applications.put(app);
  persistence.attach(kept);
  const settle = async (number: number, promise: Promise<void> | undefined) => {
    const error = await promise?.then(
      () => undefined,
      (error: Error) => error,
    );
    after({ kept, error, number });
  };
  await settle(0, persistence.writeInitial());
  for (const [index, change] of requests.entries()) {
    change(kept, persistence);
    await settle(index + 1, persistence.commit());
  }
  await settle(requests.length + 1, persistence.close());
  return disk.steps();
}

/** The states after each of the requests, without disk faults. */
function statesOf(requests: readonly Request[]): string[] {
  const kept: PersistedState = { state: new State(), snapshots: new Map() };
  kept.state.applications.put(app);
  const unkept = { replace: (change: () => void) => change() } as Persistence;
  const states = [told(kept)];
  for (const change of requests) {
    change(kept, unkept);
    states.push(told(kept));
  }
  return states;
}

const NO_FAULTS: DiskFault = () => undefined;
let made = 0;
const newFile = () => join(root, `${made++}.json`);

describe.each(RUNS)('$what', ({ requests, stride }) => {
  const countSteps = () => run(requests, newFile(), NO_FAULTS, () => {});

  test('without faults everything is stored in one file', async () => {
    const file = newFile();
    await run(requests, file, NO_FAULTS, ({ kept, error, number }) => {
      expect(error, `request ${number}`).toBeUndefined();
      expect(found(file), `request ${number}`).toBe(told(kept));
    });
    const name = basename(file);
    expect(readdirSync(root).filter((each) => each.startsWith(name))).toEqual([name]);
  });

  test.each([
    ['before it', false],
    ['in the middle of it', true],
  ])('a stop at any step, %s, loses no confirmed change and stores none partially', async (_, half) => {
    const states = ['nothing', ...statesOf(requests)];
    const steps = await countSteps();
    expect(steps).toBeGreaterThan(50);
    for (let stop = 1; stop <= steps; stop += stride) {
      const file = newFile();
      let promised = 0;
      let stopped = false;
      await run(
        requests,
        file,
        (step) => (step >= stop ? { code: 'EIO', half: half && step === stop } : undefined),
        ({ error, number }) => {
          stopped ||= error !== undefined;
          if (!stopped && number <= requests.length) promised = number + 1;
        },
      );
      expect(states.slice(promised, promised + 2), `stopped at step ${stop}`).toContain(found(file));
    }
  });

  test('when any one step fails, memory and disk agree, and later changes are stored', async () => {
    const steps = await countSteps();
    for (let failing = 1; failing <= steps; failing += stride) {
      const file = newFile();
      const errors: number[] = [];
      await run(
        requests,
        file,
        (step) => (step === failing ? { code: 'ENOSPC', half: true } : undefined),
        ({ kept, error, number }) => {
          if (error) errors.push(number);
          if (error && number === 0) return;
          if (error || number > requests.length || failing % 4 === 1)
            expect(found(file), `step ${failing}, request ${number}`).toBe(told(kept));
        },
      );
      expect(errors.length).toBeLessThanOrEqual(1);
    }
  });

  test('when the clean-up fails, too, the next write repairs the file', async () => {
    const steps = await countSteps();
    for (let failing = 1; failing < steps; failing += stride) {
      const file = newFile();
      await run(
        requests,
        file,
        (step) => (step === failing || step === failing + 1 ? { code: 'EIO' } : undefined),
        ({ kept, number }) => {
          if (number > requests.length && failing < steps - 10)
            expect(found(file), `steps from ${failing}`).toBe(told(kept));
        },
      );
    }
  });
});
