import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportState } from '../../src/fixtures/export.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import { faultyDisk } from '../support/disk.ts';
import { temporaryFolder } from '../support/folder.ts';
import { createUser, openPersistence } from '../support/persistence.ts';

/** Edits of the data file that the running emulator takes in, for `--watch`, on a disk that fails or is edited at any step. */

const folder = temporaryFolder();
let files = 0;

const put = ({ content }: Persistence, id: number, full_name: string) =>
  content.state.users(1).put(createUser(id, { full_name }));
const namesIn = ({ content }: Persistence) =>
  exportState(content.state).applications?.flatMap(({ users = [] }) => users.map(({ full_name }) => full_name));
const namesStored = async (file: string) => namesIn(await openPersistence(file));

type OnStep = (step: number, edit: (name: string) => void, name: string) => string | undefined;

/** A stored user and an edit that renames it, as `take` takes it in. @param onStep called before each step of the disk meanwhile */
async function createEdit(onStep: OnStep) {
  const file = join(folder, `${files++}.json`);
  const edit = (name: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/Mia\w*/, name));
  let step: number | undefined;
  const disk = faultyDisk((_, name) => {
    const code = step === undefined ? undefined : onStep(++step, edit, name);
    return code === undefined ? undefined : { code };
  });
  const persistence = await openPersistence(file, { disk });
  put(persistence, 1, 'Mia');
  await persistence.rewrite();
  edit('Miata');
  const take = async (): Promise<unknown> => {
    step = 0;
    const taking = persistence.takeInEdit(({ state }) =>
      persistence.replaceAll((content) => {
        content.state = state;
      }),
    );
    const outcome = await taking.catch((error: unknown) => error);
    step = undefined;
    return outcome;
  };
  return { file, persistence, take };
}

/** The names of the steps in which an edit is taken in. */
async function stepsOfTaking(): Promise<string[]> {
  const names: string[] = [];
  const { persistence, take } = await createEdit((_step, _edit, name) => {
    names.push(name);
    return undefined;
  });
  expect(await take()).toBe('taken');
  expect(namesIn(persistence)).toEqual(['Miata']);
  await persistence.close();
  return names;
}

test('a full disk at any step: the edit is taken in or kept beside, and later changes keep the state as it is in memory', async () => {
  const steps = await stepsOfTaking();
  let refused = 0;
  for (let failing = 1; failing <= steps.length; failing++) {
    const { file, persistence, take } = await createEdit((step) => (step === failing ? 'ENOSPC' : undefined));
    const outcome = await take();
    const where = `step ${failing}`;
    if (outcome !== 'taken') refused++;
    const names = outcome === 'taken' ? ['Miata'] : ['Mia'];
    expect(namesIn(persistence), where).toEqual(names);
    put(persistence, 2, 'Leo');
    await persistence.commit();
    expect(namesIn(persistence), where).toEqual([...names, 'Leo']);
    expect(await namesStored(file), where).toEqual([...names, 'Leo']);
    await persistence.close();
  }
  expect(refused).toBeGreaterThan(0);
});

test('a second edit at any step is kept beside, or stays for the next time', async () => {
  // no other program can come between the last look at the file and its replacement
  const steps = (await stepsOfTaking()).flatMap((name, index) => (name === 'rename' ? [] : [index + 1]));
  expect(steps.length).toBeGreaterThan(5);
  for (const at of steps) {
    const { file, persistence, take } = await createEdit((step, edit) => {
      if (step === at) edit('MiaTheSecond');
      return undefined;
    });
    expect(await take()).toBe('taken');
    const texts = [file, `${file}.theirs`].filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
    expect(texts.join(), `step ${at}`).toContain('MiaTheSecond');
    await persistence.close();
  }
});
