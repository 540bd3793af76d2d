import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { BIN, runCommand } from '../support/command-line.ts';
import { runInProcess } from '../support/in-process.ts';
import { connectionError } from '../support/socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'users-emulator-exec-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { USERS_EMULATOR_STATE_DIR: join(folder, 'state'), NODE_EXTRA_CA_CERTS: '' };

/** A command that is a script with a function `told`, which reports to the test, and the variables that exec sets. */
const script = (code: string) => [
  process.execPath,
  '-e',
  `const { pid, env } = process; const told = (more) => console.log(JSON.stringify({ pid, url: env.USERS_EMULATOR_URL, ...more })); ${code}`,
];
const exec = (command: readonly string[], options: readonly string[] = []) =>
  runInProcess(['exec', ...options, '--', ...command], env);

/** Whether a process runs; a zombie does not. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return existsSync('/proc') ? false : (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Checks that the command's process is gone and the server's port free. */
async function expectNothingLeft({ pid, url }: { pid: number; url: string }): Promise<void> {
  expect(await connectionError(url)).toBe('ECONNREFUSED');
  await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000);
}

describe('what the command gets', () => {
  test('the addresses of a ready server on a free port, and an existing certificate file', async () => {
    const { code, out, err } = await exec(
      script(`
        const { USERS_EMULATOR_HTTPS_URL: https, NODE_EXTRA_CA_CERTS: file } = env;
        const ask = async (url) => (await fetch(url + '/users/1')) && (await fetch(url + '/_emulator')).json();
        Promise.all([ask(env.USERS_EMULATOR_URL), ask(https)]).then(([one, two]) =>
          told({ https, file, users: one.applications.find(({ id }) => id === 230).users, same: one.url === two.url }));`),
      ['--seed', '--quiet'],
    );
    expect([code, err]).toEqual([0, '']);
    // only the command's own line: the server logs nothing
    const reported = JSON.parse(out);
    expect(reported.url).toMatch(/^http:\/\/127\.0\.0\.1:(?!4230)\d+$/);
    expect(reported).toMatchObject({ https: reported.url.replace('http:', 'https:'), users: 3, same: true });
    expect(reported.file).toBe(join(env.USERS_EMULATOR_STATE_DIR, 'ca.pem'));
    await expectNothingLeft(reported);
  });

  test('with --sandbox, the addresses of a sandbox', async () => {
    const ask = script(
      `fetch(env.USERS_EMULATOR_URL + '/_emulator').then((answer) => answer.json()).then((info) => told({ info }));`,
    );
    const { code, out } = await exec(ask, ['--seed', '--quiet', '--sandbox', 'w1']);
    expect(code).toBe(0);
    const { url, info } = JSON.parse(out);
    expect(info).toMatchObject({ sandbox: 'w1', url });
    expect(new URL(url).pathname).toBe('/');
    expect(await exec(ask, ['--sandbox', 'a b'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--sandbox: '),
    });
  });

  test('its own arguments, including options, its input and its folder', async () => {
    const { out } = await runCommand(
      [
        'exec',
        '--',
        process.execPath,
        '-p',
        'process.argv.slice(1).concat(process.cwd()).join()',
        '--',
        '--seed',
        '-p',
        '--',
      ],
      { env, cwd: tmpdir() },
    );
    expect(out.trim()).toBe(['--seed', '-p', '--', tmpdir()].join());
  });

  test('its own options, even without -- before it', async () => {
    const { out } = await runInProcess(['exec', '--any-app', process.execPath, '-p', '"mine"'], env);
    expect(out).toBe('mine\n');
  });

  test('certificates that the environment already trusts stay trusted', async () => {
    const file = join(folder, 'others.pem');
    writeFileSync(file, 'theirs\n');
    const print = `const { NODE_EXTRA_CA_CERTS: file } = env; told({ file, text: require('fs').readFileSync(file, 'utf8') })`;
    const { out } = await runInProcess(['exec', '--', ...script(print)], { ...env, NODE_EXTRA_CA_CERTS: file });
    const reported = JSON.parse(out);
    expect(reported.text).toBe(`theirs\n${readFileSync(join(env.USERS_EMULATOR_STATE_DIR, 'ca.pem'), 'utf8')}`);
    expect(existsSync(reported.file)).toBe(false);
  });

  test('every option of start, from the command line and the config file, and the admin token', async () => {
    const cwd = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(cwd, 'users-emulator.config.json'), '{"seed": true, "app": "77:key77"}');
    const print = `fetch(env.USERS_EMULATOR_URL + '/_emulator', { headers: { authorization: 'Bearer ' + env.USERS_EMULATOR_ADMIN_TOKEN } })
      .then((answer) => answer.json()).then(({ applications }) => told({ apps: applications.map(({ id, users }) => [id, users]) }))`;
    const { out } = await runCommand(['exec', '--admin-token', 't0', '--', ...script(print)], { env, cwd });
    expect(Object.fromEntries(JSON.parse(out).apps)).toEqual({ 22: 6, 77: 0, 230: 3 });
  });
});

