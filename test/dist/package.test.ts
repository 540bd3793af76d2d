import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
import { publishedManifest } from '../../scripts/build/manifest.mjs';
import { temporaryFolder } from '../support/folder.ts';
import { compile } from '../support/type-check.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const manifest = publishedManifest(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const installed = join(folder, 'node_modules/users-emulator');
const TARGET = ['--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--types', 'node'];
let tarball: Buffer;

/** Packs a copy, so that the checkout's package.json stays as it is. */
beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist/index.d.mts'))) throw new Error('dist/ has no declarations: npm run build:types');
  const copy = join(folder, 'copy');
  for (const part of ['bin', 'dist', 'docs', 'fixtures', 'README.md', 'CHANGELOG.md', 'LICENSE', 'llms.txt'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: copy, encoding: 'utf8' }));
  tarball = readFileSync(join(folder, filename));
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
  for (const dependency of ['vite', 'vitest', '@types'])
    symlinkSync(join(ROOT, 'node_modules', dependency), join(folder, 'node_modules', dependency));
  for (const [file, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, file), text);
}, 60_000);

test('the package has what its users need, and nothing of its development', () => {
  expect(manifest).not.toHaveProperty('devDependencies');
  expect(manifest).not.toHaveProperty('overrides');
  expect(manifest).not.toHaveProperty('scripts');
  expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toEqual(manifest);
});

test('publint finds nothing', async () => {
  const { buffer, byteOffset, byteLength } = tarball;
  const packed = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  expect((await publint({ pack: { tarball: packed }, strict: true })).messages).toEqual([]);
});

test('attw finds nothing in node16, nodenext and bundlers', async () => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (result.types === false) throw new Error('no types');
  const findings = result.problems.filter(
    (problem) =>
      !('resolutionKind' in problem && problem.resolutionKind === 'node10') &&
      // Vite and Vitest themselves are ES modules only
      !(problem.kind === 'CJSResolvesToESM' && /^\.\/vite(st)?$/.test(problem.entrypoint)),
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
const PROGRAMS = { 'library.mts': NO_DEFAULT + LIBRARY, 'library.cts': LIBRARY, 'kit.mts': KIT, 'plugin.mts': PLUGIN };

test.each<[string, string[], (keyof typeof PROGRAMS)[]]>([
  ['node16', ['--module', 'node16'], ['library.mts', 'library.cts', 'kit.mts', 'plugin.mts']],
  ['nodenext', ['--module', 'nodenext'], ['library.mts', 'library.cts', 'kit.mts', 'plugin.mts']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler'], ['library.mts', 'kit.mts', 'plugin.mts']],
])('programs that use the package compile with %s', (_name, options, programs) => {
  const { errors, files } = compile(folder, programs, ...options, ...TARGET);
  expect(errors.filter((error) => !error.startsWith('../'))).toEqual([]);
  expect(files).toContain(join(installed, 'dist/types/index.d.ts'));
});
