import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { envName, OPTION_NAMES } from '../../src/config/options.ts';
import { unknownVariables, VARIABLES } from '../../src/config/variables.ts';
import { createEmulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const names = VARIABLES.map(({ name }) => name);

test('the table has a variable for each option, and every one that the sources name', () => {
  for (const option of OPTION_NAMES) expect(names).toContain(envName(option));
  const folder = resolve(import.meta.dirname, '../../src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  const named = sources.flatMap(
    (file) => readFileSync(join(folder, file), 'utf8').match(/USERS_EMULATOR_[A-Z]\w*/g) ?? [],
  );
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('env lists all variables with their values, but no secrets', async () => {
  const env = {
    USERS_EMULATOR_PORT: '7',
    USERS_EMULATOR_HOST: '',
    USERS_EMULATOR_ADMIN_TOKEN: 'open-sesame',
    USERS_EMULATOR_APP: '7:seven,8:eight:open-sesame',
    USERS_EMULATOR_SET: 'session_ttl=60,api_key=open-sesame',
    USERS_EMULATOR_SMTP: 'smtp://me:open-sesame@127.0.0.1:1025',
  };
  const { code, out, err } = await runInProcess(['env'], env);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^variable +values +now +meaning\n/);
  expect(out).toMatch(/^USERS_EMULATOR_PORT +n +7 +listen on this port/m);
  expect(out).toMatch(/^USERS_EMULATOR_SEED +file, true, false +- /m);
  expect(out).toMatch(/^USERS_EMULATOR_ANY_APP +true, false +- /m);
  expect(out).toMatch(/^USERS_EMULATOR_STUB +file or app-boot, … +- /m);
  for (const name of ['ADMIN_TOKEN', 'APP', 'SET', 'SMTP'])
    expect(out).toMatch(new RegExp(`^USERS_EMULATOR_${name} .* \\[set\\] `, 'm'));
  expect(out).not.toContain('sesame');
  const rows = JSON.parse((await runInProcess(['env', '--json'], env)).out);
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(names);
  expect(rows).toContainEqual({ ...VARIABLES.find(({ name }) => name === 'USERS_EMULATOR_PORT'), value: '7' });
  expect(rows).toContainEqual({ ...VARIABLES.find(({ name }) => name === 'USERS_EMULATOR_HOST'), value: null });
});

test.each([
  ['USERS_EMULATOR_PROT', 'the variable USERS_EMULATOR_PROT is unknown: did you mean USERS_EMULATOR_PORT?'],
  ['USERS_EMULATOR_ANYAPP', 'the variable USERS_EMULATOR_ANYAPP is unknown: did you mean USERS_EMULATOR_ANY_APP?'],
  ['USERS_EMULATOR_NONSENSE', "the variable USERS_EMULATOR_NONSENSE is unknown: see 'users-emulator env'"],
])('%s is reported, with the nearest name', (name, message) => {
  expect(unknownVariables({ [name]: '1', USERS_EMULATOR_PORT: '7', PATH: '' })).toEqual([message]);
});

test('commands and the server report it once, and go on', async () => {
  const message = 'users-emulator: the variable USERS_EMULATOR_PROT is unknown: did you mean USERS_EMULATOR_PORT?\n';
  await using emulator = await createEmulator();
  const env = { USERS_EMULATOR_URL: emulator.url, USERS_EMULATOR_PROT: '7' };
  const refused = await runInProcess(['token', 'x'], env);
  expect([refused.code, refused.err.split(message)]).toEqual([1, ['', expect.stringContaining("no user 'x'")]]);
  const started = await runInProcess(['--port', 'x'], env);
  expect(started.err.split(message)).toHaveLength(2);
  expect(started.code).toBe(2);
});

test.each([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
])('as a seed, %j is no file', (seed, expected) => {
  expect(readConfig({}, { env: { USERS_EMULATOR_SEED: seed } }).seed).toBe(expected);
});

test('env --export --intercept adds those by which production addresses lead to it', async () => {
  await using emulator = await createEmulator();
  const sandbox = emulator.sandbox('w1');
  const own = await sandbox.listen();
  const exported = async (...args: string[]) => {
    const { code, out, err } = await runInProcess(['env', '--export', '--intercept', ...args], {
      NODE_OPTIONS: '--enable-source-maps',
      NO_PROXY: 'internal.example',
    });
    expect([code, err]).toEqual([0, '']);
    return Object.fromEntries(Array.from(out.matchAll(/^export (\w+)='(.*)'$/gm), ([, name, value]) => [name, value]));
  };
  const { port } = new URL(emulator.url);
  const plain = await exported('--url', emulator.url);
  const interception = JSON.parse(plain.USERS_EMULATOR_INTERCEPTION);
  expect(interception).toMatchObject({ host: '127.0.0.1', port: Number(port), allow: [] });
  expect(interception.hosts).toContain('api.connectycube.com');
  expect(readFileSync(interception.caFile, 'utf8')).toBe(await emulator.ca);
  expect(plain.NODE_OPTIONS).toMatch(/^--enable-source-maps --require .*intercept\.cjs"?$/);
  expect(plain.NO_PROXY).toMatch(/^internal\.example,api\.connectycube\.com,/);
  expect(plain.USERS_EMULATOR_CHROMIUM_ARGS).toContain(`MAP api.connectycube.com 127.0.0.1:${port}`);
  const hosts = ['chat.acme.example', '--allow', 'docs.connectycube.com'];
  const more = await exported('api.acme.example', ...hosts, '--url', own.url);
  const { port: ownPort, hosts: all, allow } = JSON.parse(more.USERS_EMULATOR_INTERCEPTION);
  expect([ownPort, all.slice(-2), allow]).toEqual([
    Number(new URL(own.url).port),
    ['api.acme.example', 'chat.acme.example'],
    ['docs.connectycube.com'],
  ]);
  const below = await runInProcess(['env', '--export', '--intercept', '--url', `${emulator.url}/sandbox/w2`]);
  expect([below.code, below.err]).toEqual([2, expect.stringContaining('has none of its own')]);
});

test('env --export prints commands by which a shell finds a running emulator', async () => {
  await using emulator = await createEmulator({ stateDir: join(temporaryFolder(), "it's mine") });
  const { ca_file } = await emulator.info();
  const lines = (url: string, https: string) => [
    `export USERS_EMULATOR_URL='${url}'\n`,
    `export USERS_EMULATOR_HTTPS_URL='${https}'\n`,
    `export NODE_EXTRA_CA_CERTS='${ca_file.replace("'", "'\\''")}'\n`,
  ];
  const env = { USERS_EMULATOR_URL: emulator.url };
  expect(ca_file).toMatch(/it's mine.ca\.pem$/);
  expect(await runInProcess(['env', '--export'], env)).toEqual({
    code: 0,
    out: lines(emulator.url, emulator.httpsUrl).join(''),
    err: '',
  });
  const { out } = await runInProcess(['env', '--export', '--sandbox', 'w1'], env);
  expect(out).toBe(lines(`${emulator.url}/sandbox/w1`, `${emulator.httpsUrl}/sandbox/w1`).join(''));
  const none = await runInProcess(['env', '--export', '--url', 'http://127.0.0.1:9']);
  expect([none.code, none.out, none.err]).toEqual([1, '', expect.stringContaining('no emulator answers')]);
});
