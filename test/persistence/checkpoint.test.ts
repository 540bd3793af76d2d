import fs, { readdirSync, readFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exportState } from '../../src/fixtures/export.ts';
import type { Disk } from '../../src/persistence/disk.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import type { State } from '../../src/store/state.ts';
import { faultyDisk } from '../support/disk.ts';
import { temporaryFolder } from '../support/folder.ts';
import { APP, createUser, openPersistence } from '../support/persistence.ts';

/** Checkpoints that take as long as a test wants. */

const root = temporaryFolder();
let made = 0;
let folder: string;
let file: string;
let said: string[];
let persistence: Persistence;
/** Waited for before a new data file is flushed. */
let gate: Promise<void> | undefined;
/** Whether appending to the change log fails. */
let logFails: boolean;
/** What the disk opened: servers that are killed close nothing. */
const handles: FileHandle[] = [];

const disk: Disk = {
  ...fs,
  promises: {
    ...fs.promises,
    open: async (path, flags, mode) => {
      const handle: FileHandle = await fs.promises.open(path, flags, mode);
      handles.push(handle);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        if (String(path).endsWith('.tmp')) await gate;
        await sync();
      };
      const appendFile = handle.appendFile.bind(handle);
      handle.appendFile = async (data) => {
        if (logFails && String(path).endsWith('.changes')) throw new Error('the log fails');
        await appendFile(data);
      };
      return handle;
    },
  } as typeof fs.promises,
};

beforeEach(async () => {
  folder = join(root, String(made++));
  fs.mkdirSync(folder);
  file = join(folder, 'state.json');
  said = [];
  gate = undefined;
  logFails = false;
  persistence = await openPersistence(file, { disk, warn: (text) => said.push(text) });
  await persistence.rewrite();
});

afterEach(async () => {
  await persistence.close();
  for (const handle of handles.splice(0)) await handle.close();
});

const signUp = (id: number, custom_data = 'short') => {
  const { state } = persistence.content;
  state.applications.put({ ...APP, next_user_id: id + 1 });
  state.users(1).put(createUser(id, { custom_data }));
  return persistence.commit();
};
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });
const temporaryFiles = () => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
/** Long enough for a checkpoint to be due. */
const LONG = 'x'.repeat(1 << 21);
const contentOf = (state: State) => JSON.stringify(exportState(state), (_, value) => (value === LONG ? 'long' : value));

/** Makes the change log so long that the next change starts a checkpoint. */
async function fillLog(): Promise<void> {
  await signUp(1, LONG);
}

/** Starts a checkpoint that doesn't end before the result is called. */
async function startCheckpoint(): Promise<() => void> {
  await fillLog();
  let release = () => {};
  gate = new Promise((resolve) => {
    release = resolve;
  });
  await signUp(2);
  await eventually(() => expect(temporaryFiles().length).toBe(1));
  return release;
}

/** A server that started now would load the state that is in memory. */
async function expectStored(): Promise<void> {
  const { content } = await openPersistence(file);
  expect(contentOf(content.state)).toBe(contentOf(persistence.content.state));
}

test('changes go on while a checkpoint runs, and the log keeps those that the new file does not include', async () => {
  const release = await startCheckpoint();
  await signUp(3);
  await signUp(4);
  await expectStored();
  const before = readFileSync(`${file}.changes`).length;
  release();
  await eventually(() => expect(temporaryFiles()).toEqual([]));
  await eventually(() => expect(readFileSync(`${file}.changes`).length).toBeLessThan(before / 100));
  expect(readFileSync(file, 'utf8')).toContain('"login": "user2"');
  expect(readFileSync(file, 'utf8')).not.toContain('"login": "user3"');
  expect(readFileSync(`${file}.changes`, 'utf8')).toMatch(/^\{"n":\d.*\n.*"user3".*\n.*"user4".*\n$/);
  await expectStored();
  await persistence.close();
  expect(readdirSync(folder)).toEqual(['state.json']);
  await expectStored();
});

test('a write of the whole file waits for the checkpoint, and includes all changes up to then', async () => {
  const release = await startCheckpoint();
  let stored = false;
  persistence.replaceAll(({ snapshots, state }) => snapshots.set('one', state.fork()));
  const committed = persistence.commit()?.then(() => {
    stored = true;
  });
  const later = signUp(3);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(stored).toBe(false);
  expect(temporaryFiles().length).toBe(1);
  release();
  await Promise.all([committed, later]);
  const { content } = await openPersistence(file);
  expect([...content.snapshots.keys()]).toEqual(['one']);
  await expectStored();
});

test('a checkpoint whose own batch can not be logged is dropped: memory and disk agree', async () => {
  await fillLog();
  let release = () => {};
  gate = new Promise((resolve) => {
    release = resolve;
  });
  logFails = true;
  await expect(signUp(2)).rejects.toThrow("state.json can't be written (the log fails)");
  logFails = false;
  release();
  await eventually(() => expect(temporaryFiles()).toEqual([]));
  expect(persistence.content.state.users(1).size).toBe(1);
  expect(readFileSync(file, 'utf8')).not.toContain('"user1"');
  await expectStored();
  await signUp(3);
  await expectStored();
  expect(said).toEqual([
    `${file} can't be written: the log fails. Until it can, changes are refused`,
    `${file} can be written again`,
  ]);
});

test('a checkpoint that fails is reported, and changes are logged all the same', async () => {
  await fillLog();
  gate = Promise.reject(new Error('no room'));
  gate.catch(() => {});
  await signUp(2);
  await eventually(() =>
    expect(said).toEqual([`${file} can't be rewritten, so its change log keeps growing: no room`]),
  );
  await signUp(3);
  await expectStored();
  expect(temporaryFiles()).toEqual([]);
  gate = undefined;
  await persistence.close();
  expect(readdirSync(folder)).toEqual(['state.json']);
  await expectStored();
});

test('servers that are always killed rewrite the file, too: the change log of earlier runs counts', async () => {
  for (let run = 1; run <= 4; run++) {
    persistence = await openPersistence(file, { disk });
    await signUp(run, 'x'.repeat(400_000));
  }
  await eventually(() => expect(readFileSync(file, 'utf8')).toContain('"login": "user3"'));
  await eventually(() => expect(temporaryFiles()).toEqual([]));
  await expectStored();
});

test('closing waits for a checkpoint', async () => {
  const release = await startCheckpoint();
  await signUp(3);
  const closed = persistence.close();
  release();
  await closed;
  expect(readdirSync(folder)).toEqual(['state.json']);
  await expectStored();
});

test('closing ends even if the disk never works again, and then answers what was held back', async () => {
  let isBroken = false;
  const faulty = faultyDisk((_, name) => (isBroken && name === 'sync of the folder' ? { code: 'EIO' } : undefined));
  persistence = await openPersistence(file, { disk: faulty });
  await signUp(1);
  isBroken = true;
  persistence.replaceAll(({ snapshots, state }) => snapshots.set('one', state.fork()));
  const change = persistence.commit();
  const answer = vi.fn();
  change?.then(answer, answer);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answer).not.toHaveBeenCalled();
  await persistence.close();
  await expect(change).rejects.toThrow('EIO: injected, sync of the folder');
});
