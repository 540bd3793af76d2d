import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { BIN } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Send, sender } from '../support/http.ts';
import { NOBODY, unprivilegedProgram } from '../support/unprivileged.ts';

/** Faults of real disks; `crash-points.test.ts` has the injected ones. */

const root = temporaryFolder();
let folder: string;
let file: string;
let emulator: Emulator;
let send: Send;
let token: string;
let warnings: string[];
let made = 0;
beforeEach(() => {
  folder = join(root, String(made++));
  file = join(folder, 'state.json');
  mkdirSync(folder);
  warnings = [];
});
afterEach(async () => {
  await emulator?.close();
});

async function start(): Promise<void> {
  emulator = await createEmulator({ data: file, seed: true, warn: (text) => warnings.push(text) });
  send = sender(emulator.url);
  ({ token } = await emulator.sessions.create({ user: 'Dacia' }));
}

const signUp = (login: string, custom_data = '') =>
  send('POST /users', { token, body: { user: { login, password: 'secret123', custom_data } } });
const logins = async () => (await emulator.users.list({ limit: 10_000 })).users.map(({ login }) => login);

/** Expects the same state on disk as in memory, with or without a stop. */
async function expectStored(): Promise<void> {
  const { sessions, ...before } = await emulator.export();
  await emulator.close();
  emulator = await createEmulator({ data: file });
  expect(await emulator.export()).toMatchObject(before);
  expect((await emulator.export()).sessions!.map((session) => session.token)).toEqual(
    sessions!.map((each) => each.token),
  );
}

const REFUSED = /^The change could not be stored: state\.json can't be written \((\w+): /;

/** Expects the API's error for a change that could not be stored. */
function expectRefused({ status, json }: { status: number; json: unknown }, code: string): void {
  expect([status, json]).toEqual([503, { errors: { base: [expect.stringMatching(REFUSED)] } }]);
  const [text] = (json as { errors: { base: [string] } }).errors.base;
  expect(REFUSED.exec(text)![1]).toBe(code);
}

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** Root can mount a disk, but not in every container. */
function canMount(): boolean {
  const place = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  }
}

