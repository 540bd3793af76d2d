import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { BIN } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryFolder();
const env = { USERS_EMULATOR_STATE_DIR: join(folder, 'state'), NODE_EXTRA_CA_CERTS: '', GITHUB_STEP_SUMMARY: '' };
const CLIENT = [process.execPath, join(import.meta.dirname, 'client.mjs')];
const SIGN_UP = `
  const { env } = process;
  const ask = (path, init) => fetch(env.USERS_EMULATOR_URL + path, init);
  const signUp = (login, sandbox = '') => ask(sandbox + '/users', {
    method: 'POST',
    headers: { 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: new URLSearchParams({ 'user[login]': login, 'user[password]': 'secret123' }),
  });`;
/** A command: a script with `ask` and `signUp`. */
const script = (code: string) => [process.execPath, '-e', `${SIGN_UP}(async () => {${code}})()`];
const sweep = (
  command: readonly string[],
  options: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
) => runInProcess(['sweep', ...options, '--', ...command], { ...env, ...more });

/** The verdicts of a report, by the ids of their cases. */
function verdictsOf(out: string): Record<string, string> {
  const { cases }: { cases: { id: string; verdict: string }[] } = JSON.parse(out);
  return Object.fromEntries(cases.map(({ id, verdict }) => [id, verdict]));
}

/** The verdicts of cases at the first call of an operation. */
const at = (operation: string, verdicts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(verdicts).map(([fault, verdict]) => [`${operation}#1/${fault}`, verdict]));
const ALL_PASSED = {
  429: 'passed',
  503: 'passed',
  reset: 'passed',
  'answer-lost': 'passed',
  hang: 'passed',
  truncated: 'passed',
  html: 'passed',
};

describe.concurrent('the sample client', () => {
  test('with four faults: each is found, and named', async () => {
    const [junit, summary] = [join(folder, 'junit.xml'), join(folder, 'summary.md')];
    const options = ['--seed', '--jobs', '4', '--timeout', '10s', '--json', '--junit', junit];
    const { code, out } = await sweep([...CLIENT, 'faulty'], options, { GITHUB_STEP_SUMMARY: summary });
    expect(code).toBe(8);
    const failed = Object.fromEntries(Object.keys(ALL_PASSED).map((fault) => [fault, 'failed']));
    const { 'answer-lost': _, ...read } = ALL_PASSED;
    expect(verdictsOf(out)).toEqual({
      // an answer that can't be read is as good as lost
      ...at('users.create', { ...ALL_PASSED, 'answer-lost': 'duplicate', truncated: 'duplicate' }),
      ...at('session.create', failed),
      ...at('users.list_v2', { ...read, 'session-ended': 'passed', 429: 'storm', hang: 'hung' }),
    });
    const found = JSON.parse(out).cases.filter(({ counts }: { counts: boolean }) => counts);
    expect(found.map(({ detail }: { detail: string }) => detail)).toEqual([
      '2 users where the baseline has 1: mia, mia-2',
      '2 users where the baseline has 1: mia, mia-2',
      // under load the second attempts are too few for a flood, but still too early
      expect.stringMatching(/^\d+ calls of users\.list_v2 within a second$|, although Retry-After asks for 1 s$/),
      expect.stringMatching(/^no end within \d+\.\d s$/),
    ]);
    expect(readFileSync(junit, 'utf8')).toContain('tests="21" failures="4" skipped="7"');
    expect(readFileSync(summary, 'utf8')).toContain(
      '21 cases: 10 passed, 7 failed, 2 duplicate, 1 hung, 1 storm\n\n| case | verdict | |',
    );
  });

  test('mended: every case passes', async () => {
    const { code, out } = await sweep(CLIENT, ['--seed', '--jobs', '4', '--timeout', '60s', '--expect', 'passed']);
    expect(out).toMatch(/\n21 cases: 21 passed\n$/);
    expect(code).toBe(0);
  });
});

