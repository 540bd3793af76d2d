import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { startCommand } from '../support/running.ts';
import { connectionError } from '../support/socket.ts';

const env = { USERS_EMULATOR_STATE_DIR: temporaryFolder() };

describe('a running server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 after %s, and frees its port', async (signal) => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    expect((await rawRequest(ready.url, { method: 'GET', path: '/_emulator/health' })).status).toBe(200);
    expect(await stop(signal)).toBe(0);
    expect(await connectionError(ready.url)).toBe('ECONNREFUSED');
  });

  test('goes on when the reader of its log is gone', async () => {
    const { ready, process, stop } = await startCommand(['--json', '--port', '0', '--log', 'json'], env);
    process.stdout!.destroy();
    for (let times = 0; times < 5; times++)
      expect((await rawRequest(ready.url, { method: 'GET', path: '/users/1' })).status).toBe(403);
    expect(await stop()).toBe(0);
  });

  test('starts without applications', async () => {
    const data = join(temporaryFolder(), 'data.json');
    writeFileSync(data, '{"applications":[]}');
    const server = spawn(process.execPath, [BIN, '--port', '0', '--data', data], { env: { ...process.env, ...env } });
    onTestFinished(() => void server.kill('SIGKILL'));
    const [said] = await once(server.stdout, 'data');
    expect(String(said)).toMatch(/^users-emulator .*NODE_EXTRA_CA_CERTS=/s);
    expect(String(said)).not.toContain('curl');
  });

  test('ends with 3, in one line, if the port is taken', async () => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    const { port } = new URL(ready.url);
    const { code, out, err } = await runCommand(['--port', port], { env });
    await stop();
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(`users-emulator: port ${port} is in use: choose another with --port, or 0 for any free one\n`);
  });
});

describe('superfluous and misspelt arguments', () => {
  test.each([
    [['strat'], "users-emulator: unknown command 'strat'\n(Did you mean start?)\n"],
    [['people.json'], "users-emulator: unknown command 'people.json'\n"],
    [['--sed'], "users-emulator: unknown option '--sed'\n(Did you mean one of --seed, --set?)\n"],
    [['exec'], "users-emulator: missing required argument 'command'\n(users-emulator exec [options] -- <command>)\n"],
  ])('%j: 2, with a suggestion', async (args, words) => {
    expect(await runCommand(args, { env })).toEqual({ code: 2, out: '', err: words });
  });

  test("the program's own --help and --version", async () => {
    const { out } = await runCommand(['--help']);
    expect(out).toContain('start the server (the default)');
    expect(out).toContain('users-emulator start --help');
    expect((await runCommand(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a config file', () => {
  const file = (content: object | string) => {
    const path = join(temporaryFolder(), 'emulator.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  test.each<[object | string, string]>([
    [{ set: { sesion_ttl: 60 } }, ", set: unknown setting 'sesion_ttl'"],
    [{ set: { session_ttl: 'long' } }, ", set: setting 'session_ttl' is a whole number"],
    [{ fault: 'users.creat:503' }, ', fault: match.operation: must be one of '],
    [{ app: '7:seven::none' }, ", app: 'none' is no dialect"],
    [{ app: '7:29WfrNWdvkhmX6V' }, ', app: application 230 has the auth key'],
    [{ port: 'any' }, ', port: a port is 0 to 65535'],
    [{ cert: 'mine.pem' }, ', cert: needs --key, too'],
    [{ prot: 1 }, ": unknown option 'prot'; there is: seed, "],
    [[], ': must be a JSON object'],
    ['{', ': line 1, column 2: not valid JSON'],
  ])('%j: 4, with the path of the file and the option', async (content, words) => {
    const path = file(content);
    const { code, out, err } = await runCommand(['--config', path], { env });
    expect([code, out, err.slice(0, `users-emulator: config file ${path}${words}`.length)]).toEqual([
      4,
      '',
      `users-emulator: config file ${path}${words}`,
    ]);
  });

  test('the same on the command line and in the environment: 2, naming the option or variable', async () => {
    const flag = await runCommand(['--set', 'sesion_ttl=60'], { env });
    expect([flag.code, flag.err]).toEqual([2, expect.stringMatching(/^users-emulator: --set: unknown setting/)]);
    const variable = await runCommand([], { env: { ...env, USERS_EMULATOR_SET: 'sesion_ttl=60' } });
    expect([variable.code, variable.err]).toEqual([2, expect.stringMatching(/^users-emulator: USERS_EMULATOR_SET: /)]);
  });

  test('its paths are relative to it, those of the command line to the working folder', async () => {
    const path = file({ seed: 'people.json', data: 'kept.json', caOut: 'ca.pem', stateDir: 'state', port: 0 });
    const folder = dirname(path);
    const missing = await runCommand(['--config', path], { cwd: tmpdir() });
    expect([missing.code, missing.err]).toEqual([
      4,
      expect.stringContaining(`the seed ${join(folder, 'people.json')} `),
    ]);
    writeFileSync(join(folder, 'people.json'), '[{"login":"mia"}]');
    const { ready, stop } = await startCommand(['--json', '--config', path]);
    expect(ready.caFile).toBe(join(folder, 'state', 'ca.pem'));
    expect(await stop()).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['ca.pem', 'emulator.json', 'kept.json', 'people.json', 'state']);
    const own = await runCommand(['--config', path, '--data', join(folder, 'new.json'), '--seed', 'people.json'], {
      cwd: tmpdir(),
    });
    expect([own.code, own.err]).toEqual([4, expect.stringContaining(`the seed ${join(tmpdir(), 'people.json')} `)]);
  });
});

test('--fault and `fault add` accept the same, including any operation', async () => {
  const { ready, stop } = await startCommand(['--json', '--port', '0', '--fault', 'any:503x1'], env);
  const ask = async () => (await rawRequest(ready.url, { method: 'GET', path: '/users/1' })).status;
  expect([await ask(), await ask()]).toEqual([503, 403]);
  await stop();
});
