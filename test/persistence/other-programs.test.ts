import fs, {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import type { Disk } from '../../src/persistence/disk.ts';
import { temporaryFolder } from '../support/folder.ts';
import { APP, createUser, openPersistence } from '../support/persistence.ts';

/** Other programs, and people without good intentions, in the folder of the data file. */

const root = temporaryFolder();
let made = 0;
let folder: string;
let file: string;
let log: string;
let warnings: string[];
let emulator: Emulator;
beforeEach(() => {
  folder = join(root, String(made++));
  mkdirSync(folder);
  file = join(folder, 'state.json');
  log = `${file}.changes`;
  warnings = [];
});
afterEach(async () => {
  await emulator?.close();
});

async function start(): Promise<void> {
  emulator = await createEmulator({ data: file, warn: (text) => warnings.push(text) });
}
const signUp = (login: string) => emulator.users.create({ login, password: 'secret123' });

/** The logins that a server would find that starts on the files as they are now. */
async function stored(): Promise<unknown[]> {
  const copy = join(root, String(made++));
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'state.json.lock'), { force: true });
  const other = await createEmulator({ data: join(copy, 'state.json') });
  const { users } = await other.users.list();
  await other.close();
  return users.map(({ login }) => login);
}

const SAVED = (name: string) =>
  expect.stringMatching(new RegExp(`was changed by another program: its version is saved as .*/${name}$`));

describe('another program changes the change log', () => {
  beforeEach(start);

  test.each([
    ['a line', 'hello\n'],
    ['part of a line', 'hello'],
    ['a zero byte', '\0'],
  ])('and appends %s: it is saved, and no confirmed change lies behind it', async (_, bytes) => {
    await signUp('one');
    const before = readFileSync(log, 'utf8');
    appendFileSync(log, bytes);
    await signUp('two');
    expect(readFileSync(log, 'utf8').startsWith(`${before}{"n":`)).toBe(true);
    expect(readFileSync(`${log}.theirs`, 'utf8')).toBe(before + bytes);
    expect(warnings).toEqual([SAVED('state.json.changes.theirs')]);
    expect(await stored()).toEqual(['one', 'two']);
  });

  test('and appends before the first change after a restart', async () => {
    await signUp('one');
    const left = [file, log].map((path) => [path, readFileSync(path)] as const);
    await emulator.close();
    for (const [path, bytes] of left) writeFileSync(path, bytes);
    await start();
    appendFileSync(log, 'hello\n');
    await signUp('two');
    expect(readFileSync(`${log}.theirs`, 'utf8')).toContain('hello');
    expect(await stored()).toEqual(['one', 'two']);
  });

  test('and puts another in its place: that one is saved', async () => {
    await signUp('one');
    writeFileSync(`${log}.new`, 'x'.repeat(10_000));
    renameSync(`${log}.new`, log);
    await signUp('two');
    expect(readFileSync(`${log}.theirs`, 'utf8')).toBe('x'.repeat(10_000));
    expect(warnings).toEqual([SAVED('state.json.changes.theirs')]);
    expect(await stored()).toEqual(['one', 'two']);
  });

  test('and creates one before the first change: that one is saved', async () => {
    writeFileSync(log, 'theirs');
    await signUp('one');
    expect(readFileSync(`${log}.theirs`, 'utf8')).toBe('theirs');
    expect(await stored()).toEqual(['one']);
  });

  test('and creates one after the last: it is still there after the stop', async () => {
    writeFileSync(log, 'theirs');
    await emulator.close();
    expect(readFileSync(log, 'utf8')).toBe('theirs');
    rmSync(log);
  });
});