describe.runIf(canMount())('a separate disk', () => {
  const mount = (...options: string[]) => execFileSync('mount', [...options, folder]);
  beforeEach(() => mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs'));
  afterEach(async () => {
    await emulator.close();
    execFileSync('umount', [folder]);
  });
  const filler = () => join(folder, 'filler');
  function fill(): void {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler(), Buffer.alloc(bavail * bsize));
  }

  test('that is full: changes are refused until there is room', async () => {
    await start();
    expect((await signUp('before')).status).toBe(201);
    fill();
    expectRefused(await signUp('during', 'x'.repeat(9_000)), 'ENOSPC');
    expect(await logins()).not.toContain('during');
    expect((await send('GET /users/51941', { token })).status).toBe(200);
    expectRefused(await signUp('during', 'x'.repeat(9_000)), 'ENOSPC');
    expectRefused(
      await send('PUT /users/51941', { token, body: { user: { custom_data: 'x'.repeat(9_000) } } }),
      'ENOSPC',
    );
    expect((await emulator.users.get(51941)).custom_data).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/state\.json can't be written: ENOSPC.* Until it can, changes are refused$/),
    ]);

    rmSync(filler());
    expect((await signUp('during')).status).toBe(201);
    expect(warnings[1]).toMatch(/state\.json can be written again$/);
    await expectStored();
    expect(await logins()).toEqual(expect.arrayContaining(['before', 'during']));
  });

  test('that is full: a lock that has no room leaves no empty one, which would belong to nobody', async () => {
    await start();
    const lock = `${file}.lock`;
    rmSync(lock);
    fill();
    const files = readdirSync(folder);
    const reason = "state.json.lock can't be created: ENOSPC";
    expect(await signUp('during')).toMatchObject({
      status: 503,
      json: { errors: { base: [expect.stringContaining(reason)] } },
    });
    await expect(createEmulator({ data: file })).rejects.toThrow(reason);
    expect(readdirSync(folder)).toEqual(files);

    rmSync(filler());
    expect((await signUp('during')).status).toBe(201);
    expect(readFileSync(lock, 'utf8')).toContain(`"pid":${process.pid}`);
  });

  test('that is full: a refused reset, restore or import changes nothing', async () => {
    await start();
    await emulator.snapshot('one');
    await emulator.users.create({ login: 'mia', password: 'secret123' });
    const before = await emulator.export();
    fill();
    const refused = {
      status: 503,
      message: expect.stringContaining("the change could not be stored: state.json can't be written (ENOSPC"),
    };
    await expect(emulator.reset()).rejects.toMatchObject(refused);
    await expect(emulator.restore('one')).rejects.toMatchObject(refused);
    await expect(emulator.snapshot('two')).rejects.toMatchObject(refused);
    await expect(emulator.snapshots.delete('one')).rejects.toMatchObject(refused);
    await expect(emulator.import([{ login: 'ann' }])).rejects.toMatchObject(refused);
    const overHttp = await send('POST /_emulator/reset', { body: {} });
    expect([overHttp.status, overHttp.json.detail]).toEqual([503, refused.message]);
    expect(await emulator.export()).toEqual(before);
    expect(await emulator.snapshots.list()).toEqual(['one']);
    rmSync(filler());
    await expectStored();
    await emulator.restore('one');
    expect(await logins()).not.toContain('mia');
  });

  test('that is full: a refused rewind changes nothing, and works once there is room', async () => {
    await start();
    await signUp('mia');
    await signUp('leo');
    await emulator.snapshot('one');
    await signUp('ann');
    await emulator.restore('one');
    const update = (custom_data: string) => send('PUT /users/51941', { token, body: { user: { custom_data } } });
    const long = 'x'.repeat(9_000);
    await update(long);
    const beforeLast = await emulator.export();
    await update('short');
    const before = await emulator.export();
    fill();
    const events = await emulator.events({ types: ['reset'] });
    const causes: string[] = [];
    const reading = (async () => {
      for await (const { data } of events) causes.push('cause' in data ? data.cause : '');
    })();
    // the last undoes one change of a record, the others put an earlier state in the place of all
    for (const id of [5, 3, 1]) {
      const { status, json } = await send(`POST /_emulator/requests/${id}/rewind`, { body: {} });
      expect([id, status, json.detail]).toEqual([id, 503, expect.stringContaining('(ENOSPC')]);
      expect(await emulator.export()).toEqual(before);
      expect(await emulator.requests.list()).toHaveLength(5);
    }
    // who has seen the rewind loads everything again
    await expect.poll(() => causes).toEqual(['rewind', 'missed', 'rewind', 'missed', 'rewind', 'missed']);
    events.close();
    await reading;
    rmSync(filler());
    await emulator.rewind(5);
    expect((await emulator.export()).applications).toEqual(beforeLast.applications);
    await emulator.rewind(2);
    expect(await logins()).toEqual(expect.arrayContaining(['Dacia', 'mia']));
    expect(await logins()).not.toContain('leo');
    await expectStored();
  });

  test('that fills up under concurrent requests: each change is stored or refused, and none partially', async () => {
    await start();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        const login = `user${number}`;
        const { status } = await signUp(login, 'x'.repeat(2_000));
        return { login, status };
      }),
    );
    const stored = answers.filter(({ status }) => status === 201).map(({ login }) => login);
    expect(stored.length).toBeGreaterThan(10);
    expect(answers.filter(({ status }) => status === 503).length).toBe(200 - stored.length);
    expect(200 - stored.length).toBeGreaterThan(10);
    const seeded = ['Dacia', 'ppavalli', 'gabby'];
    expect((await logins()).sort()).toEqual([...seeded, ...stored].sort());
    await emulator.close();
    execFileSync('mount', ['-o', 'remount,size=4m', folder]);
    await start();
    expect((await logins()).sort()).toEqual([...seeded, ...stored].sort());
  });

  test('that is read-only for a while: changes are refused meanwhile', async () => {
    await start();
    await emulator.close();
    emulator = await createEmulator({ data: file, warn: (text) => warnings.push(text) });
    send = sender(emulator.url);
    mount('-o', 'remount,ro');
    expectRefused(await signUp('during'), 'EROFS');
    expect((await send('GET /users/51941', { token })).status).toBe(200);
    mount('-o', 'remount,rw');
    expect((await signUp('after')).status).toBe(201);
    await expectStored();
    expect(await logins()).toContain('after');
  });

  test('that is read-only from the start: exit code 5', async () => {
    await start();
    await emulator.close();
    mount('-o', 'remount,ro');
    const starting = createEmulator({ data: file });
    await expect(starting).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringMatching(/state\.json\.lock can't be created: EROFS/),
    });
  });
});

