import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { readConfig } from '../../src/config/config.ts';
import type { OptionRow } from '../../src/config/option-row.ts';
import { OPTION_NAMES, OPTIONS } from '../../src/config/options.ts';
import { temporaryFolder, temporaryWorkingFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryWorkingFolder();

describe('superfluous and misspelt arguments', () => {
  test.each([
    [['strat'], "unknown command 'strat'\n(Did you mean start?)\n(see users-emulator --help)\n"],
    [
      ['people.json'],
      "unknown command 'people.json'\n(users-emulator --seed people.json, if it is a seed)\n(see users-emulator --help)\n",
    ],
    [
      ['--seed', '--intercept'],
      "unknown option '--intercept'\n(an option of exec, sweep)\n(see users-emulator start --help)\n",
    ],
    [['--sed'], "unknown option '--sed'\n(Did you mean one of --seed, --set?)\n(see users-emulator start --help)\n"],
    [['exec'], "missing required argument 'command'\n(users-emulator exec [options] -- <command>)\n"],
    [['clock', 'stop'], "unknown command 'stop'\n(see users-emulator clock --help)\n"],
    [['clock', 'set'], "missing required argument 'time'\n(see users-emulator clock set --help)\n"],
  ])('%j: 2, with a suggestion', async (words, message) => {
    expect(await runInProcess(words)).toEqual({ code: 2, out: '', err: `users-emulator: ${message}` });
  });

  test.each<[string, string]>([
    ['clock freeze tomorrow', 'time: must be an ISO time'],
    ['clock advance soon', 'duration: must be a '],
    ['reset --to nowhere', "--to: must be seed or empty, not 'nowhere'"],
    ['health --wait soon', "--wait: must be a duration such as 10s, 1m30s or 500ms, not 'soon'"],
    ['settings get --app mine', "--app: must be a whole number, not 'mine'"],
    ['requests --status good', '--status: must be a whole number'],
    ['fault add users.creat:503', 'operation: must be one of '],
    ['fault add users.create:error=login_taken', "no error has the key 'login_taken'; did you mean taken?"],
    [
      'fault add users.create:tekan',
      "must be operation:effect[xN][@after], such as users.create:503x2 or users.create:resetx1@after, not 'users.create:tekan'; did you mean taken?",
    ],
    ['fault add any --delay x', "--delay: must be milliseconds or min-max, not 'x'"],
    ['fault add any --times x', '--times: must be a whole number'],
    ['fault add any --drop x', '--drop: must be '],
  ])('%s: 2, naming the argument or the option', async (line, message) => {
    const { createEmulator } = await import('../../src/index.ts');
    await using emulator = await createEmulator();
    const { code, out, err } = await runInProcess(line.split(' '), { USERS_EMULATOR_URL: emulator.url });
    expect([code, out, err.slice(0, `users-emulator: ${message}`.length)]).toEqual([
      2,
      '',
      `users-emulator: ${message}`,
    ]);
  });
});

test('a seed of CSV is refused, with the way to JSON', async () => {
  const file = join(folder, 'people.csv');
  writeFileSync(file, 'login,password\nmia,secret123\n');
  expect(await runInProcess(['--seed', file])).toEqual({
    code: 4,
    out: '',
    err: `users-emulator: the seed ${file} can't be used:\n  line 1, column 1: not valid JSON (Unexpected token 'l')\n(a seed is JSON; docs/reference/fixtures.md shows how to make one of CSV)\n`,
  });
});

test("blanks around a variable, as cmd.exe's `set A=1 && …` leaves them, don't count", () => {
  expect(readConfig({}, { env: { USERS_EMULATOR_PORT: '4300 ', USERS_EMULATOR_SEED: ' ' } })).toMatchObject({
    port: 4300,
    seed: false,
  });
});

test.each<[string, unknown, string]>([
  ['port', null, "must be a port from 0 to 65535, not 'null'"],
  ['port', true, "must be a port from 0 to 65535, not 'true'"],
  ['port', [80], "must be a port from 0 to 65535, not '[80]'"],
  ['port', ' ', "must be a port from 0 to 65535, not ' '"],
  ['port', '0x10', "must be a port from 0 to 65535, not '0x10'"],
  ['chat', [], "must be a port from 0 to 65535, not '[]'"],
  ['log', { format: 'json' }, `must be pretty or json or silent, not '{"format":"json"}'`],
  ['anyApp', {}, "must be true or false, not '{}'"],
])('a config file with %s = %j is refused', async (name, value, message) => {
  const file = join(folder, 'users-emulator.config.json');
  writeFileSync(file, JSON.stringify({ port: 0, [name]: value }));
  const { code, out, err } = await runInProcess([]).finally(() => rmSync(file));
  expect([code, out, err]).toEqual([4, '', expect.stringContaining(`, ${name}: ${message}\n`)]);
});

describe('secrets in values that cannot be used', () => {
  const secret = 'S3cr3tValue';

  test.each<[string[], string]>([
    [['--app', `x:${secret}:${secret}`], '--app: must be id:key[:secret[:dialect]]'],
    [['--smtp', `http://me:${secret}@mail.example.com`], '--smtp: must be a mail server'],
    [['--smtp', `smtp//me:${secret}@mail.example.com`], '--smtp: must be a mail server'],
    [['--admin-token', `${secret}\nmore`], '--admin-token: must be ASCII without blanks'],
    [[`--adminToken=${secret}`], "unknown option '--adminToken'"],
    [['reset', `--admin-tokn=${secret}'s`], "unknown option '--admin-tokn'"],
    [['conform', '--app', `x:k:${secret}`, '--upstream', 'http://a.example'], '--app: must be id:key'],
    [['conform', '--app', '1:k', '--upstream', `http://me:${secret}@127.0.0.1:1`], '--upstream: must be an address'],
    [['reset', '--url', `http://me:${secret}@127.0.0.1:1`], "the emulator's address must be a URL"],
    [['reset', '--url', `http://me:${secret}@[`], "the emulator's address must be a URL"],
  ])('%j: the message does not repeat them', async (words, message) => {
    const { code, out, err } = await runInProcess(words);
    expect([code === 0, out, err]).toEqual([false, '', expect.stringContaining(`users-emulator: ${message}`)]);
    expect(err).not.toContain(secret);
  });

  test.each<[string, string]>([
    ['USERS_EMULATOR_APP', `x:${secret}:${secret}`],
    ['USERS_EMULATOR_SMTP', `smtp//me:${secret}@mail.example.com`],
    ['USERS_EMULATOR_ADMIN_TOKEN', `${secret} ${secret}`],
  ])('the message about %s does not repeat them', async (variable, value) => {
    const { code, out, err } = await runInProcess([], { [variable]: value });
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(`^users-emulator: ${variable}: must be `)]);
    expect(err).not.toContain(secret);
  });

  test('the message about a setting of a config file does not repeat them', async () => {
    writeFileSync(join(folder, 'users-emulator.config.json'), JSON.stringify({ set: { api_key: [secret] } }));
    const { code, out, err } = await runInProcess([]).finally(() => rmSync(join(folder, 'users-emulator.config.json')));
    expect([code, out, err]).toEqual([4, '', expect.stringContaining("set: setting 'api_key' is a text, or 'none'\n")]);
    expect(err).not.toContain(secret);
  });
});

