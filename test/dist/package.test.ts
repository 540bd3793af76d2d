import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
import { ROOT, temporaryFolder } from '../support/folder.ts';
import { installPacked, PUBLISHED, USED } from '../support/packed.ts';
import { compile } from '../support/type-check.ts';

const folder = temporaryFolder();
const installed = join(folder, 'node_modules/users-emulator');
const TARGET = ['--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--types', 'node'];
let tarball: Buffer;

beforeAll(() => {
  tarball = installPacked(folder, ['@playwright/test', '@types', 'vite', 'vitest']);
  for (const [file, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, file), text);
}, 60_000);

test('the package has what its users need, and nothing of its development', () => {
  expect(PUBLISHED).not.toHaveProperty('devDependencies');
  expect(PUBLISHED).not.toHaveProperty('overrides');
  expect(PUBLISHED).not.toHaveProperty('scripts');
  expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toEqual(PUBLISHED);
});

test.each(USED)('it has all of %s', (part) => {
  const filesOf = (folder: string) => readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }).sort();
  expect(filesOf(installed)).toEqual(filesOf(ROOT));
});

test('its JSON Schemas can be named by the package', () => {
  const { resolve } = createRequire(join(folder, 'x'));
  const paths = ['config', 'fixture'].map((name) => resolve(`users-emulator/schema/${name}.json`));
  expect(paths.map((path) => JSON.parse(readFileSync(path, 'utf8')).title)).toEqual([
    'The options of users-emulator',
    'The state of a users-emulator',
  ]);
});

test('publint finds nothing', async () => {
  const { buffer, byteOffset, byteLength } = tarball;
  const packed = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  expect((await publint({ pack: { tarball: packed }, strict: true })).messages).toEqual([]);
});

test('attw finds nothing, in node10, node16, nodenext and bundlers', async () => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (result.types === false) throw new Error('no types');
  const findings = result.problems.filter(
    (problem) =>
      // Vite and Vitest themselves are ES modules only
      !(
        'entrypoint' in problem &&
        /^\.\/vite(st)?$/.test(problem.entrypoint) &&
        (problem.kind === 'CJSResolvesToESM' || problem.resolutionKind === 'node10')
      ),
  );
  expect(findings).toEqual([]);
});

const NO_DEFAULT = `
// @ts-expect-error: there is no default export
import nothing from 'users-emulator';
`;
const LIBRARY = `
import { connect, ControlError, createEmulator, UsageError, type Emulator, type RemoteEmulator } from 'users-emulator';
// @ts-expect-error: a misspelt option
createEmulator({ sed: true });
export const emulator: Promise<Emulator> = createEmulator({ seed: true, settings: { session_ttl: 60 } });
export const remote: RemoteEmulator = connect('http://127.0.0.1:4230');
export const isKnown = (error: unknown) => error instanceof UsageError || error instanceof ControlError;
`;
const KIT = `
import globalSetup, { test } from 'users-emulator/vitest';
test('a test', async ({ emulator }) => void (await emulator.users.list()));
export default globalSetup;
`;
const PLUGIN = `
import { defineConfig } from 'vite';
import { usersEmulator } from 'users-emulator/vite';
// @ts-expect-error: a misspelt option
usersEmulator({ sed: true });
export default defineConfig({ plugins: [usersEmulator({ seed: 'users.json', path: '/users' })] });
`;
const RUNNERS = `
import { after, afterEach, beforeEach } from 'node:test';
import { setupEmulator } from 'users-emulator/cypress';
import jestSetup, { globalSetup, useEmulator as useInJest } from 'users-emulator/jest';
import jestTeardown from 'users-emulator/jest/teardown';
import { useEmulator } from 'users-emulator/node';
import playwrightSetup, { expect, routeToEmulator, test } from 'users-emulator/playwright';
export const [setUp, tearDown, playwright]: (() => Promise<unknown>)[] = [jestSetup, jestTeardown, playwrightSetup];
export const setUpOtherwise = () => globalSetup({ seed: 'users.json' });
export const urls: string[] = [useInJest().url, useEmulator({ beforeEach, afterEach, after }).url, useEmulator({ artifacts: 'a' }).url];
test.use({ emulatorHosts: ['api.example.com'] });
test('a test', async ({ browser, emulator, page }) => {
  await routeToEmulator(await browser.newContext(), emulator);
  expect(await page.title()).toBe((await emulator.info()).name);
});
export default (on: () => void) => setupEmulator(on, { env: {}, baseUrl: '/' }).then(({ baseUrl }) => baseUrl);
`;
const PROGRAMS = {
  'library.mts': NO_DEFAULT + LIBRARY,
  'library.cts': LIBRARY,
  'kit.mts': KIT,
  'plugin.mts': PLUGIN,
  'runners.mts': RUNNERS,
  'runners.cts': RUNNERS,
};
const MODULES = ['library.mts', 'kit.mts', 'plugin.mts', 'runners.mts'] as const;
const ALL = [...MODULES, 'library.cts', 'runners.cts'] as const;

test.each<[string, string[], readonly (keyof typeof PROGRAMS)[]]>([
  ['node16', ['--module', 'node16'], ALL],
  ['nodenext', ['--module', 'nodenext'], ALL],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler'], MODULES],
])('programs that use the package compile with %s', (_name, options, programs) => {
  const { errors, files } = compile(folder, programs, ...options, ...TARGET);
  expect(errors.filter((error) => !error.startsWith('../'))).toEqual([]);
  expect(files).toContain(join(installed, 'dist/types/index.d.ts'));
});