describe('the calls of the baseline', () => {
  test('count on across sandboxes and resets; one case shows its output', async () => {
    const command = script(`
      await signUp('a', '/sandbox/one');
      await ask('/sandbox/one/_emulator/reset', { method: 'POST' });
      const { status } = await signUp('b', '/sandbox/two');
      console.log('second: ' + status);`);
    const { code, out, err } = await sweep(command, ['--case', 'users.create#2/503']);
    expect(out).toMatch(
      /^baseline: users\.create ×2 in \d+\.\d s; 1 case\nusers\.create#2\/503 {2}passed {7}users\.create was not repeated\n1 case: 1 passed\n$/,
    );
    expect([code, err]).toEqual([0, 'second: 503\n']);
  });

  test('an ended session stays ended', async () => {
    const command = script(`
      const { session } = await (await ask('/session', { method: 'POST', body: new URLSearchParams({
        application_id: 230, auth_key: '29WfrNWdvkhmX6V', nonce: 1, timestamp: Math.floor(Date.now() / 1000) }) })).json();
      const read = async () => (await ask('/users/v2', { headers: { 'CB-Token': session.token } })).status;
      console.log(await read(), await read());`);
    const { err } = await sweep(command, ['--case', 'users.list_v2#1/session-ended']);
    expect(err).toBe('401 401\n');
  });

  test('that differ from run to run are reported', async () => {
    const file = join(folder, 'count');
    const command = script(`
      const { appendFileSync, readFileSync } = require('fs');
      appendFileSync('${file}', 'x');
      for (const login of readFileSync('${file}', 'utf8')) await signUp(login);`);
    const { out } = await sweep(command, ['--only', 'users.create#1/html']);
    expect(out).toContain(
      'not repeatable: without a fault, the command called users.create once, then 2 times; cases may not be reached\n',
    );
  });
});

test('failures of a client that never repeats are named as not counted; the printed line repeats the first', async () => {
  const command = script(`
    const { status } = await signUp("it's");
    if (status !== 201) process.exit(1);`);
  const options = ['--seed', '--set', 'rate_limit=10/1', '--timeout', '20s', '--only', 'html', '--only', '503'];
  const { code, out } = await sweep(command, options);
  expect(code).toBe(0);
  const [end = '', again = ''] = out.split('\nagain: ');
  expect(end).toMatch(/\n2 cases: 2 failed\nnot counted: 2 failed; with --expect passed, the sweep fails$/);
  expect(again).toMatch(/^users-emulator sweep .*--case 'users\.create#1\/503' -- /);
  const [, ...words] = execFileSync('sh', ['-c', `printf '%s\\0' ${again}`], { encoding: 'utf8' }).split('\0');
  const given = ['--timeout', '20s', '--seed', '--set', 'rate_limit=10/1'];
  expect(words.slice(0, -1)).toEqual(['sweep', ...given, '--case', 'users.create#1/503', '--', ...command]);
});

test('the printed line leaves out secrets, and names their options', async () => {
  const command = script("process.exit((await signUp('mia')).status === 201 ? 0 : 1);");
  const apps = ['--app', '7:seven:hush-app', '--app', '8:eight'];
  const options = ['--admin-token', 'hush-token', ...apps, '--set', 'api_key=hush-key', '--set', 'session_ttl=60'];
  const { out } = await sweep(command, [...options, '--smtp', 'smtp://me:hush-mail@127.0.0.1:9', '--only', '503']);
  const [, again = ''] = out.split('\nagain: ');
  expect(again).toMatch(/^users-emulator sweep --app 8:eight --set session_ttl=60 --case 'users\.create#1\/503' -- /);
  expect(again.trimEnd().split('\n').at(-1)).toBe(
    '(also give --app, --set, --admin-token, --smtp as before: secrets are left out)',
  );
  expect(out).not.toContain('hush');
});

test('a command that crashes', async () => {
  const command = script(`
    const first = await signUp('a');
    if (first.status === 503) process.kill(process.pid, 'SIGSEGV');
`);
  const { code, out } = await sweep(command, ['--json', '--case', '*/503', '--case', '*/html']);
  expect([code, verdictsOf(out)]).toEqual([8, { 'users.create#1/503': 'crashed', 'users.create#1/html': 'passed' }]);
});

