import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { configOf } from '../../src/cli/server-options.ts';
import { EmulatorServer } from '../../src/emulator/server.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
let files = 0;
const newFile = (content: unknown): string => {
  const file = join(folder, `${++files}.json`);
  write(file, content);
  return file;
};
const write = (file: string, content: unknown) =>
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
const person = (login: string, more: object = {}) => ({ login, password: 'secret123', ...more });

interface Watched {
  readonly emulator: Emulator;
  readonly messages: string[];
  /** Waits until the last message matches, and clears them. */
  heard(pattern: RegExp): Promise<void>;
}

async function watched(options: EmulatorOptions): Promise<Watched> {
  const messages: string[] = [];
  const emulator = await createEmulator({ watch: true, warn: (text) => void messages.push(text), ...options });
  onTestFinished(() => emulator.close());
  const heard = async (pattern: RegExp) => {
    await expect.poll(() => messages.join('\n')).toMatch(pattern);
    messages.length = 0;
  };
  return { emulator, messages, heard };
}

const loginsOf = async (emulator: Emulator) => (await emulator.users.list()).users.map(({ login }) => login);
const passwordFits = async (emulator: Emulator, login: string, password: string) => {
  const body = JSON.stringify({ application_id: 230, auth_key: '29WfrNWdvkhmX6V', user: { login, password } });
  const headers = { 'Content-Type': 'application/json' };
  return (
    (await emulator.fetch(new Request('http://localhost/session', { method: 'POST', headers, body }))).status === 201
  );
};

