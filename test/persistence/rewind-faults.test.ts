import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { createInitialState } from '../../src/emulator/initial-state.ts';
import { exportState } from '../../src/fixtures/export.ts';
import { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type DiskFault, faultyDisk } from '../support/disk.ts';
import { temporaryFolder } from '../support/folder.ts';
import { APP, createUser, openPersistence } from '../support/persistence.ts';

/** A rewind at every point at which the disk may fail. */

const folder = temporaryFolder();
const initial = createInitialState(readConfig({}), () => {});
const textOf = (content: Pick<Sandbox, 'state' | 'snapshots'>) =>
  JSON.stringify([
    exportState(content.state),
    [...content.snapshots].map(([name, state]) => [name, exportState(state)]),
  ]);
const loadedFrom = async (file: string) => textOf((await openPersistence(file)).content);

let files = 0;

/** A sandbox with a past, on a disk that fails when `fault` is set. */
async function createPast() {
  const file = join(folder, `${files++}.json`);
  let step = 0;
  let fault: DiskFault = () => undefined;
  const disk = faultyDisk((_, name) => fault(++step, name));
  const persistence = await openPersistence(file, { disk });
  const sandbox = new Sandbox('', initial, persistence);
  await sandbox.writeInitial();
  const put = (id: number, full_name: string) => () => {
    const { state } = sandbox;
    const { next_user_id } = state.applications.get(1)!;
    state.applications.put({ ...APP, next_user_id: Math.max(next_user_id, id + 1) });
    state.users(1).put(createUser(id, { full_name }));
  };
  /** The position and the content before each change. */
  const past: { readonly position: number; readonly text: string }[] = [];
  for (const change of [
    put(1, 'one'),
    put(2, 'two'),
    () => sandbox.saveSnapshot('before'),
    put(1, 'renamed'),
    () => sandbox.replaceState(sandbox.snapshots.get('before')!.fork(), 'restore'),
    put(3, 'three'),
    () => sandbox.state.users(1).delete(2),
  ]) {
    past.push({ position: sandbox.history.position, text: textOf(sandbox) });
    change();
    await sandbox.commit();
    sandbox.history.take();
  }
  return {
    file,
    sandbox,
    past,
    steps: () => step,
    failWith: (next: DiskFault) => {
      step = 0;
      fault = next;
    },
  };
}

/** Rewinds. @returns the error with which it was refused */
async function rewind(sandbox: Sandbox, position: number): Promise<unknown> {
  expect(sandbox.rewind(position)).toBe(true);
  return sandbox.commit()?.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each([
  ['over a restored snapshot', 1],
  ['record by record', 6],
])('%s', (_, at) => {
  const stepsWithoutFault = async () => {
    const { sandbox, past, steps, failWith } = await createPast();
    failWith(() => undefined);
    expect(await rewind(sandbox, past[at]!.position)).toBeUndefined();
    const count = steps();
    expect(count).toBeGreaterThan(0);
    await sandbox.close();
    return count;
  };

  test.each([
    ['no room', 'ENOSPC', true],
    ['an error of the disk', 'EIO', false],
  ])('%s at any step: it is stored, or nothing has changed, and it can be made again', async (_what, code, partial) => {
    const count = await stepsWithoutFault();
    let refused = 0;
    for (let failing = 1; failing <= count; failing++) {
      const { file, sandbox, past, failWith } = await createPast();
      const { position, text } = past[at]!;
      const before = textOf(sandbox);
      failWith((step) => (step === failing ? { code, partial } : undefined));
      const error = await rewind(sandbox, position);
      if (error !== undefined) refused++;
      const where = `step ${failing}`;
      // snapshots are no part of a rewind
      const expected = JSON.stringify([JSON.parse(text)[0], JSON.parse(before)[1]]);
      expect(textOf(sandbox), where).toBe(error === undefined ? expected : before);
      expect(await loadedFrom(file), where).toBe(textOf(sandbox));
      failWith(() => undefined);
      expect(await rewind(sandbox, position), where).toBeUndefined();
      expect(textOf(sandbox), where).toBe(expected);
      expect(await loadedFrom(file), where).toBe(expected);
      await sandbox.close();
      expect(await loadedFrom(file), where).toBe(expected);
    }
    expect(refused).toBeGreaterThan(0);
  });
});