describe('refusals', () => {
  test.each<[string, readonly string[], readonly string[], number, string]>([
    ['no command', [], [], 2, "missing required argument 'command'"],
    ['a command that is missing', ['no-such-command'], [], 1, 'no-such-command: command not found'],
    [
      'a command that fails',
      script('console.log("oh"); process.exit(3)'),
      [],
      1,
      'the command fails without any fault (exit code 3)\noh\n',
    ],
    ['a command without calls', script(''), [], 1, 'the command makes no calls: it finds the address'],
    [
      'unknown cases',
      script("await signUp('a')"),
      ['--only', 'users.show'],
      2,
      "--only: the command makes no call for a case 'users.show'",
    ],
    [
      'an unknown case',
      script("await signUp('a')"),
      ['--case', 'users.create#2/503'],
      2,
      '--case: the command makes no call',
    ],
    ['jobs', script(''), ['--jobs', '0'], 2, "--jobs: must be a number from 1 to 9999, not '0'"],
    ['a timeout', script(''), ['--timeout', 'soon'], 2, '--timeout: must be a duration'],
    ['an expectation', script(''), ['--expect', 'failed'], 2, "--expect: must be passed, not 'failed'"],
    [
      'a report',
      script(''),
      ['--junit', 'no/such/folder/x.xml'],
      1,
      "--junit: no/such/folder/x.xml can't be written: no such",
    ],
    [
      'a report in place of a folder',
      script(''),
      ['--junit', folder],
      1,
      "can't be written: illegal operation on a dir",
    ],
    ['a seed', script(''), ['--seed', 'missing.json'], 4, 'missing.json'],
    ['options that it does not have', script(''), ['--data', 'x.json'], 2, "unknown option '--data'"],
  ])('%s', async (_name, command, options, code, message) => {
    const ended = await sweep(command, options);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(message);
  });
});

test('reports that cannot be written any more are named, after all results', async () => {
  const junit = join(folder, 'later.xml');
  const command = script(`require('fs').mkdirSync('${junit}', { recursive: true }); await signUp('a');`);
  const options = ['--only', '503', '--junit', junit];
  const { code, out, err } = await sweep(command, options, { GITHUB_STEP_SUMMARY: folder });
  expect([code, out, err]).toEqual([
    1,
    expect.stringMatching(/\n1 case: 1 passed\n$/),
    [folder, junit]
      .map((file) => `users-emulator: ${file} can't be written: illegal operation on a directory\n`)
      .join(''),
  ]);
});

test('a baseline that takes long is announced', async () => {
  const command = script(`await signUp('a'); await new Promise((end) => setTimeout(end, 300));`);
  // the verdict depends on the machine: the case has 100 ms more than the baseline
  const { err } = await sweep(command, ['--only', '503', '--timeout', '100ms']);
  expect(err).toMatch(/^(users-emulator: the command runs without a fault; the sweep waits for its end .*\n){2}$/);
});

test('an interruption leaves no process and no file behind, and reports what there is', async () => {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const others = join(folder, 'others.pem');
  writeFileSync(others, '');
  // the first case hangs, with a child that ignores SIGTERM
  const command = script(`
    const { status } = await signUp('a').catch(() => ({ status: 0 }));
    if (status !== 503) return;
    const child = require('child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 999)']);
    require('fs').writeFileSync('${join(folder, 'pids')}', process.pid + ' ' + child.pid);
    setInterval(() => {}, 999);`);
  const child = spawn(process.execPath, [BIN, 'sweep', '--only', 'html', '--only', '503', '--', ...command], {
    env: { ...process.env, ...env, TMPDIR: temporary, NODE_EXTRA_CA_CERTS: others },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  const pids = await vi.waitFor(() => readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number), 20_000);
  expect(readdirSync(temporary)).toHaveLength(1);
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect([code, out]).toEqual([
    130,
    expect.stringMatching(/^baseline: users\.create in .*; 2 cases\n0 cases \(interrupted: 2 were planned\)\n$/),
  ]);
  expect(readdirSync(temporary)).toEqual([]);
  for (const pid of pids) await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);
});

/** Whether a process runs; a zombie does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync('/proc') ? !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) : true;
  } catch {
    return false;
  }
}