describe('help', () => {
  test('of the program: commands, the first options, and examples', async () => {
    const { code, out, err } = await runInProcess(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const part of ['--seed [file]', '--data <file>', '--port <n>', '  token <login|id>', 'start --help'])
      expect(out).toContain(part);
    expect(out).toMatch(/^Examples:\n {2}users-emulator --seed /m);
    expect(await runInProcess(['-h'])).toEqual({ code, out, err });
  });

  test('of start: every option with its default, and the other ways to set it', async () => {
    const { out } = await runInProcess(['start', '--help']);
    const rows: readonly OptionRow<unknown>[] = Object.values(OPTIONS);
    for (const { flags, only } of rows)
      expect(out.includes(`  ${flags} `), flags).toBe(only?.includes('start') ?? true);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('picks a free one (default: 4230)');
    expect(out).toContain('USERS_EMULATOR_ANY_APP');
    // its own options first
    expect(out.match(/^[A-Z][^:\n]*:$/gm)?.slice(-2)).toEqual(['General:', 'Examples:']);
  });

  test('of exec: its own defaults', async () => {
    const out = (await runInProcess(['exec', '--help'])).out.replaceAll(/\s+/g, ' ');
    expect(out).toContain('picks a free one (default: 0)');
    expect(out).toContain('in this format (default: silent)');
    const rows: readonly OptionRow<unknown>[] = Object.values(OPTIONS);
    for (const { flags, only } of rows) expect(out.includes(` ${flags} `), flags).toBe(only?.includes('exec') ?? true);
  });

  /** A program for a terminal of so many columns. */
  const programFor = (columns: number) => {
    const stdout = Object.assign(new PassThrough(), { columns });
    return createProgram({ stdout, stderr: stdout, env: {} }, () => {});
  };
  const pathsOf = ({ commands }: Command, path: readonly string[] = []): string[][] => [
    [...path],
    ...commands.flatMap((each) => pathsOf(each, [...path, each.name()])),
  ];
  const paths = pathsOf(programFor(80)).map((path) => path.join(' '));

  test.each(paths)('of "%s" fits a terminal of 80 columns', async (path) => {
    const { code, out, err } = await runInProcess([...path.split(' '), '--help'].filter(Boolean));
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/^Usage: users-emulator /);
  });

  test('is wrapped on a terminal of 60 columns, too, between words', () => {
    const helpOf = (command: Command): string[] => [command.helpInformation(), ...command.commands.flatMap(helpOf)];
    const lines = helpOf(programFor(60)).join('').split('\n');
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => line.length > 60 && !/^Usage: |^ +\S+$/.test(line))).toEqual([]);
  });

  test('the version', async () => {
    const { out } = await runInProcess(['--version']);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await runInProcess(['-v'])).toEqual({ code: 0, out, err: '' });
  });
});

