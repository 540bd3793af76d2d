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
import { between, readDocument } from './support/documents.ts';

const ARCHITECTURE = readDocument('ARCHITECTURE.md');
const OPERATIONS = 'docs/reference/operations.md';

test('operations.md lists every operation of the endpoint table', () => {
  const rows = ENDPOINTS.map(({ operation, method, path, evidence, deprecated }) => {
    const call = `\`${method} ${path.replace(':id', '{id}')}\`${deprecated ? ' (deprecated)' : ''}`;
    const absent = DIALECTS.filter((dialect) => dialect.missingOperations.has(operation)).map(
      ({ name }) => `not in ${name}`,
    );
    return `| \`${operation}\` | ${[call, ...absent].join(', ')} | ${evidenceText(evidence)} |\n`;
  });
  const table = `| operation | call | evidence |\n|---|---|---|\n${rows.join('')}`;
  expect(between(OPERATIONS, 'operations'), `between the marks belongs:\n\n${table}`).toBe(table);
});

test('settings.md lists every setting with its defaults', () => {
  const page = readDocument('docs/reference/settings.md');
  for (const name of Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]) {
    const defaults = DIALECTS.map(({ settings }) => settings[name]).join(' | ');
    expect(page).toContain(`| \`${name}\` | ${defaults} |`);
  }
});

test('options.md lists every option', () => {
  const page = readDocument('docs/reference/options.md');
  for (const { flags } of Object.values(OPTIONS)) {
    const [flag] = /--[a-z-]+/.exec(flags)!;
    expect(page, flag).toMatch(new RegExp(`^\\| .*\`[^\`]*${flag}[ \`]`, 'm'));
  }
});

test('command-line.md shows every command', () => {
  const page = readDocument('docs/reference/command-line.md');
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
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test('ARCHITECTURE.md explains every field of a dialect', () => {
  const [, table = ''] = /^\| field of `Dialect` .*\n\|.*\n((?:\|.*\n)+)/m.exec(ARCHITECTURE) ?? [];
  const explained = [...table.matchAll(/^\| ([^|]*)/gm)].flatMap(([, names]) => names!.match(/\w+/g) ?? []);
  expect(explained.sort()).toEqual(Object.keys(DIALECTS[0]).sort());
});
