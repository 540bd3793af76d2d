import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createEmulator, type Emulator, UsageError } from '../../src/index.ts';
import { runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startCommand } from '../support/running.ts';

const root = temporaryFolder();
let count = 0;
function newFile(): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return join(folder, 'state.json');
}

async function logins(file: string): Promise<unknown[]> {
  const emulator = await createEmulator({ data: file });
  const { users } = await emulator.users.list();
  await emulator.close();
  return users.map(({ login }) => login);
}

test('a second server on the file is refused with the pid of the first; after SIGKILL of the first another starts', async () => {
  const file = newFile();
  const args = ['--data', file, '--port', '0', '--json', '--log', 'silent'];
  const first = await startCommand([...args, '--seed']);
  const { pid, url } = first.ready;
  const second = await runCommand(args);
  expect([second.code, second.err]).toEqual([
    5,
    `users-emulator: ${file} is in use by the process with pid ${pid}: stop it, or delete ${file}.lock if it is not an emulator\n`,
  ]);
  const here = createEmulator({ data: file });
  await expect(here).rejects.toThrow(`in use by the process with pid ${pid}`);
  await expect(here).rejects.toMatchObject({ exitCode: 5 });

  const created = await fetch(`${url}/_emulator/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: 'mia', password: 'secret123' }),
  });
  expect(created.status).toBe(200);
  await first.stop('SIGKILL');
  expect(JSON.parse(readFileSync(`${file}.lock`, 'utf8')).pid).toBe(pid);

  const third = await startCommand(args);
  const { users } = (await (await fetch(`${third.ready.url}/_emulator/users`)).json()) as {
    users: { login: string }[];
  };
  expect(users.map(({ login }) => login)).toContain('mia');
  expect(await third.stop()).toBe(0);
  expect(await logins(file)).toContain('mia');
});

test('a process can open a file once, until it is closed', async () => {
  const file = newFile();
  const emulator = await createEmulator({ data: file });
  await expect(createEmulator({ data: file })).rejects.toThrow(`pid ${process.pid}`);
  await emulator.close();
  const again = await createEmulator({ data: file });
  await again.close();
  await again.close();
});

test('files whose names differ only in their extension share nothing, not even sandboxes', async () => {
  const file = newFile();
  const one = await createEmulator({ data: file });
  const two = await createEmulator({ data: file.replace('.json', '') });
  for (const [login, emulator] of Object.entries({ one, two })) {
    await emulator.sandbox('w1').users.create({ login, password: 'secret123' });
    await emulator.close();
  }
  const again = await createEmulator({ data: file });
  expect((await again.sandbox('w1').users.list()).users.map(({ login }) => login)).toEqual(['one']);
  await again.close();
});

test('a failed start releases the lock', async () => {
  const file = newFile();
  const other = await createEmulator();
  const port = Number(new URL(other.url).port);
  await expect(createEmulator({ data: file, port })).rejects.toMatchObject({ exitCode: 3 });
  await other.close();
  await (await createEmulator({ data: file })).close();
});

test.each<[what: string, lock: string]>([
  ['of a process that has ended', JSON.stringify({ pid: 4_194_304, started: null, host: hostname() })],
  [
    'of a process whose pid another one has by now',
    JSON.stringify({ pid: process.ppid, started: 'long ago', host: hostname() }),
  ],
  [
    'of a process that had the pid of this one',
    JSON.stringify({ pid: process.pid, started: 'long ago', host: hostname() }),
  ],
  ['that is empty', ''],
  ['that is malformed', 'hello'],
])('a lock %s is taken over', async (_, lock) => {
  const file = newFile();
  writeFileSync(`${file}.lock`, lock);
  const emulator = await createEmulator({ data: file });
  expect(JSON.parse(readFileSync(`${file}.lock`, 'utf8')).pid).toBe(process.pid);
  await emulator.close();
});

test('a lock of another machine is never taken over', async () => {
  const file = newFile();
  writeFileSync(`${file}.lock`, JSON.stringify({ pid: 1, started: null, host: 'elsewhere' }));
  const error = await createEmulator({ data: file }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain('pid 1 on elsewhere');
  expect(readFileSync(`${file}.lock`, 'utf8')).toContain('elsewhere');
});

/** The lock of a process of this kernel, which doesn't run any more or is in another container. */
function lockOnThisKernel(namespace: string): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return JSON.stringify({ pid: 1, started: `${boot} 1`, host: 'container1', namespace });
}

describe.runIf(existsSync('/proc/self/ns/pid'))('a lock of this kernel under the name of another host', () => {
  test('is taken over at once if its process could be seen from here, and has ended', async () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, lockOnThisKernel(readlinkSync('/proc/self/ns/pid')));
    const warnings: string[] = [];
    const emulator = await createEmulator({ data: file, warn: (text) => warnings.push(text) });
    await emulator.close();
    expect(warnings).toEqual([]);
  });

  test('of another container is taken over if it is not renewed for 10 s', async () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, lockOnThisKernel('pid:[1]'));
    const warnings: string[] = [];
    const started = performance.now();
    const emulator = await createEmulator({ data: file, warn: (text) => warnings.push(text) });
    expect(performance.now() - started).toBeGreaterThan(9_000);
    expect(warnings).toEqual([
      `${file}.lock was created by the process with pid 1 on container1, in another container: waiting for up to 10 s to see whether it still runs`,
    ]);
    await emulator.close();
  }, 30_000);

  test('of another container is respected while it is renewed', async () => {
    const file = newFile();
    const lock = lockOnThisKernel('pid:[1]');
    writeFileSync(`${file}.lock`, lock);
    const starting = createEmulator({ data: file, warn: () => {} });
    setTimeout(() => utimesSync(`${file}.lock`, 1, 1), 1000);
    await expect(starting).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('in use by the process with pid 1 on container1'),
    });
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(lock);
  });

  test('is renewed every 2 s', async () => {
    const file = newFile();
    const emulator = await createEmulator({ data: file });
    utimesSync(`${file}.lock`, 1, 1);
    await vi.waitFor(() => expect(statSync(`${file}.lock`).mtimeMs).toBeGreaterThan(1e12), { timeout: 8_000 });
    await emulator.close();
  }, 10_000);
});

describe('the lock is deleted while the server runs', () => {
  const signUp = (emulator: Pick<Emulator, 'users'>, login: string) =>
    emulator.users.create({ login, password: 'secret123' });

  test('and another one starts: the first confirms nothing any more and says why, and the other loses nothing', async () => {
    const file = newFile();
    const warnings: string[] = [];
    const first = await createEmulator({ data: file, warn: (text) => warnings.push(text) });
    await signUp(first, 'one');
    await signUp(first.sandbox('w1'), 'one');
    rmSync(`${file}.lock`);
    const second = await createEmulator({ data: file });
    await signUp(second, 'two');
    const refused = {
      status: 503,
      message: expect.stringContaining(
        `state.json.lock was deleted, and the process with pid ${process.pid} has locked the file`,
      ),
    };
    await expect(signUp(first, 'three')).rejects.toMatchObject(refused);
    await expect(signUp(first.sandbox('w1'), 'three')).rejects.toMatchObject(refused);
    await expect(first.reset()).rejects.toMatchObject(refused);
    await expect(first.sandboxes.delete('w1')).rejects.toMatchObject(refused);
    expect(warnings).toContainEqual(refused.message);
    await signUp(second, 'four');
    await first.close();
    await signUp(second.sandbox('w1'), 'two');
    await second.close();
    expect(await logins(file)).toEqual(['one', 'two', 'four']);
    expect(readdirSync(dirname(file))).toEqual(['state.json', 'state.json.sandboxes']);
    const again = await createEmulator({ data: file });
    expect((await again.sandbox('w1').users.list()).users.map(({ login }) => login)).toEqual(['one', 'two']);
    await again.close();
  });

  test('and no other one starts: it is created again with the next change', async () => {
    const file = newFile();
    const emulator = await createEmulator({ data: file });
    rmSync(`${file}.lock`);
    await signUp(emulator, 'one');
    await expect(createEmulator({ data: file })).rejects.toThrow(`pid ${process.pid}`);
    await emulator.close();
    expect(await logins(file)).toEqual(['one']);
  });
});

test('of many servers that start at once on a stale lock, one gets it', async () => {
  const file = newFile();
  writeFileSync(file, '[]');
  writeFileSync(`${file}.lock`, JSON.stringify({ pid: 4_194_304, started: null, host: hostname() }));
  const args = ['--data', file, '--port', '0', '--json', '--log', 'silent'];
  const starts = await Promise.allSettled(Array.from({ length: 6 }, () => startCommand(args)));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  for (const { stop } of running) await stop();
  expect(running.length).toBe(1);
});
