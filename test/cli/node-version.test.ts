import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { nodeProblem } from '../../src/support/version.ts';
import { BIN } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';

const OLDEST = manifest.engines.node.replace('>=', '');

test.each(['18.20.8', '20.18.3', '6.17.1'])('Node.js %s: 1, in one sentence', async (version) => {
  const disguise = join(temporaryFolder(), 'disguise.cjs');
  writeFileSync(
    disguise,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
  );
  await expect(promisify(execFile)(process.execPath, ['-r', disguise, BIN, '--version'])).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `users-emulator needs Node.js ${OLDEST} or newer; this is ${version}.\n`,
  });
});

test('createEmulator reports an old Node.js, too', () => {
  expect(nodeProblem(OLDEST + '.0')).toBeUndefined();
  expect(nodeProblem('22.0.0')).toBeUndefined();
  expect(nodeProblem('20.18.3')).toBe(`users-emulator needs Node.js ${OLDEST} or newer; this is 20.18.3`);
});

test('old versions can parse the program that says so', async () => {
  const source = readFileSync(resolve(BIN), 'utf8');
  const [es2015, esnext] = await Promise.all(
    ['es2015', 'esnext'].map(async (target) => (await transform(source, { target })).code),
  );
  expect(es2015).toBe(esnext);
});