describe('a server without permissions', () => {
  const program = isRoot ? unprivilegedProgram() : [BIN];
  let child: ChildProcess;
  let url: string;
  let err: string;
  afterEach(async () => {
    chmodSync(folder, 0o755);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  /** Root may do everything, so a server started by root runs as another user. */
  function own(path: string): void {
    if (isRoot) chownSync(path, NOBODY, NOBODY);
  }

  async function startChild(): Promise<number | null> {
    own(folder);
    chmodSync(root, 0o755);
    err = '';
    const args = [
      ...program,
      '--data',
      file,
      '--port',
      '0',
      '--seed',
      '--json',
      '--log',
      'silent',
      '--state-dir',
      folder,
    ];
    child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr!.on('data', (chunk) => {
      err += chunk;
    });
    const ended = once(child, 'exit').then(([code]) => code as number);
    const ready = once(child.stdout!, 'data').then(([chunk]) => {
      url = JSON.parse(String(chunk)).url;
      return null;
    });
    return Promise.race([ready, ended]);
  }

  test('that loses the permission to write refuses changes until it has it again', async () => {
    expect(await startChild()).toBeNull();
    send = sender(url);
    chmodSync(folder, 0o555);
    const create = (login: string) => send('POST /_emulator/users', { body: { login, password: 'secret123' } });
    const refused = await create('during');
    expect([refused.status, refused.json.detail]).toEqual([503, expect.stringContaining('EACCES')]);
    expect((await create('during')).status).toBe(503);
    chmodSync(folder, 0o755);
    expect((await create('after')).status).toBe(200);
    expect(err.match(/can't be written/g)?.length).toBe(1);
    expect(err.match(/can be written again/g)?.length).toBe(1);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('after');
    expect(readFileSync(file, 'utf8')).not.toContain('during');
  });

  test('that may not read the file ends with exit code 5', async () => {
    writeFileSync(file, '[]', { mode: 0o000 });
    expect(await startChild()).toBe(5);
    expect(err).toMatch(/^users-emulator: \S+state\.json can't be read: EACCES: .*\n$/);
    chmodSync(file, 0o600);
    expect(readFileSync(file, 'utf8')).toBe('[]');
  });

  test('that may not write beside it ends with exit code 5', async () => {
    writeFileSync(file, '[]');
    own(folder);
    chmodSync(folder, 0o555);
    expect(await startChild()).toBe(5);
    expect(err).toMatch(/^users-emulator: \S+state\.json\.lock can't be created: EACCES: .*\n$/);
  });
});

describe('another program changes the files while the server runs', () => {
  beforeEach(start);

  test('the file is removed: the next change writes everything again', async () => {
    await signUp('one');
    rmSync(file);
    expect((await signUp('two')).status).toBe(201);
    expect(readFileSync(file, 'utf8')).toContain('"login": "two"');
    await expectStored();
    expect(await logins()).toEqual(expect.arrayContaining(['one', 'two']));
  });

  test.each([
    ['removes the change log', () => rmSync(`${file}.changes`)],
    ['truncates the change log', () => writeFileSync(`${file}.changes`, '')],
  ])('%s: the next change writes everything again', async (_, damage) => {
    await signUp('one');
    damage();
    expect((await signUp('two')).status).toBe(201);
    expect(readFileSync(file, 'utf8')).toContain('"login": "one"');
    await expectStored();
    expect(await logins()).toEqual(expect.arrayContaining(['one', 'two']));
  });

  test('the folder is removed: changes are refused until it is back', async () => {
    await signUp('one');
    rmSync(folder, { recursive: true });
    expectRefused(await signUp('two'), 'ENOENT');
    mkdirSync(folder);
    expect((await signUp('two')).status).toBe(201);
    await expectStored();
    expect(await logins()).toEqual(expect.arrayContaining(['one', 'two']));
  });

  test('the folder is removed: a refused reset leaves clock, faults, journal and warnings as they are', async () => {
    await emulator.clock.freeze();
    await emulator.faults.add({ match: { operation: 'users.update' }, status: 503, times: 2 });
    await send('GET /users/by_login?login=Dacia', { token });
    await send('PUT /users/51941', { token, body: { user: { full_name: 'D' } } });
    await send('DELETE /users/51942', { token });
    await signUp('mia');
    const run = async () => ({
      clock: await emulator.clock.get(),
      faults: await emulator.faults.list(),
      requests: await emulator.requests.list(),
      warnings: await emulator.warnings(),
      evidence: await emulator.evidence(),
      snapshots: await emulator.snapshots.list(),
      state: await emulator.export(),
    });
    const before = await run();
    expect(before.faults).toMatchObject([{ hits: 1 }]);
    expect(before.requests).toHaveLength(4);
    expect(before.warnings.length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true });
    await expect(emulator.reset()).rejects.toMatchObject({ status: 503 });
    expect(await run()).toEqual(before);
    mkdirSync(folder);
    const { id } = before.requests[3]!;
    await emulator.rewind(id);
    expect(await logins()).not.toContain('mia');
    await emulator.reset();
    expect(await run()).toMatchObject({
      clock: { frozen: false },
      faults: [],
      requests: [],
      warnings: [],
    });
    expect((await emulator.users.get(51941)).full_name).toBe('Dacia Kail');
    await expectStored();
  });

  test('the file is changed: it is overwritten, and the other version is stored beside it', async () => {
    await signUp('one');
    const changedByOthers = readFileSync(file, 'utf8').replace('Dacia Kail', 'Dacia Known');
    writeFileSync(file, changedByOthers);
    expect((await signUp('two')).status).toBe(201);
    expect(readFileSync(`${file}.theirs`, 'utf8')).toBe(changedByOthers);
    expect(warnings).toEqual([
      expect.stringMatching(/was changed by another program: its version is saved as .*state\.json\.theirs$/),
    ]);
    await expectStored();
    expect(await logins()).toEqual(expect.arrayContaining(['one', 'two']));
    await emulator.close();
    expect(readdirSync(folder)).toEqual(['state.json', 'state.json.theirs']);
  });
});
