import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ENDPOINTS } from '../src/api/endpoints.ts';
import { clockCommands } from '../src/cli/clock-commands.ts';
import { faultCommands } from '../src/cli/fault-commands.ts';
import { inspectCommands } from '../src/cli/inspect-commands.ts';
import { requestCommands } from '../src/cli/request-commands.ts';
import { serverCommands } from '../src/cli/server-commands.ts';
import { stateCommands } from '../src/cli/state-commands.ts';
import { stubCommands } from '../src/cli/stub-commands.ts';
import { OPTIONS } from '../src/config/options.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { evidenceText } from '../src/model/evidence.ts';
import { SETTINGS } from '../src/model/settings.ts';

const [README = '', ARCHITECTURE = ''] = ['README.md', 'ARCHITECTURE.md'].map((file) =>
  readFileSync(resolve(import.meta.dirname, '..', file), 'utf8'),
);

/** The text between two marks of the README. */
function between(name: string): string {
  return new RegExp(`<!-- ${name} -->\\n(.*?)<!-- /${name} -->`, 's').exec(README)?.[1] ?? 'no such marks';
}

test('the README lists every operation of the endpoint table', () => {
  const rows = ENDPOINTS.map(({ operation, method, path, evidence, deprecated }) => {
    const call = `\`${method} ${path.replace(':id', '{id}')}\`${deprecated ? ' (deprecated)' : ''}`;
    const absent = DIALECTS.filter((dialect) => dialect.missingOperations.has(operation)).map(
      ({ name }) => `not in ${name}`,
    );
    return `| \`${operation}\` | ${[call, ...absent].join(', ')} | ${evidenceText(evidence)} |\n`;
  });
  const table = `| operation | call | evidence |\n|---|---|---|\n${rows.join('')}`;
  expect(between('operations'), `between the marks belongs:\n\n${table}`).toBe(table);
});

test('the README lists every setting with its defaults', () => {
  for (const name of Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]) {
    const defaults = DIALECTS.map(({ settings }) => settings[name]).join(' | ');
    expect(README).toContain(`| \`${name}\` | ${defaults} |`);
  }
});

test('the README lists every option', () => {
  for (const { flags } of Object.values(OPTIONS)) {
    const [flag] = /--[a-z-]+/.exec(flags)!;
    expect(README, flag).toMatch(new RegExp(`^\\| .*\`[^\`]*${flag}[ \`]`, 'm'));
  }
});

test('the README shows every command', () => {
  const rows = [
    ...serverCommands,
    ...stateCommands,
    ...clockCommands,
    ...faultCommands,
    ...stubCommands,
    ...requestCommands,
    ...inspectCommands,
  ];
  const names = rows.map(({ usage }) => `users-emulator ${usage.replace(/ ?[<[].*/, '')}`);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !README.includes(name))).toEqual([]);
});

test('ARCHITECTURE.md explains every field of a dialect', () => {
  const [, table = ''] = /^\| field of `Dialect` .*\n\|.*\n((?:\|.*\n)+)/m.exec(ARCHITECTURE) ?? [];
  const explained = [...table.matchAll(/^\| ([^|]*)/gm)].flatMap(([, names]) => names!.match(/\w+/g) ?? []);
  expect(explained.sort()).toEqual(Object.keys(DIALECTS[0]).sort());
});