describe('a seed file that changes', () => {
  test('brings new and changed users; everything else of the run stays', async () => {
    const seed = newFile([person('ann'), person('bob')]);
    const { emulator, heard } = await watched({ seed });
    const { token } = await emulator.sessions.create({ user: 'ann' });
    await emulator.users.create(person('mia'));
    await emulator.users.update(1, { full_name: 'Ann of the run' });
    write(seed, [person('ann'), person('bob', { password: 'another123' }), person('cid')]);
    await heard(/^\S+ was read again: 2 new or changed users$/);
    expect(await loginsOf(emulator)).toEqual(['ann', 'bob', 'mia', 'cid']);
    expect((await emulator.users.get(1)).full_name).toBe('Ann of the run');
    expect(await passwordFits(emulator, 'bob', 'another123')).toBe(true);
    expect((await emulator.sessions.list()).sessions.map((session) => session.token)).toContain(token);
    // the new seed is what a reset and a new sandbox give
    expect((await emulator.sandbox('new').users.list()).total).toBe(3);
    await emulator.reset();
    expect(await loginsOf(emulator)).toEqual(['ann', 'bob', 'cid']);
  });

  test('takes applications and their settings in, and leaves the settings of the run', async () => {
    const application = { id: 7, auth_key: 'seven', users: [person('ann')] };
    const seed = newFile({ applications: [application] });
    const { emulator, heard } = await watched({ seed });
    await emulator.settings.set({ session_ttl: 60 }, { app: 7 });
    write(seed, { applications: [{ ...application, users: [person('ann'), person('bob')] }] });
    await heard(/1 new or changed user$/);
    expect(await emulator.settings.get({ app: 7 })).toMatchObject({ session_ttl: 60 });
    write(seed, {
      applications: [
        { ...application, settings: { session_ttl: 90 } },
        { id: 8, auth_key: 'eight' },
      ],
    });
    await heard(/ was read again$/);
    expect(await emulator.settings.get({ app: 7 })).toMatchObject({ session_ttl: 90 });
    expect((await emulator.apps.list()).map(({ id }) => id)).toContain(8);
    expect((await emulator.users.list({ app: 7 })).total).toBe(2);
  });

  test('changes nothing while it is not valid; empty and missing files are waited for', async () => {
    const seed = newFile([person('ann')]);
    const { emulator, messages, heard } = await watched({ seed });
    write(seed, '[{"login": "ann",');
    await heard(/was changed, but not read: the seed .* can't be used:\n {2}line 1, column 18: not valid JSON/);
    write(seed, [person('ann'), { logn: 'x' }]);
    await heard(/\[1\]\.logn/);
    write(seed, '');
    renameSync(seed, `${seed}.old`);
    write(`${seed}.new`, [person('ann'), person('bob')]);
    renameSync(`${seed}.new`, seed);
    await heard(/1 new or changed user$/);
    expect(messages).toEqual([]);
    expect(await loginsOf(emulator)).toEqual(['ann', 'bob']);
  });

  test('that excludes users of the run counts from the next reset', async () => {
    const seed = newFile([person('ann', { id: 1 })]);
    const { emulator, heard } = await watched({ seed });
    await emulator.users.create(person('mia'));
    write(seed, [person('ann', { id: 1 }), person('mia', { id: 900 })]);
    await heard(/don't fit the state \(users-emulator reset loads them\): \[0\]\.login: already used by user 2$/);
    expect(await loginsOf(emulator)).toEqual(['ann', 'mia']);
    await emulator.reset();
    expect((await emulator.users.list()).users.map(({ id }) => id)).toEqual([1, 900]);
  });
});

test('a file of stubs is read again', async () => {
  const stub = newFile([{ match: 'GET /one', json: 1 }]);
  const { emulator, heard } = await watched({ stubs: stub });
  write(stub, [
    { match: 'GET /one', json: 1 },
    { match: 'GET /two', json: 2 },
  ]);
  await heard(/was read again$/);
  expect((await emulator.stubs.list()).map(({ match }) => match)).toEqual(['GET /one', 'GET /two']);
});

describe('a config file that changes', () => {
  test('changes the options that a running server can change, and names the others', async () => {
    const file = newFile({ port: 0, watch: true, set: { session_ttl: 60 } });
    const read = () => configOf({ config: file }, {});
    const messages: string[] = [];
    const server = new EmulatorServer(read(), { warn: (text) => void messages.push(text) });
    await server.start();
    onTestFinished(() => server.stop(0));
    server.watchConfig(file, read);
    const emulator = server.controlClient('');
    const changed = { set: { session_ttl: 90 }, seed: [person('ann')], fault: ['users.create:503'], app: ['9:nine'] };
    write(file, { port: 1, watch: true, json: true, ...changed });
    await expect.poll(() => messages).toHaveLength(2);
    expect(messages).toEqual([
      `${file} was read again: 1 new or changed user`,
      'these options change at the next start: port, json',
    ]);
    expect(await emulator.settings.get()).toMatchObject({ session_ttl: 90 });
    expect((await emulator.users.list()).users).toMatchObject([{ login: 'ann' }]);
    expect((await emulator.apps.list()).map(({ id }) => id)).toContain(9);
    expect(await emulator.faults.list()).toMatchObject([{ match: { operation: 'users.create' }, status: 503 }]);
    messages.length = 0;
    write(file, { port: 0, watch: true, laency: 5 });
    await expect
      .poll(() => messages.join(''))
      .toContain(`was changed, but not read: config file ${file}: unknown option`);
  });
});

describe('a data file that is edited', () => {
  interface Content {
    readonly applications: readonly { readonly id: number; readonly users: Record<string, unknown>[] }[];
  }
  const usersOf = ({ applications }: Content) => applications.find(({ id }) => id === 230)?.users ?? [];
  const contentOf = (file: string): Content => JSON.parse(readFileSync(file, 'utf8'));
  const usersIn = (file: string) => usersOf(contentOf(file));
  const edit = (file: string, change: (users: Record<string, unknown>[]) => void) => {
    const content = contentOf(file);
    change(usersOf(content));
    write(file, content);
  };
  const setUp = async () => {
    const data = join(folder, `${++files}-data.json`);
    const { emulator, heard, messages } = await watched({ seed: [person('ann'), person('bob')], data });
    await emulator.users.create(person('mia'));
    // people find every change in it, as soon as changes pause
    await expect.poll(() => usersIn(data).length).toBe(3);
    return { data, emulator, heard, messages };
  };

  test('is the state then; the state before is kept beside it', async () => {
    const { data, emulator, heard } = await setUp();
    edit(data, (users) => users.splice(1, 1, person('cid', { id: 50 })));
    await heard(/-data\.json was edited, and is the state now; the state before is in \S+-data\.json\.ours$/);
    expect(await loginsOf(emulator)).toEqual(['ann', 'mia', 'cid']);
    expect(await passwordFits(emulator, 'cid', 'secret123')).toBe(true);
    expect(usersIn(`${data}.ours`).map(({ login }) => login)).toEqual(['ann', 'bob', 'mia']);
    expect(existsSync(`${data}.theirs`)).toBe(false);
    // and it is stored as always: passwords as hashes, later changes with it
    await expect.poll(() => usersIn(data).every((user) => !('password' in user))).toBe(true);
    await emulator.users.create(person('dan'));
    await emulator.close();
    expect(usersIn(data).map(({ login }) => login)).toEqual(['ann', 'mia', 'cid', 'dan']);
  });

  test('changes nothing while it is not valid, and stays as it is until the next change', async () => {
    const { data, emulator, heard } = await setUp();
    write(data, '{"applications": [');
    await heard(/was changed, but not read: .* can't be used and was left unchanged:\n {2}line 1, column 19/);
    expect(await loginsOf(emulator)).toEqual(['ann', 'bob', 'mia']);
    expect(readFileSync(data, 'utf8')).toBe('{"applications": [');
    await emulator.users.create(person('dan'));
    await heard(/was changed by another program: its version is saved as \S+\.theirs/);
    expect(readFileSync(`${data}.theirs`, 'utf8')).toBe('{"applications": [');
  });

  test('is refused if a request has changed the state meanwhile: nothing of either is lost', async () => {
    const { data, emulator, heard } = await setUp();
    const change = emulator.users.create(person('dan'));
    edit(data, (users) => users.push(person('cid', { id: 50 })));
    await change;
    await heard(/was edited while requests changed the state: repeat the edit, which is saved as \S+\.theirs|saved as/);
    expect(await loginsOf(emulator)).toEqual(['ann', 'bob', 'mia', 'dan']);
    await expect.poll(() => existsSync(`${data}.theirs`)).toBe(true);
    expect(usersIn(`${data}.theirs`).map(({ login }) => login)).toContain('cid');
    await vi.waitUntil(() => usersIn(data).some(({ login }) => login === 'dan'));
  });
});
