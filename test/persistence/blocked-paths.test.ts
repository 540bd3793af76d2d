import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Send, sender } from '../support/http.ts';

/** Something else in place of a file. Opening a pipe without a process at its other end would wait for ever. */

const root = temporaryFolder();
const { platform } = process;
let count = 0;
let folder: string;
let file: string;
let emulator: Emulator | undefined;
beforeEach(() => {
  folder = join(root, String(count++));
  file = join(folder, 'state.json');
  mkdirSync(folder);
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

const start = async () => {
  emulator = await createEmulator({ data: file, seed: true });
  return emulator;
};
const create = (login: string) => emulator!.users.create({ login, password: 'secret123' });
const pipe = (path: string) => {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path]);
};
/** The logins that a server would load after this one was killed. */
async function found(): Promise<unknown[]> {
  const copy = join(root, `copy${count++}`);
  cpSync(folder, copy, { recursive: true, filter: (from) => !from.endsWith('.lock') });
  const other = await createEmulator({ data: join(copy, 'state.json') });
  const { users } = await other.users.list();
  await other.close();
  return users.map(({ login }) => login);
}

describe.skipIf(platform === 'win32')('a named pipe', () => {
  const REFUSED = { exitCode: 5, message: expect.stringContaining(' is not a regular file') };

  test.each(['', '.changes', '.lock'])('as state.json%s: exit code 5', async (suffix) => {
    await (await start()).close();
    pipe(file + suffix);
    await expect(createEmulator({ data: file })).rejects.toMatchObject(suffix === '.lock' ? { exitCode: 5 } : REFUSED);
    expect(statSync(file + suffix).isFIFO()).toBe(true);
    rmSync(file + suffix);
    await start();
    await create('after');
  });

  test("as a sandbox's file: an error of that sandbox, until it is removed", async () => {
    const { url } = await start();
    mkdirSync(`${file}.sandboxes`);
    pipe(join(`${file}.sandboxes`, 'w1.json'));
    const send = sender(url);
    expect((await send('GET /sandbox/w1/users')).json.errors.base).toEqual([REFUSED.message]);
    expect(await send('GET /sandbox/w1/_emulator/users')).toMatchObject({
      status: 503,
      json: { detail: REFUSED.message },
    });
    rmSync(join(`${file}.sandboxes`, 'w1.json'));
    expect((await send('GET /sandbox/w1/_emulator/users')).json.total).toBe(3);
  });

  describe.each(['', '.changes'])('replacing state.json%s while the server runs', (suffix) => {
    let send: Send;
    let token: string;
    const signUp = (login: string) => send('POST /users', { token, body: { user: { login, password: 'secret123' } } });
    const NOT_KEPT = [
      expect.stringMatching(/^The change could not be stored: .*state\.json\S* is not a regular file\)$/),
    ];

    beforeEach(async () => {
      send = sender((await start()).url);
    });

    test.each([
      ['before the first change', false],
      ['after some', true],
    ])('%s: changes are refused until it is removed', async (_, changed) => {
      if (changed) {
        ({ token } = await emulator!.sessions.create({ user: 'Dacia' }));
        await create('before');
      } else await emulator!.close();
      if (!changed) send = sender((await start()).url);
      pipe(file + suffix);
      await expect(create('during')).rejects.toMatchObject({ status: 503 });
      await expect(emulator!.reset()).rejects.toMatchObject({ status: 503 });
      if (changed) {
        const { status, json } = await signUp('during');
        expect([status, json.errors.base]).toEqual([503, NOT_KEPT]);
        expect((await send('GET /users/51941', { token })).status).toBe(200);
      }
      expect(statSync(file + suffix).isFIFO()).toBe(true);
      rmSync(file + suffix);
      await create('after');
      const logins = await found();
      expect(logins).toEqual(expect.arrayContaining(changed ? ['before', 'after'] : ['after']));
      expect(logins).not.toContain('during');
    });
  });

  test("in place of the copy of others' changes: the file is not overwritten", async () => {
    await start();
    pipe(`${file}.theirs`);
    writeFileSync(file, '[]');
    await expect(create('during')).rejects.toMatchObject({ status: 503, message: REFUSED.message });
    rmSync(`${file}.theirs`);
    await create('after');
    expect(readFileSync(`${file}.theirs`, 'utf8')).toBe('[]');
    expect(await found()).toContain('after');
  });
});

describe('another file in place of the change log', () => {
  test.each<[what: string, content: (log: Buffer) => Buffer]>([
    ['of the same size', (log) => Buffer.alloc(log.length, 'x')],
    ['that is larger', (log) => Buffer.alloc(log.length + 1000, 'x')],
    ['that says the same', (log) => log],
  ])('%s: the next change writes everything again', async (_, content) => {
    await start();
    await create('before');
    const log = `${file}.changes`;
    const before = readFileSync(log);
    rmSync(log);
    writeFileSync(log, content(before));
    for (const login of ['one', 'two']) {
      await create(login);
      expect(await found()).toEqual(expect.arrayContaining(['before', login]));
    }
    await emulator!.close();
    expect(existsSync(log)).toBe(false);
    expect(await found()).toEqual(expect.arrayContaining(['before', 'one', 'two']));
  });
});
