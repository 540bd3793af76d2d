import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, UsageError } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

const root = temporaryFolder();
let folder: string;
let file: string;
let made = 0;
beforeEach(() => {
  folder = join(root, String(made++));
  mkdirSync(folder);
  file = join(folder, 'state.json');
});

/** The error of a start on the file, which must change nothing in its folder. */
async function startupError(): Promise<string> {
  const before = contents();
  const error = await createEmulator({ data: file, seed: true }).then(
    (emulator) => emulator.close(),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).exitCode).toBe(5);
  expect(contents()).toEqual(before);
  return (error as UsageError).message;
}

const contents = () =>
  readdirSync(folder, { withFileTypes: true }).map((entry) =>
    entry.isFile() ? [entry.name, readFileSync(join(folder, entry.name)).toString('latin1')] : [entry.name],
  );

/** A file as the emulator writes it, with some users. */
async function written(): Promise<string> {
  const emulator = await createEmulator({ data: file, seed: true });
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  await emulator.close();
  return readFileSync(file, 'utf8');
}

/** The files of a server killed after some sign-ups: the data file, and a change log with a line for each. */
async function killed(count: number): Promise<string[]> {
  const emulator = await createEmulator({ data: file, seed: true });
  for (let number = 0; number < count; number++)
    await emulator.users.create({ login: `user${number}`, password: 'secret123' });
  const left = [readFileSync(file), readFileSync(`${file}.changes`)] as const;
  await emulator.close();
  writeFileSync(file, left[0]);
  writeFileSync(`${file}.changes`, left[1]);
  return left[1].toString().trimEnd().split('\n');
}

/** Starts on these files. @returns the logins, and the log */
async function started(): Promise<{ logins: string[]; said: string[] }> {
  const said: string[] = [];
  const emulator = await createEmulator({ data: file, seed: true, warn: (text) => said.push(text) });
  const { users } = await emulator.users.list();
  await emulator.close();
  return { logins: users.map(({ login }) => String(login)).filter((login) => login.startsWith('user')), said };
}

