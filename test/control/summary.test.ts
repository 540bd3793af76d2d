import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { connect } from '../../src/index.ts';
import { BIN } from '../support/command-line.ts';

let server: ChildProcess | undefined;
afterEach(() => {
  server?.kill('SIGKILL');
});

/** Starts the command, uses it and stops it. @returns its stderr */
async function output(log: string, use: (url: string) => Promise<unknown>): Promise<string> {
  const child = spawn(process.execPath, [BIN, '--seed', '--port', '0', '--json', '--log', log]);
  server = child;
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const url = await new Promise<string>((ready) => {
    child.stdout.once('data', (line) => ready(JSON.parse(String(line).split('\n')[0]!).url));
  });
  await use(url);
  child.kill('SIGTERM');
  expect(await new Promise((ended) => child.once('close', ended))).toBe(0);
  return err;
}

/** Warnings in the server's default sandbox and in two others, one of which is deleted, the other reset. */
async function callDeprecated(url: string): Promise<void> {
  const emulator = connect(url);
  for (const sandbox of [emulator, emulator.sandbox('a'), emulator.sandbox('b')]) {
    const { token } = await sandbox.sessions.create({ user: 'Dacia' });
    for (const id of [51941, 51943]) await fetch(`${sandbox.url}/users/${id}`, { headers: { 'CB-Token': token } });
  }
  const { token } = await emulator.sessions.create();
  await fetch(`${url}/users/by_login?login=Dacia&x=1`, { headers: { 'CB-Token': token } });
  await emulator.sandboxes.delete('a');
  await emulator.sandbox('b').reset();
}

test('the warnings are printed once, when the server stops', async () => {
  expect(await output('pretty', callDeprecated)).toBe(
    [
      '',
      'These requests worked here, but may fail against the real service:',
      '      6 × GET /users/:id is deprecated, and refused by an application with default permissions',
      '      1 × GET /users/by_login is deprecated, and refused by an application with default permissions',
      "      1 × GET /users/by_login: parameter 'x' is not in the documents",
      '',
    ].join('\n'),
  );
});

test('with --json the warnings are a line of JSON', async () => {
  const line = await output('json', callDeprecated);
  expect(JSON.parse(line)).toMatchObject({
    event: 'warnings',
    warnings: [{ operation: 'users.show', kind: 'deprecated', count: 6 }, { count: 1 }, { count: 1 }],
  });
});

test('no summary is printed without warnings, or with --quiet', async () => {
  expect(await output('json', (url) => fetch(`${url}/users/v2`))).toBe('');
  expect(await output('silent', callDeprecated)).toBe('');
});
