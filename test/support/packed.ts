import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publishedManifest } from '../../scripts/build/manifest.mjs';
import { ROOT } from './folder.ts';

/** The package.json that is published. */
export const PUBLISHED = publishedManifest(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** The folders of the package that programs use. `test/dist/package.test.ts` checks that npm packs them whole. */
export const USED = ['bin', 'dist', 'fixtures', 'schema'];

/** Copies what is packed into a folder. */
function copyPackage(folder: string, parts: readonly string[]): void {
  if (!existsSync(join(ROOT, 'dist/index.d.mts'))) throw new Error('dist/ has no declarations: npm run build:types');
  for (const part of parts) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(PUBLISHED));
}

/** Links packages of the checkout into a folder's `node_modules`. */
function link(folder: string, dependencies: readonly string[]): void {
  for (const dependency of dependencies) {
    const link = join(folder, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', dependency), link);
  }
}

/**
 * Packs the package, and unpacks it into a folder's `node_modules`. Packs a copy, so that the checkout's package.json stays as it is.
 * @param dependencies other packages that the folder needs: links to those of the checkout
 * @returns the packed file
 */
export function installPacked(folder: string, dependencies: readonly string[]): Buffer {
  const copy = join(folder, 'copy');
  copyPackage(copy, [...USED, 'docs', 'README.md', 'CHANGELOG.md', 'LICENSE', 'llms.txt']);
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: copy, encoding: 'utf8' }));
  const installed = join(folder, 'node_modules/users-emulator');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
  link(folder, dependencies);
  return readFileSync(join(folder, filename));
}

/** Like `installPacked`, but without npm, and without the documents. */
export function installCopy(folder: string, dependencies: readonly string[]): void {
  copyPackage(join(folder, 'node_modules/users-emulator'), USED);
  link(folder, dependencies);
}
