import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { waitsForEmulator } from '../../src/cli/npm-parent.ts';
import { connect } from '../../src/index.ts';
import { logIn, SUCCESS } from '../support/chat-client.ts';
import { BIN } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';
import { type Ready, startCommand } from '../support/running.ts';
import { connectionError } from '../support/socket.ts';

const env = { USERS_EMULATOR_STATE_DIR: temporaryFolder() };

/** Starts a server on a free port, and waits until it has printed its banner. */
async function startWithBanner(...args: string[]) {
  const server = spawn(process.execPath, [BIN, '--port', '0', ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => void server.kill('SIGKILL'));
  const out = args.includes('pretty') ? server.stdout : server.stderr;
  const [text] = await once(out, 'data');
  const stop = async () => {
    server.kill('SIGTERM');
    const [code] = await once(server, 'exit');
    return code;
  };
  return { banner: String(text), url: /http:\S+/.exec(text)![0], process: server, stop };
}

describe('a running server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 after %s, and frees its port', async (signal) => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    expect((await rawRequest(ready.url, { method: 'GET', path: '/_emulator/health' })).status).toBe(200);
    expect(await stop(signal)).toBe(0);
    expect(await connectionError(ready.url)).toBe('ECONNREFUSED');
  });

  test('ends with 1 and one clear line after an error that nothing caught, with its data kept', async () => {
    const folder = temporaryFolder();
    const script = join(folder, 'fail.cjs');
    const data = join(folder, 'state.json');
    writeFileSync(script, "process.on('SIGUSR2', () => { throw new Error('nobody catches this'); });");
    const server = await startCommand(['--json', '--port', '0', '--data', data], {
      ...env,
      NODE_OPTIONS: `--require ${script}`,
    });
    let err = '';
    server.process.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    await connect(server.ready.url).users.create({ login: 'mia', password: 'secret123' });
    expect(await server.stop('SIGUSR2')).toBe(1);
    expect(err).toMatch(/^users-emulator: internal error, stopping: Error: nobody catches this\n/);
    const again = await startCommand(['--json', '--port', '0', '--data', data], env);
    expect((await connect(again.ready.url).users.list()).users).toMatchObject([{ login: 'mia' }]);
  });

  test.each([
    [['--chat', '0'], true],
    [[], true],
    [['--no-chat'], false],
  ])('with %j, its banner says where the chat is', async (args, isOn) => {
    const { banner, stop } = await startWithBanner('--seed', ...args);
    const chat = /^ {2}chat +(.*)$/m.exec(banner)?.[1];
    if (isOn) {
      expect(chat).toMatch(/^ws:\S+ \(logins only: messages are not passed on\)$/);
      expect((await logIn(/\S+/.exec(chat!)![0], '51941-230', 'petU4or!')).answer).toBe(SUCCESS);
    } else expect(chat).toBe('off');
    expect(await stop()).toBe(0);
  });

  test('goes on when the reader of its log is gone', async () => {
    const { ready, process, stop } = await startCommand(['--json', '--port', '0', '--log', 'json'], env);
    process.stdout!.destroy();
    for (let times = 0; times < 5; times++)
      expect((await rawRequest(ready.url, { method: 'GET', path: '/users/1' })).status).toBe(403);
    expect(await stop()).toBe(0);
  });

  test('ends with 0 when nobody reads its output any more', async () => {
    const { url, process, stop } = await startWithBanner('--seed', '--log', 'pretty');
    process.stdout.destroy();
    process.stderr.destroy();
    const { token } = await connect(url).sessions.create({ user: 'Dacia' });
    // Logged on stdout; a deprecated call, of which stderr warns in the end
    await rawRequest(url, { method: 'GET', path: '/users/51941', headers: { 'CB-Token': token } });
    expect(await stop()).toBe(0);
  });

  test('off a terminal, its banner is not among the lines of its log', async () => {
    const { url, process: server, stop } = await startWithBanner();
    let log = '';
    server.stdout.on('data', (chunk) => {
      log += chunk;
    });
    await rawRequest(url, { method: 'GET', path: '/users/1?login=x' });
    await expect.poll(() => log).toMatch(/\n$/);
    expect(await stop()).toBe(0);
    expect(JSON.parse(log)).toMatchObject({ event: 'request', status: 403, path: '/users/1', query: '?login=x' });
  });

  test('starts without applications', async () => {
    const data = join(temporaryFolder(), 'data.json');
    writeFileSync(data, '{"applications":[]}');
    const { banner } = await startWithBanner('--data', data);
    expect(banner).toMatch(/^users-emulator .*NODE_EXTRA_CA_CERTS=/s);
    expect(banner).not.toContain('curl');
  });

  test('shows the example users that it has, with the passwords that they have', async () => {
    const data = join(temporaryFolder(), 'data.json');
    const first = await startWithBanner('--seed', '--data', data);
    expect(first.banner).toContain('Dacia      petU4or!');
    expect(first.banner).toContain(`  data      ${data}\n`);
    const secret = 'auth secret users-emulator-secret';
    expect(first.banner).toContain(`  application 230  connectycube  auth key 29WfrNWdvkhmX6V  ${secret}  3 users\n`);
    expect(first.banner).toContain(
      `auth key wJHd4cQSxpQGWx5  ${secret}  account key users-emulator-account  6 users\n`,
    );
    const { users } = connect(first.url);
    await users.delete(51941);
    await users.update(51943, { password: 'another-one' });
    expect(await first.stop()).toBe(0);
    const { banner } = await startWithBanner('--seed', '--data', data);
    expect(banner).not.toMatch(/Dacia|ppavalli/);
    expect(banner).toContain('gabby      gabbyC0rc!');
    expect((await startWithBanner()).banner).toContain('no users yet: --seed');
  });

  test('ends with 3, in one line, if the port is taken', async () => {
    const { ready, stop } = await startCommand(['--json', '--port', '0'], env);
    const { port } = new URL(ready.url);
    const { code, out, err } = await runInProcess(['--port', port], env);
    await stop();
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(`users-emulator: port ${port} is in use: choose another with --port, or 0 for any free one\n`);
  });
});

