import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryFolder();
const env = { USERS_EMULATOR_STATE_DIR: join(folder, 'state'), NODE_EXTRA_CA_CERTS: '', GITHUB_STEP_SUMMARY: '' };

/** A command that makes calls: `GET /users/1` with the auth key. */
const calling = (calls: readonly string[], exitCode = 0) => [
  process.execPath,
  '-e',
  `const headers = { 'CB-AuthKey': '29WfrNWdvkhmX6V', 'Content-Type': 'application/json' };
  (async () => {
    for (const call of ${JSON.stringify(calls)}) {
      const [method, path, body] = call.split(' ');
      await fetch(process.env.USERS_EMULATOR_URL + path, { method, headers, body });
    }
    process.exitCode = ${exitCode};
  })();`,
];
const SIGN_UP = 'POST /users {"user":{"login":"mia","password":"secret123"}}';
/** Rests on guesses: the length of a password and its text. */
const SHORT = 'POST /users {"user":{"login":"mia","password":"123"}}';
const exec = (options: readonly string[], command: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runInProcess(['exec', ...options, '--', ...command], { ...env, ...more });

test('a run ends with its evidence, guesses named', async () => {
  const { code, out, err } = await exec([], calling([SIGN_UP, SHORT, 'GET /chat/Dialog']));
  expect([code, out]).toEqual([0, '']);
  expect(err).toBe(
    [
      'users-emulator: the answers of this run rest on 1 doc and 1 guess; 1 × a fault, a stub or 501, which prove nothing\n',
      "  guess  error:too_short:password, 1 ×, first POST /users: wording: the ancestor's\n",
    ].join(''),
  );
});

test('with --log json, it is a line of JSON', async () => {
  const { err } = await exec(['--log', 'json'], calling([SIGN_UP]));
  expect(JSON.parse(err)).toMatchObject({ event: 'evidence', levels: { doc: 1 } });
});

test('a run without answers, and one with --quiet, ends without a word', async () => {
  expect((await exec([], calling([]))).err).toBe('');
  expect((await exec(['--quiet'], calling([SIGN_UP]))).err).toBe('');
});

test('answers in sandboxes and before a reset count, too', async () => {
  const file = join(folder, 'all.json');
  await exec(
    ['--evidence-out', file],
    calling([
      `POST /sandbox/w1${SIGN_UP.slice(5)}`,
      'DELETE /_emulator/sandboxes/w1',
      SIGN_UP,
      'POST /_emulator/reset',
    ]),
  );
  expect(JSON.parse(readFileSync(file, 'utf8')).items).toMatchObject([{ of: 'operation:users.create', count: 2 }]);
});

test('--fail-on: exit code 6, with what is too weak, also with --quiet', async () => {
  const { code, err } = await exec(['--fail-on', 'guess', '--quiet'], calling([SHORT]));
  expect([code, err]).toEqual([
    6,
    "users-emulator: --fail-on guess: the answers of this run rest on these behaviours:\n  guess  error:too_short:password, 1 ×, first POST /users: wording: the ancestor's\n",
  ]);
});

test.each([
  [['--fail-on', 'guess'], calling([SIGN_UP, 'GET /chat/Dialog']), 0],
  [['--fail-on', 'guess'], calling([SHORT], 3), 3],
  [['--fail-on', 'sdk', '--evidence', 'rule'], calling([SHORT]), 6],
  [['--fail-on', 'guess', '--evidence', 'rule'], calling([SHORT]), 0],
])('%j ends the command %# with its code', async (options, command, code) => {
  expect((await exec(options, command)).code).toBe(code);
});

test('--evidence-baseline accepts what an earlier run wrote, and nothing new', async () => {
  const file = join(folder, 'baseline.json');
  await exec(['--evidence-out', file], calling([SHORT]));
  expect((await exec(['--evidence-baseline', file], calling([SHORT, SIGN_UP]))).code).toBe(0);
  const { code, err } = await exec(['--evidence-baseline', file, '--quiet'], calling([SHORT, 'GET /nothing']));
  expect(code).toBe(6);
  expect(err).toContain(`${file} lacks`);
  expect(err.match(/error:\w+/g)).toEqual(['error:route_unknown']);
});

test('a baseline accepts no weaker level than its own', async () => {
  const file = join(folder, 'surer.json');
  writeFileSync(file, JSON.stringify({ items: [{ of: 'error:too_short:password', level: 'sdk' }] }));
  expect((await exec(['--evidence-baseline', file], calling([SHORT]))).code).toBe(6);
});

test.each([
  ['missing', undefined, /can't be read: no such file or directory \(exec --evidence-out writes such a file\)$/m],
  ['no JSON', '{', /can't be read: line 1, column 2: not valid JSON/],
  ['no list', '{}', /must have a list 'items'/],
  ['a row without a level', '{"items":[{"of":"x"}]}', /items\[0\] must have 'of' and a 'level', one of doc, log/],
])('a baseline that is %s: exit code 4, and the command does not run', async (name, content, message) => {
  const [file, trace] = [join(folder, `${name}.json`), join(folder, `${name}.trace`)];
  if (content !== undefined) writeFileSync(file, content);
  const { code, err } = await exec(
    ['--evidence-baseline', file],
    [process.execPath, '-e', `require('fs').writeFileSync(${JSON.stringify(trace)}, '')`],
  );
  expect([code, existsSync(trace)]).toEqual([4, false]);
  expect(err).toMatch(message);
});

test('the summary of a GitHub job gets a table', async () => {
  const file = join(folder, 'summary.md');
  writeFileSync(file, 'before\n');
  await exec([], calling([SIGN_UP, SHORT]), { GITHUB_STEP_SUMMARY: file });
  expect(readFileSync(file, 'utf8')).toBe(`before
### Evidence of the emulated answers

1 doc, 0 log, 0 sdk, 1 guess, 0 own

| level | behaviour | answers | first request | evidence |
|---|---|---|---|---|
| guess | \`error:too_short:password\` | 1 | \`POST /users\` | wording: the ancestor's |
| doc | \`operation:users.create\` | 2 | \`POST /users\` | users/user-sign-up |

`);
});

test('a file that cannot be written is named, and the exit code stays', async () => {
  const { code, err } = await exec(['--quiet', '--evidence-out', join(folder, 'no/such.json')], calling([SIGN_UP]));
  expect([code, err]).toEqual([
    0,
    `users-emulator: ${join(folder, 'no/such.json')} can't be written: no such file or directory\n`,
  ]);
});
