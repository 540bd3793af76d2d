import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { OptionRow } from '../../src/config/option-row.ts';
import { flagOf, OPTION_NAMES, OPTIONS, type OptionName } from '../../src/config/options.ts';
import { runInProcess } from '../support/in-process.ts';

const isOfStart = (name: OptionName) => (OPTIONS[name] as OptionRow<unknown>).only?.includes('start') ?? true;
const script = async (shell: string) => (await runInProcess(['completion', shell])).out;

/** What bash offers at the ends of lines. */
async function offeredByBash(lines: readonly (readonly string[])[]): Promise<string[][]> {
  const asks = lines.map(
    (words) =>
      `COMP_WORDS=(users-emulator ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _users_emulator; echo "\${COMPREPLY[*]}"`,
  );
  const { stdout } = await promisify(execFile)('bash', ['-c', [await script('bash'), ...asks].join('\n')]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter(Boolean));
}

test('bash completes commands, options and their values, and leaves the rest to files', async () => {
  const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
    [['st'], ['start', 'stub']],
    [['--any'], ['--any-app']],
    [
      ['fault', ''],
      ['add', 'list', 'clear'],
    ],
    [['fault', 'add', '--err'], ['--error']],
    [['fault', 'add', 'users.create', '--error', 'tak'], ['taken']],
    [['settings', 'set', 'session'], ['session_ttl=']],
    [
      ['--log', ''],
      ['pretty', 'json', 'silent'],
    ],
    [
      ['requests', '--sandbox', 'w1', '--operation', 'log'],
      ['login', 'logout'],
    ],
    [['import', 'st'], []],
    [['import', ''], []],
    [['import', '--m'], ['--merge']],
    [['exec', '--seed', '--', 'he'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ];
  expect(await offeredByBash(cases.map(([words]) => words))).toEqual(cases.map(([, offered]) => offered));
});

test('each shell knows every option of start, with its help where the shell shows it', async () => {
  const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map(script));
  for (const name of OPTION_NAMES.filter(isOfStart)) {
    const flag = flagOf(name);
    expect(/^ *' start'\) choices='' options='(.*)' ;;$/m.exec(bash!)![1]!.split(' ')).toContain(flag);
    expect(/^ *' start'\) choices=\(\) options=\(.*$/m.exec(zsh!)![0]).toContain(`'${flag}:`);
    expect(fish).toMatch(
      new RegExp(
        `^complete -c users-emulator -n '__users_emulator_at \\\\' start\\\\'' .*-l ${flag.slice(2)} .*-d '`,
        'm',
      ),
    );
  }
  expect(zsh).toMatch(/^#compdef users-emulator\n/);
  expect(zsh).toContain(`'clock:show, stop and move the emulator'\\''s clock'`);
});

test('another shell: 2, with those that it knows', async () => {
  expect(await runInProcess(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Allowed choices are bash, zsh, fish.'),
  });
});