describe('npm, as the parent', () => {
  test('whose shell ends, ends the server', async () => {
    const shell = spawn('/bin/sh', ['-c', `'${process.execPath}' '${BIN}' --port 0 --json; exit`], {
      env: { ...process.env, ...env, npm_lifecycle_script: "'users-emulator' --port 0 --json" },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // the server has the same stdout
    const closed = once(shell, 'close');
    const [line] = await once(shell.stdout, 'data');
    const { pid } = JSON.parse(String(line)) as Ready;
    shell.kill('SIGTERM');
    onTestFailed(() => void process.kill(pid, 'SIGKILL'));
    expect(await closed).toEqual([null, 'SIGTERM']);
  });

  test.each([
    ["'users-emulator' --seed", true],
    ['npm run build && node bin/users-emulator.js', true],
    ['users-emulator exec -- "npm test"', true],
    ['users-emulator & npm run dev', false],
    ['./start-users-emulator.sh', false],
    ['vitest run', false],
  ])('waits for the emulator: %s', (npm_lifecycle_script, expected) => {
    expect(waitsForEmulator({ npm_lifecycle_script })).toBe(expected);
  });

  test('is none without a script', () => {
    expect(waitsForEmulator({})).toBe(false);
  });
});

describe.skipIf(process.platform !== 'linux')('--open', () => {
  /** A folder with a program for PATH that stands in for the desktop's. */
  const opener = (script: string) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return folder;
  };

  test('opens the console in the browser', async () => {
    const folder = opener('echo "$1" > "$0.address"');
    const { ready, stop } = await startCommand(['--json', '--port', '0', '--open'], { ...env, PATH: folder });
    const opened = join(folder, 'xdg-open.address');
    await expect
      .poll(() => existsSync(opened) && readFileSync(opened, 'utf8'))
      .toBe(`${ready.url}/_emulator/console\n`);
    expect(await stop()).toBe(0);
  });

  test.each([
    ['that fails', opener('exit 3')],
    ['that is missing', temporaryFolder()],
  ])('with a desktop %s: the server goes on, and says what to do', async (_, folder) => {
    const server = await startCommand(['--json', '--port', '0', '--open'], { ...env, PATH: folder });
    let err = '';
    server.process.stderr!.on('data', (chunk) => {
      err += chunk;
    });
    const address = `${server.ready.url}/_emulator/console`;
    await expect.poll(() => err).toBe(`users-emulator: no browser could be opened: open ${address} yourself\n`);
    expect((await rawRequest(server.ready.url, { method: 'GET', path: '/_emulator/health' })).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});

test('paths in a config file are relative to it', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'emulator.json');
  const options = { seed: 'people.json', data: 'kept.json', caOut: 'ca.pem', stateDir: 'state', port: 0 };
  writeFileSync(path, JSON.stringify(options));
  writeFileSync(join(folder, 'people.json'), '[{"login":"mia"}]');
  const { ready, stop } = await startCommand(['--json', '--config', path]);
  expect(ready.caFile).toBe(join(folder, 'state', 'ca.pem'));
  expect(await stop()).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(['ca.pem', 'emulator.json', 'kept.json', 'people.json', 'state']);
});

test('--fault and `fault add` accept the same, including any operation', async () => {
  const { ready, stop } = await startCommand(['--json', '--port', '0', '--fault', 'any:503x1'], env);
  const showUser = async () => (await rawRequest(ready.url, { method: 'GET', path: '/users/1' })).status;
  expect([await showUser(), await showUser()]).toEqual([503, 403]);
  await stop();
});