describe('its port', () => {
  const portOf = ({ out }: { readonly out: string }) => Number(new URL(JSON.parse(out).url).port);

  test('is a free one, whatever port the config file names', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const cwd = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(cwd, 'users-emulator.config.json'), JSON.stringify({ port }));
    const args = ['exec', '--', ...script('told()')];
    expect(portOf(await runCommand(args, { env, cwd }))).not.toBe(port);
    // as an option of exec itself it applies
    const reported = await runCommand(args, { env: { ...env, USERS_EMULATOR_PORT: String(port) }, cwd });
    expect([reported.code, reported.err]).toEqual([3, expect.stringContaining(`port ${port} is in use`)]);
  });
});

describe('how it ends', () => {
  test.each([0, 1, 42])('exit code %i', async (code) => {
    const ended = await exec(script(`told(); process.exitCode = ${code}`));
    expect(ended.code).toBe(code);
    await expectNothingLeft(JSON.parse(ended.out));
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('a command killed by %s: %i', async (signal, code) => {
    const ended = await exec(
      script(`told(); setTimeout(() => process.kill(pid, '${signal}'), 50); setInterval(() => {}, 999)`),
    );
    expect(ended.code).toBe(code);
    await expectNothingLeft(JSON.parse(ended.out));
  });

  test('a command that does not exist: 127, in one line', async () => {
    const { code, out, err } = await exec(['no-such-command', 'x']);
    expect([code, out, err]).toEqual([127, '', 'users-emulator: no-such-command: command not found\n']);
  });

  test('a command line in quotes: 127, and how to give it to a shell', async () => {
    const { code, err } = await exec(['echo $HOME && true']);
    expect([code, err]).toEqual([
      127,
      "users-emulator: echo $HOME && true: command not found\n(users-emulator exec -- sh -c 'echo $HOME && true', if it is for a shell)\n",
    ]);
  });

  test('a command that may not be run: 126', async () => {
    const file = join(folder, 'plain.txt');
    writeFileSync(file, '');
    expect((await exec([file])).code).toBe(126);
  });

  test('no command: 2; a missing seed: 4', async () => {
    expect((await runInProcess(['exec', '--seed'], env)).code).toBe(2);
    const { code, out } = await exec(script('told()'), ['--seed', join(folder, 'missing.json')]);
    expect([code, out]).toEqual([4, '']);
  });

  test('a command that --seed took for its file: 4, with how to separate them', async () => {
    const { code, err } = await runInProcess(['exec', '--seed', 'node', 'app.js'], env);
    expect(code).toBe(4);
    expect(err).toMatch(
      /^users-emulator: the seed .*node can't be read: .*\n\(users-emulator exec --seed -- node …, if/,
    );
  });

  test('with open connections and pending requests', async () => {
    const ended = await exec(
      script(`
        const agent = new (require('http').Agent)({ keepAlive: true });
        fetch(env.USERS_EMULATOR_URL + '/_emulator/outbox?wait=60s').catch(() => {});
        require('http').get(env.USERS_EMULATOR_URL + '/_emulator/health', { agent }, (answer) => {
          answer.resume(); told(); setTimeout(() => process.exit(3), 100); });`),
    );
    expect(ended.code).toBe(3);
    await expectNothingLeft(JSON.parse(ended.out));
  });
});

/** Starts exec in a process group of its own, and waits until its command has started. */
async function startExec(onTestFinished: TestContext['onTestFinished'], code: string) {
  const child = spawn(process.execPath, [BIN, 'exec', '--', ...script(code)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    timeout: 15_000,
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, 'SIGKILL');
  });
  const ended = once(child, 'exit').then(([status, signal]) => signal ?? status);
  const [line] = await once(child.stdout!, 'data');
  return { child, ended, said: JSON.parse(String(line)) as { pid: number; url: string; child?: number } };
}

const signalGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals) => process.kill(-pid!, signal);
const WAITS = 'setInterval(() => {}, 999);';

