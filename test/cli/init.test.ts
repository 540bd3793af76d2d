import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { readDocument } from '../support/documents.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

const FILES = ['users-emulator.config.json', 'users-emulator.seed.json'];
const readJson = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

test('init writes a config file and its seed, whose users can log in', async () => {
  const folder = temporaryFolder();
  const paths = FILES.map((file) => join(folder, file));
  const { code, out, err } = await runInProcess(['init', folder]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toBe(`wrote ${paths[1]}\nwrote ${paths[0]}\n`);
  const config = readJson(folder, FILES[0]!);
  expect(config).toEqual({
    $schema: 'http://127.0.0.1:4230/_emulator/schema/config.json',
    seed: 'users-emulator.seed.json',
    port: 4230,
  });
  for (const [index, name] of ['config', 'fixture'].entries()) {
    const ajv = new Ajv({ strictTypes: false, strictTuples: false });
    const isValid = ajv.compile(JSON.parse(readDocument(`schema/${name}.json`)));
    expect(isValid(readJson(folder, FILES[index]!)), JSON.stringify(isValid.errors)).toBe(true);
  }
  await using emulator = await createEmulator({ seed: join(folder, config.seed) });
  const user = { login: 'ada', password: 'ada-secret' };
  const body = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user };
  expect((await sender(emulator.url)('POST /session', { body })).status).toBe(201);
});

test('where the package is installed, editors get its own schemas', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/users-emulator'), { recursive: true });
  await runInProcess(['init', folder]);
  expect(FILES.map((file) => readJson(folder, file).$schema)).toEqual([
    './node_modules/users-emulator/schema/config.json',
    './node_modules/users-emulator/schema/fixture.json',
  ]);
});

test.each(FILES)('init overwrites nothing: %s exists', async (file) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, file), 'mine');
  expect(await runInProcess(['init', folder])).toEqual({
    code: 1,
    out: '',
    err: `users-emulator: ${join(folder, file)}: exists already, so nothing was written\n`,
  });
  expect(readdirSync(folder)).toEqual([file]);
  expect(readFileSync(join(folder, file), 'utf8')).toBe('mine');
});

test.runIf(process.platform === 'linux')('a folder that the system refuses is an error, without a hang', async () => {
  expect(await runInProcess(['init', '/proc/new'])).toEqual({
    code: 1,
    out: '',
    err: "users-emulator: /proc/new/users-emulator.seed.json can't be written: no such file or directory\n",
  });
});

test('init makes the folder', async () => {
  const folder = join(temporaryFolder(), 'new', 'my tests');
  expect((await runInProcess(['init', folder])).code).toBe(0);
  expect(readdirSync(folder)).toEqual(FILES);
});

test('init where no folder can be: 1, with the reason', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'mine');
  expect(await runInProcess(['init', join(file, 'folder')])).toEqual({
    code: 1,
    out: '',
    err: `users-emulator: ${join(file, 'folder', FILES[1]!)} can't be written: not a directory\n`,
  });
});
