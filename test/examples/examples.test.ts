import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../scripts/chromium.mjs';
import { noBrowser } from '../support/browser.ts';
import { ROOT, temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { installCopy } from '../support/packed.ts';

const folder = temporaryFolder();

/** The files of the commands that the examples run. */
const COMMANDS = {
  jest: 'jest/bin/jest.js',
  playwright: '@playwright/test/cli.js',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
};

/** Copies the examples beside an installed package. Their other packages are those of the checkout. */
beforeAll(() => {
  cpSync(join(ROOT, 'examples'), folder, { recursive: true });
  installCopy(folder, ['@playwright/test', 'connectycube', 'jest', 'react', 'react-dom', 'vite', 'vitest']);
  symlinkSync(join(ROOT, 'node_modules/quickblox-2.23'), join(folder, 'node_modules/quickblox'));
  const bin = join(folder, 'node_modules/.bin');
  mkdirSync(bin);
  // not the links in node_modules/.bin: two versions of a package claim the same name there
  for (const [name, file] of Object.entries(COMMANDS)) symlinkSync(join(ROOT, 'node_modules', file), join(bin, name));
  symlinkSync('../users-emulator/bin/users-emulator.js', join(bin, 'users-emulator'));
}, 60_000);

/** Runs `npm test` in an example. */
function npmTest(project: string, env: Readonly<Record<string, string>>): Promise<{ code: number; text: string }> {
  // runners must not take themselves for workers of this one
  const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_|USERS_EMULATOR|npm_)/.test(name));
  return new Promise((ended) => {
    execFile(
      'npm',
      ['test'],
      { cwd: join(folder, project), env: { ...Object.fromEntries(outer), ...env }, timeout: 110_000, maxBuffer: 1e8 },
      (error, out, err) => ended({ code: error ? Number(error.code ?? -1) : 0, text: out + err }),
    );
  });
}

describe('the examples', () => {
  const projects = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['python', 'php'].includes(entry.name))
    .map(({ name }) => name);

  test('the page about them lists every one', () => {
    const page = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
    expect([...page.matchAll(/^\| \[([\w-]+)\]/gm)].map(([, name]) => name).sort()).toEqual(
      [...projects, 'python', 'php'].sort(),
    );
  });

  test.each(projects)(
    '%s passes as it is',
    async (project) => {
      if (project.startsWith('playwright') && noBrowser) return;
      const env = { CHROMIUM: CHROMIUM, PORT: String(await freePort()), CI: '1' };
      const { code, text } = await npmTest(project, env);
      expect(text).toMatch(/2 passed|# pass 2|pass 2$/m);
      expect(code, text).toBe(0);
    },
    120_000,
  );
});