describe('an invalid data file is left unchanged, and the start is refused with the place of the problem', () => {
  const one = { id: 230, auth_key: 'k', users: [{ id: 1, login: 'ann' }] };
  test.each<[what: string, content: string | Buffer, where: string | RegExp]>([
    ['empty', '', 'line 1, column 1: not valid JSON'],
    ['cut in the middle', '{\n  "applications": [\n    {"id": 1', 'line 3, column 13: not valid JSON'],
    ['with a comma too many', '{\n  "applications": [],\n}', 'line 3, column 1: not valid JSON'],
    ['with a letter too many', '{\n  "applications": x[]\n}', 'line 2, column 19: not valid JSON'],
    [
      'with a bad byte',
      Buffer.from('{"applications":\n[{"auth_key":"k\xff"}]}', 'latin1'),
      'line 2, column 16: not valid UTF-8',
    ],
    [
      'of a newer version',
      '{"version":2,"people":[]}',
      'version: 2 is not supported; this users-emulator reads version 1: use a newer one',
    ],
    ['of something else', '{"users":[]}', 'applications: is missing\n  users: is not part of a fixture'],
    ['that is no object', '"x"', 'the file: must be an object'],
    [
      'with a field of another kind',
      JSON.stringify({ applications: [{ ...one, users: [{ id: 'x' }] }] }),
      'applications[0].users[0].id: must be a number',
    ],
    [
      'with a field too many',
      JSON.stringify({ applications: [{ ...one, users: [{ logn: 'x' }] }] }),
      'applications[0].users[0].logn: is not a field of a user',
    ],
    [
      'with a user that is a list',
      JSON.stringify({ applications: [{ ...one, users: [[]] }] }),
      'applications[0].users[0]: must be a user',
    ],
    [
      'with a wrong time',
      JSON.stringify({ applications: [{ ...one, users: [{ created_at: '2018-02-30T99:00:00Z' }] }] }),
      'applications[0].users[0].created_at: must be a time',
    ],
    [
      'with a day that does not exist',
      JSON.stringify({ applications: [{ ...one, users: [{ created_at: '2018-02-30T09:00:00Z' }] }] }),
      'applications[0].users[0].created_at: must be a time',
    ],
    [
      'with two of the same',
      JSON.stringify({ applications: [{ ...one, users: [...one.users, { id: 2, login: 'ann' }] }] }),
      'applications[0].users[1].login: already used by applications[0].users[0]',
    ],
    [
      'with a bad setting',
      JSON.stringify({ applications: [{ ...one, settings: { session_ttl: -1 } }] }),
      'applications[0].settings.session_ttl: ',
    ],
    [
      'with a bad snapshot',
      JSON.stringify({
        applications: [one],
        snapshots: [{ name: 'a', applications: [{ ...one, users: [{ id: 1 }, { id: 1 }] }] }],
      }),
      'snapshots[0].applications[0].users[1].id: already used by snapshots[0].applications[0].users[0]',
    ],
  ])('%s', async (_, content, where) => {
    writeFileSync(file, content);
    const message = await startupError();
    expect(message).toContain(`${file} can't be used and was left unchanged:`);
    expect(message).toContain(where);
  });

  test('truncated at any byte', async () => {
    const { length } = await written();
    for (let cut = length - 2; cut > 0; cut -= Math.ceil(length / 40)) {
      truncateSync(file, cut);
      expect(await startupError()).toContain('not valid JSON');
    }
  });

  test('up to twenty problems are listed', async () => {
    writeFileSync(
      file,
      JSON.stringify({ applications: [{ ...one, users: Array.from({ length: 30 }, () => ({ id: 0 })) }] }),
    );
    const lines = (await startupError()).split('\n');
    expect(lines.length).toBe(22);
    expect(lines[20]).toContain('applications[0].users[19].id: must be 1 or more');
    expect(lines[21]).toContain('and 10 more');
  });

  test('a folder in place of the file', async () => {
    mkdirSync(file);
    expect(await startupError()).toContain("can't be read: state.json is not a regular file");
  });

  test('a file in place of its folder', async () => {
    writeFileSync(file, 'x');
    file = join(file, 'state.json');
    expect(await startupError()).toContain("can't be used: ");
  });

  test("a file in place of the sandboxes' folder", async () => {
    await written();
    writeFileSync(`${file}.sandboxes`, 'x');
    expect(await startupError()).toContain(`${file}.sandboxes can't be read: ENOTDIR`);
    rmSync(`${file}.sandboxes`);
    await started();
  });

  test('on the command line: exit code 5, without a stack trace', async () => {
    writeFileSync(file, '{');
    const { code, err } = await runInProcess(['--data', file, '--port', '0', '--seed']);
    expect(code).toBe(5);
    expect(err).toBe(
      `users-emulator: ${file} can't be used and was left unchanged:\n  line 1, column 2: not valid JSON (Expected property name or '}')\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe('{');
  });

  test.skipIf(!existsSync('/proc/self'))('a path where no folder can be created', async () => {
    const { code, err } = await runInProcess(['--data', '/proc/nowhere/at/all.json', '--port', '0']);
    expect([code, err]).toEqual([5, expect.stringContaining("/proc/nowhere/at/all.json can't be used: ENOENT")]);
  });
});

test('an invalid file of a sandbox is an error of that sandbox alone', async () => {
  const sandboxes = `${file}.sandboxes`;
  mkdirSync(sandboxes);
  writeFileSync(join(sandboxes, 'bad.json'), '{');
  const emulator = await createEmulator({ data: file, seed: true });
  const send = sender(emulator.url);
  const reason = expect.stringMatching(/bad\.json can't be used and .*\n {2}line 1, column 2: not valid JSON/);
  const control = await send('GET /sandbox/bad/_emulator/users');
  expect([control.status, control.json.detail]).toEqual([503, reason]);
  const answer = await send('GET /sandbox/bad/users');
  expect([answer.status, answer.json]).toEqual([503, { errors: { base: [reason] } }]);
  await expect(emulator.sandbox('bad').users.list()).rejects.toMatchObject({ status: 503, message: reason });
  expect((await emulator.users.list()).total).toBe(3);
  expect(readFileSync(join(sandboxes, 'bad.json'), 'utf8')).toBe('{');
  await emulator.sandboxes.delete('bad');
  expect((await send('GET /sandbox/bad/_emulator/users')).json.total).toBe(3);
  await emulator.close();
});

test("a sandbox whose file can't be created is an error of that sandbox alone", async () => {
  const emulator = await createEmulator({ data: file, seed: true });
  const send = sender(emulator.url);
  writeFileSync(`${file}.sandboxes`, 'x');
  const reason = expect.stringContaining(`${file}.sandboxes can't be created: EEXIST`);
  expect((await send('GET /sandbox/w1/users')).json).toEqual({ errors: { base: [reason] } });
  expect((await send('GET /sandbox/w1/_emulator/users')).json).toMatchObject({ status: 503, detail: reason });
  rmSync(`${file}.sandboxes`);
  expect((await send('GET /sandbox/w1/_emulator/users')).json.total).toBe(3);
  await emulator.close();
});

describe('the change log of a killed server', () => {
  test('is applied', async () => {
    await killed(3);
    expect(await started()).toEqual({ logins: ['user0', 'user1', 'user2'], said: [] });
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('ends before a torn last line, which was never confirmed', async () => {
    const lines = await killed(3);
    const whole = `${lines.join('\n')}\n`;
    const last = whole.length - lines.at(-1)!.length - 1;
    const base = readFileSync(file);
    for (const end of [last + 1, last + 10, whole.length - 40, whole.length - 2, whole.length - 1]) {
      writeFileSync(file, base);
      writeFileSync(`${file}.changes`, whole.slice(0, end));
      const { logins, said } = await started();
      expect(logins, `cut at ${end}`).toEqual(['user0', 'user1']);
      expect(said).toEqual([expect.stringContaining('ignored the incomplete last line')]);
    }
    writeFileSync(file, base);
    writeFileSync(`${file}.changes`, whole.slice(0, last) + lines.at(-1)!.replace('user2', 'user9') + '\n');
    expect((await started()).logins).toEqual(['user0', 'user1']);
    for (const end of [0, 20]) {
      writeFileSync(file, base);
      writeFileSync(`${file}.changes`, whole.slice(0, end));
      expect((await started()).logins).toEqual([]);
      expect(readdirSync(folder)).toEqual(['state.json']);
    }
  });

  test.each([0, 1, 2])('is refused when line %i, before the last, is damaged', async (damaged) => {
    const lines = await killed(3);
    lines[damaged] = lines[damaged]!.replace(/[0-9a-f](?=[^0-9a-f]*$)/, 'X');
    writeFileSync(`${file}.changes`, `${lines.join('\n')}\n`);
    expect(await startupError()).toContain(`state.json.changes: line ${damaged + 1} is damaged`);
  });

  test.each([1, 2])('is refused when line %i is missing', async (missing) => {
    const lines = await killed(3);
    lines.splice(missing, 1);
    writeFileSync(`${file}.changes`, `${lines.join('\n')}\n`);
    expect(await startupError()).toContain(`state.json.changes: line ${missing + 1} is damaged`);
  });

  test('is refused if the file was changed since', async () => {
    await killed(3);
    writeFileSync(file, readFileSync(file, 'utf8').replace('Dacia', 'Darcy'));
    expect(await startupError()).toContain('another program has changed the data file since');
  });

  test('is set aside if the file is gone', async () => {
    await killed(3);
    const log = readFileSync(`${file}.changes`, 'utf8');
    rmSync(file);
    expect(await started()).toEqual({ logins: [], said: [expect.stringContaining('state.json.changes.orphan')] });
    expect(readFileSync(`${file}.changes.orphan`, 'utf8')).toBe(log);
  });
});
