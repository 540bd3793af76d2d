import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { exportState } from '../../src/fixtures/export.ts';
import type { PersistedState } from '../../src/persistence/database.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import type { State } from '../../src/store/state.ts';
import { type DiskFault, faultyDisk } from '../support/disk.ts';
import { APP, createContent, createUser, openPersistence } from '../support/persistence.ts';

/**
 * Persistence at every point at which the machine may stop or the disk may fail: a run of all kinds of changes is repeated, and
 * each time another of its disk steps fails.
 */

const root = mkdtempSync(join(tmpdir(), 'users-emulator-'));
afterAll(() => rmSync(root, { recursive: true }));

/** So long that four of these in the change log cause a checkpoint. */
const LONG = 'x'.repeat(300_000);

/** One request: its changes are stored together or not at all. */
type Request = (content: PersistedState, replaceAll: Persistence['replaceAll']) => void;

const snapshot: Request = (_, replaceAll) =>
  replaceAll(({ snapshots, state }) => snapshots.set('before', state.fork()));
const restore: Request = (_, replaceAll) =>
  replaceAll((content) => {
    content.state = (content.snapshots.get('before') ?? content.state).fork();
  });

/** `node bench/crash.mjs` tries every step of the longer run too. */
const STRIDE = process.env.CRASHES ? 1 : 5;
const TIME_LIMIT = process.env.CRASHES ? 600_000 : 60_000;

const RUNS: readonly { readonly what: string; readonly stride: number; readonly requests: readonly Request[] }[] = [
  {
    what: 'changes, and whole states',
    stride: 1,
    requests: [
      ({ state }) => signUp(state, 1),
      ({ state }) => signUp(state, 2),
      ({ state }) => state.users(1).get(1) && state.users(1).put(createUser(1, { full_name: 'Renamed' })),
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
    what: 'so many changes that a checkpoint is due',
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
  state.applications.put({ ...APP, next_user_id: id + 1 });
  state.users(1).put(createUser(id, { custom_data }));
}

/** The whole content as text; long texts shortened. */
const asText = ({ state, snapshots }: { state: State; snapshots: ReadonlyMap<string, State> }) =>
  JSON.stringify(
    [exportState(state), [...snapshots].map(([name, snapshot]) => [name, exportState(snapshot)])],
    (_, value) => (value === LONG ? 'long' : value),
  );

/** The content that a server starting now would load. */
async function loadedFrom(file: string): Promise<string> {
  const { content, storedVersion } = await openPersistence(file);
  return storedVersion === undefined ? 'nothing' : asText(content);
}

/** How long (ms) an answer may take after a fault, where the disk goes on, and where it doesn't. */
const PATIENCE = 20_000;
const PATIENCE_AFTER_STOP = 200;
/** The emulator holds an answer back while it can't know what is on disk. */
const HELD_BACK = new Error('held back');

/** The outcome of a request; the first is the creation of the file, the last the stop. */
interface Outcome {
  readonly content: PersistedState;
  /** `HELD_BACK`: there is no answer yet. */
  readonly error: Error | undefined;
  readonly number: number;
}

async function heldBack(disk: ReturnType<typeof faultyDisk>, patience: number): Promise<Error> {
  while (!disk.hasFailed()) await sleep(10);
  return sleep(patience, HELD_BACK, { ref: false });
}

/** @param after called with each outcome @returns the number of disk steps */
async function run(
  requests: readonly Request[],
  file: string,
  faultAt: DiskFault,
  after: (outcome: Outcome) => void | Promise<void>,
  patience = PATIENCE,
): Promise<number> {
  const disk = faultyDisk(faultAt);
  const persistence = await openPersistence(file, { disk });
  const { content } = persistence;
  const settle = async (number: number, promise: Promise<void> | undefined) => {
    const answer = promise?.then(
      () => undefined,
      (error: Error) => error,
    );
    const error = await Promise.race([answer, heldBack(disk, patience)]);
    await after({ content, error, number });
  };
  await settle(0, persistence.rewrite());
  for (const [index, change] of requests.entries()) {
    change(content, (replace) => persistence.replaceAll(replace));
    await settle(index + 1, persistence.commit());
  }
  await settle(requests.length + 1, persistence.close());
  return disk.steps();
}

/** The content after each of the requests, without disk faults. */
function contentsAfter(requests: readonly Request[]): string[] {
  const content = createContent();
  const contents = [asText(content)];
  for (const change of requests) {
    change(content, (replace) => replace(content));
    contents.push(asText(content));
  }
  return contents;
}

const NO_FAULTS: DiskFault = () => undefined;
let count = 0;
const newFile = () => join(root, `${count++}.json`);

describe.each(RUNS)('$what', { timeout: TIME_LIMIT }, ({ requests, stride }) => {
  const countSteps = async () => {
    const steps = await run(requests, newFile(), NO_FAULTS, () => {});
    expect(steps).toBeGreaterThan(50);
    return steps;
  };

  test('without faults everything is stored in one file', async () => {
    const file = newFile();
    await run(requests, file, NO_FAULTS, async ({ content, error, number }) => {
      expect(error, `request ${number}`).toBeUndefined();
      expect(await loadedFrom(file), `request ${number}`).toBe(asText(content));
    });
    const name = basename(file);
    expect(readdirSync(root).filter((each) => each.startsWith(name))).toEqual([name]);
  });

  test.each([
    ['before it', false],
    ['in the middle of it', true],
  ])(
    'a stop at any step, %s, loses no confirmed change, stores none partially, and none that was refused',
    async (_, partial) => {
      const contents = ['nothing', ...contentsAfter(requests)];
      const steps = await countSteps();
      for (let stop = 1; stop <= steps; stop += stride) {
        const file = newFile();
        let confirmed = 0;
        let stopped: Error | undefined;
        await run(
          requests,
          file,
          (step) => (step >= stop ? { code: 'EIO', partial: partial && step === stop } : undefined),
          ({ error, number }) => {
            stopped ??= error;
            if (!stopped && number <= requests.length) confirmed = number + 1;
          },
          PATIENCE_AFTER_STOP,
        );
        const possible = contents.slice(confirmed, stopped === HELD_BACK ? confirmed + 2 : confirmed + 1);
        expect(possible, `stopped at step ${stop}`).toContain(await loadedFrom(file));
      }
    },
  );

  test('when any one step fails, memory and disk agree, and later changes are stored', async () => {
    const steps = await countSteps();
    for (let failing = 1; failing <= steps; failing += stride) {
      const file = newFile();
      const errors: number[] = [];
      await run(
        requests,
        file,
        (step) => (step === failing ? { code: 'ENOSPC', partial: true } : undefined),
        async ({ content, error, number }) => {
          if (error) errors.push(number);
          if (error && number === 0) return;
          if (error || number > requests.length || failing % 4 === 1)
            expect(await loadedFrom(file), `step ${failing}, request ${number}`).toBe(asText(content));
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
        async ({ content, number }) => {
          if (number > requests.length && failing < steps - 10)
            expect(await loadedFrom(file), `steps from ${failing}`).toBe(asText(content));
        },
      );
    }
  });
});