test.each(OPTION_NAMES)('the flags of %s have its name', (name) => {
  expect(new Option(OPTIONS[name].flags).attributeName()).toBe(name);
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
    [{ app: '7:seven::none' }, ", app: 'none' is not a dialect"],
    [{ app: '7:29WfrNWdvkhmX6V' }, ', app: application 230 has the auth key'],
    [{ port: 'any' }, ", port: must be a port from 0 to 65535, not 'any'"],
    [{ cert: 'mine.pem' }, ', cert: needs --key, too'],
    [{ prot: 1 }, ": unknown option 'prot'; the options are: seed, "],
    [[], ': must be a JSON object'],
    ['{', ': line 1, column 2: not valid JSON'],
  ])('%j: 4, with the path of the file and the option', async (content, message) => {
    const path = file(content);
    const { code, out, err } = await runInProcess(['--config', path]);
    const start = `users-emulator: config file ${path}${message}`;
    expect([code, out, err.slice(0, start.length)]).toEqual([4, '', start]);
  });

  test('that is missing: 4, with its path once', async () => {
    const path = join(folder, 'none.json');
    expect(await runInProcess(['--config', path])).toEqual({
      code: 4,
      out: '',
      err: `users-emulator: config file ${path} can't be read: no such file or directory\n`,
    });
  });

  test('the same on the command line and in the environment: 2, naming the option or variable', async () => {
    const flag = await runInProcess(['--set', 'sesion_ttl=60']);
    expect([flag.code, flag.err]).toEqual([2, expect.stringMatching(/^users-emulator: --set: unknown setting/)]);
    const variable = await runInProcess([], { USERS_EMULATOR_SET: 'sesion_ttl=60' });
    expect([variable.code, variable.err]).toEqual([2, expect.stringMatching(/^users-emulator: USERS_EMULATOR_SET: /)]);
  });

  test('its paths are relative to it, those of the command line to the working folder', async () => {
    const path = file({ seed: 'people.json' });
    const [inFile, typed] = [await runInProcess(['--config', path]), await runInProcess(['--seed', 'people.json'])];
    expect(inFile.err).toContain(`the seed ${join(path, '..', 'people.json')} can't be read`);
    expect(typed.err).toContain(`the seed ${join(process.cwd(), 'people.json')} can't be read`);
    expect([inFile.code, typed.code]).toEqual([4, 4]);
  });
});