test('a command whose reader is gone ends with its own code', async () => {
  const child = spawn(process.execPath, [BIN, 'exec', '--json', '--', ...script('process.exitCode = 7')], {
    env: { ...process.env, ...env },
  });
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([7, null]);
});

describe.skipIf(process.platform === 'win32')('signals', { concurrent: true }, () => {
  test('Ctrl-C, which the whole group receives', async ({ onTestFinished }) => {
    const { child, ended, said } = await startExec(onTestFinished, `told(); ${WAITS}`);
    signalGroup(child, 'SIGINT');
    expect(await ended).toBe(130);
    await expectNothingLeft(said);
  });

  // Debian's `script` gives a command a terminal of its own. Its shell would answer Ctrl-C, too, if it didn't make way
  test.skipIf(!existsSync('/usr/bin/script'))('Ctrl-C at a terminal reaches the command once', async () => {
    const count = `let times = 0; process.on('SIGINT', () => { if (++times === 1) setTimeout(() => { told({ times }); process.exit(5); }, 300); }); told(); ${WAITS}`;
    const line = [process.execPath, BIN, 'exec', '--', ...script(count)].map(
      (word) => `'${word.replaceAll("'", `'\\''`)}'`,
    );
    const terminal = spawn('script', ['-qec', `exec ${line.join(' ')}`, '/dev/null'], {
      env: { ...process.env, ...env, SHELL: '/bin/sh' },
      timeout: 15_000,
    });
    let reported = '';
    terminal.stdout.on('data', (chunk) => {
      const startExec = reported.includes('}');
      reported += chunk;
      if (!startExec && reported.includes('}')) terminal.stdin.write('\x03');
    });
    const [code] = await once(terminal, 'exit');
    expect([code, reported]).toEqual([5, expect.stringContaining('"times":1')]);
    await expectNothingLeft(JSON.parse(/\{.*\}/.exec(reported)![0]));
  });

  test('processes that the command started get the signal, and end with it', async ({ onTestFinished }) => {
    const started = `process.on('SIGTERM', () => setTimeout(() => process.exit(), 100)); console.log(process.pid); ${WAITS}`;
    const { child, ended, said } = await startExec(
      onTestFinished,
      `
      const child = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(started)}]);
      child.stdout.once('data', (pid) => told({ child: Number(pid) })); ${WAITS}`,
    );
    expect(alive(said.child!)).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    await expectNothingLeft({ ...said, pid: said.child! });
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s to exec alone is passed on', async ([signal, code], { onTestFinished }) => {
    const { child, ended, said } = await startExec(onTestFinished, `told(); ${WAITS}`);
    child.kill(signal);
    expect(await ended).toBe(code);
    await expectNothingLeft(said);
  });

  test('a command that cleans up first is waited for, with its server, and its exit code counts', async ({
    onTestFinished,
  }) => {
    const { child, ended, said } = await startExec(
      onTestFinished,
      `
      process.on('SIGTERM', () => setTimeout(async () => {
        const { status } = await fetch(env.USERS_EMULATOR_URL + '/_emulator/health');
        process.exit(status === 200 ? 9 : 1);
      }, 300));
      told(); ${WAITS}`,
    );
    child.kill('SIGTERM');
    expect(await ended).toBe(9);
    await expectNothingLeft(said);
  });

  test('a command that does not end is killed', async ({ onTestFinished }) => {
    const { child, ended, said } = await startExec(onTestFinished, `process.on('SIGTERM', () => {}); told(); ${WAITS}`);
    child.kill('SIGTERM');
    expect(await ended).toBe(137);
    await expectNothingLeft(said);
  });

  test('when exec itself is killed, its port is free at once', async ({ onTestFinished }) => {
    const { child, ended, said } = await startExec(onTestFinished, `told(); ${WAITS}`);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(await connectionError(said.url)).toBe('ECONNREFUSED');
    process.kill(said.pid, 'SIGKILL');
    await sleep(0);
  });
});
