import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { ROOT } from '../support/folder.ts';

/** Skipped without its interpreter, which CI has. */
const examples = [
  ['python', ['python3', '-m', 'unittest', '-q'], /Ran 3 tests/],
  ['php', ['php', 'sign-up.php'], /^ok$/m],
] as const;

test.for(examples)('the example in %s passes', async ([folder, [program, ...args], printed], { skip }) => {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere && process.env.CI) throw new Error(`${program} is missing: scripts/ci-install.sh installs it`);
  skip(!isThere, `needs ${program}`);
  const cwd = join(ROOT, 'examples', folder);
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  const { code, out, err } = await runCommand(['exec', '--seed', '--', program, ...args], { cwd, env });
  expect(out + err).toMatch(printed);
  expect(code).toBe(0);
});