describe.skipIf(process.platform === 'win32')('links are never written through', () => {
  let victim: string;
  beforeEach(() => {
    victim = join(root, `victim${made}`);
    writeFileSync(victim, 'precious');
  });
  afterEach(() => {
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  test('in the place of the change log, at the start', async () => {
    await start();
    await emulator.close();
    symlinkSync(victim, log);
    await expect(start()).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("state.json.changes can't be read: state.json.changes is not a regular file"),
    });
  });

  test.each(['before the first change', 'after a change'])(
    'in the place of the change log, %s: changes are refused until it is gone',
    async (when) => {
      await start();
      if (when === 'after a change') await signUp('one');
      rmSync(log, { force: true });
      symlinkSync(victim, log);
      await expect(signUp('two')).rejects.toMatchObject({
        status: 503,
        message: expect.stringContaining('state.json.changes is not a regular file'),
      });
      rmSync(log);
      await signUp('three');
      expect(await stored()).toEqual(when === 'after a change' ? ['one', 'three'] : ['three']);
    },
  );

  test.each([
    ['the copy of the data file', () => file],
    ['the copy of the change log', () => log],
  ])('in the place of %s', async (_, changed) => {
    await start();
    await signUp('one');
    const copy = `${changed()}.theirs`;
    symlinkSync(victim, copy);
    appendFileSync(changed(), '\n');
    await signUp('two');
    expect(lstatSync(copy).isFile()).toBe(true);
    expect(await stored()).toEqual(['one', 'two']);
  });
});

test('temporary files are new ones, and nobody can foretell their names', async () => {
  const opened: { readonly name: string; readonly flags: unknown }[] = [];
  const disk: Disk = {
    ...fs,
    promises: {
      ...fs.promises,
      open: async (path, flags, mode) => {
        if (String(path).endsWith('.tmp')) opened.push({ name: String(path).slice(root.length), flags });
        return fs.promises.open(path, flags, mode);
      },
    } as typeof fs.promises,
  };
  const persistence = await openPersistence(file, { disk });
  const { state } = persistence.content;
  for (let id = 1; id <= 12; id++) {
    state.applications.put({ ...APP, next_user_id: id + 1 });
    state.users(1).put(createUser(id, { custom_data: 'x'.repeat(200_000) }));
    await persistence.commit();
  }
  await persistence.close();
  expect(opened.length).toBeGreaterThan(2);
  for (const { name, flags } of opened) {
    expect(flags).toBe('wx');
    expect(name).toMatch(/\.\d+-[0-9a-f]{16}\.tmp$/);
  }
  expect(new Set(opened.map(({ name }) => name)).size).toBe(opened.length);
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test('temporary files that a killed server left are removed at the start, those of earlier versions too', async () => {
  for (const name of ['state.json.12-0123456789abcdef.tmp', 'state.json.changes.12.tmp', 'state.json.12-3.tmp'])
    writeFileSync(join(folder, name), 'x');
  writeFileSync(join(folder, 'state.json.mine.tmp'), 'x');
  await start();
  await emulator.close();
  expect(readdirSync(folder)).toEqual(['state.json', 'state.json.mine.tmp']);
});

describe.runIf(existsSync('/proc/self/fd'))('file descriptors', () => {
  const descriptors = () => readdirSync('/proc/self/fd').length;

  test('stay few, however many sandboxes are written, one after another or at once', async () => {
    await start();
    const before = descriptors();
    const sandboxes = Array.from({ length: 400 }, (_, number) => emulator.sandbox(`w${number}`));
    const create = (login: string) =>
      Promise.all(sandboxes.map(({ users }) => users.create({ login, password: 'secret123' })));
    await create('one');
    await create('two');
    await expect.poll(() => descriptors() - before).toBeLessThanOrEqual(70);
    for (const { users } of sandboxes) await users.create({ login: 'three', password: 'secret123' });
    await expect.poll(() => descriptors() - before).toBeLessThanOrEqual(70);
    for (const { users } of sandboxes)
      expect((await users.list()).users.map(({ login }) => login)).toEqual(['one', 'two', 'three']);
    await emulator.close();
    await expect.poll(() => descriptors() - before).toBeLessThanOrEqual(5);
    await start();
    expect((await emulator.sandbox('w7').users.list()).users.map(({ login }) => login)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });
});
