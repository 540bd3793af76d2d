import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { raw } from '../support/raw.ts';
import { startCommand } from '../support/running.ts';

const env = { USERS_EMULATOR_STATE_DIR: temporaryFolder() };

describe('a running server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: it ends with 0, and its port is free', async (signal) => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    expect((await raw(ready.url, { method: 'GET', path: '/_emulator/health' })).status).toBe(200);
    expect(await stop(signal)).toBe(0);
    expect(await raw(ready.url, { method: 'GET', path: '/' }).catch(({ code }) => code)).toBe('ECONNREFUSED');
  });

  test('goes on when the reader of its log has gone', async () => {
    const { ready, process, stop } = await startCommand(['--json', '--port', '0', '--log', 'json'], env);
    process.stdout!.destroy();
    for (let times = 0; times < 5; times++)
      expect((await raw(ready.url, { method: 'GET', path: '/users/1' })).status).toBe(403);
    expect(await stop()).toBe(0);
  });

  test('without applications it has none to show, and starts', async () => {
    const data = join(temporaryFolder(), 'data.json');
    writeFileSync(data, '{"applications":[]}');
    const server = spawn(process.execPath, [BIN, '--port', '0', '--data', data], { env: { ...process.env, ...env } });
    onTestFinished(() => void server.kill('SIGKILL'));
    const [said] = await once(server.stdout, 'data');
    expect(String(said)).toMatch(/^users-emulator .*NODE_EXTRA_CA_CERTS=/s);
    expect(String(said)).not.toContain('curl');
  });

  test('a port that is taken: 3, in one line', async () => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    const { port } = new URL(ready.url);
    const { code, out, err } = await runCommand(['--port', port], { env });
    await stop();
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(`users-emulator: port ${port} is in use: choose another with --port, or 0 for any free one\n`);
  });
});

describe('a word too many, or a letter', () => {
  test.each([
    [['strat'], "error: unknown command 'strat'\n(Did you mean start?)\n"],
    [['people.json'], "error: unknown command 'people.json'\n"],
    [['--sed'], "error: unknown option '--sed'\n(Did you mean one of --seed, --set?)\n"],
    [['exec'], "error: missing required argument 'command'\n(users-emulator exec [options] -- <command>)\n"],
  ])('%j: 2, and what was meant', async (args, words) => {
    expect(await runCommand(args, { env })).toEqual({ code: 2, out: '', err: words });
  });

  test('the program itself is asked about', async () => {
    expect((await runCommand(['--help'])).out).toContain('start the server (the default)');
    expect((await runCommand(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
