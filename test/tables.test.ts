import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../src/api/endpoints.ts';
import { createProgram } from '../src/cli/program.ts';
import { OPTIONS } from '../src/config/options.ts';
import { inputSchema } from '../src/control/openapi/schema.ts';
import { OPERATIONS } from '../src/control/operations/index.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { CONTROL_PATH } from '../src/model/addresses.ts';
import { evidenceText } from '../src/model/evidence.ts';
import { USER_FIELDS } from '../src/model/fields.ts';
import { SETTINGS } from '../src/model/settings.ts';
import { keysOf } from '../src/support/values.ts';
import { readDocument, table } from './support/documents.ts';
import { groupsOf, membersOf, readInterfaces } from './support/methods.ts';

function operations(): string {
  const rows = ENDPOINTS.map(({ operation, method, path, evidence, deprecated }) => {
    const call = `\`${method} ${path.replace(':id', '{id}')}\`${deprecated ? ' (deprecated)' : ''}`;
    const lacking = DIALECTS.filter((dialect) => dialect.missingOperations.has(operation));
    return [
      `\`${operation}\``,
      [call, ...lacking.map(({ name }) => `not in ${name}`)].join(', '),
      evidenceText(evidence),
    ];
  });
  return table(['operation', 'call', 'evidence'], rows);
}

function settings(): string {
  const rows = keysOf(SETTINGS).map((name) => [
    `\`${name}\``,
    ...DIALECTS.map(({ settings }) => String(settings[name])),
    SETTINGS[name].effect,
  ]);
  return table(['setting', ...DIALECTS.map(({ name }) => name), 'effect'], rows);
}

function options(): string {
  const rows = Object.entries(OPTIONS);
  const groups = [...new Set(rows.map(([, { group }]) => group))];
  return groups
    .map((group) => {
      const ofGroup = rows.filter(([, row]) => row.group === group);
      const cells = ofGroup.map(([name, { flags, help, default: value, defaultText, only }]) => {
        const shown = defaultText ?? (['string', 'number'].includes(typeof value) ? String(value) : '');
        const text = help.replace(/--[a-z-]+/g, '`$&`');
        return [
          `\`${flags}\``,
          `\`${name}\``,
          only === undefined ? text : `${only.map((command) => `\`${command}\``).join(', ')}: ${text}`,
          shown,
        ];
      });
      return `### ${group.replace(':', '')}\n\n${table(['option', 'in a config file', 'meaning', 'default'], cells)}`;
    })
    .join('\n');
}

function routes(): string {
  const rows = Object.values(OPERATIONS).map(({ method, path, summary, input, body, public: isPublic }) => {
    const { properties, required } = inputSchema(input);
    const fields = Object.keys(properties)
      .filter((name) => !path.split('/').includes(`:${name}`))
      .map((name) => `\`${name}\`${required.includes(name) ? ' (required)' : ''}`);
    const route = `\`${method} ${CONTROL_PATH}${path.replace(/:(\w+)/g, '{$1}')}\``;
    const whole = body === undefined ? [] : [`the body is \`${body.field}\``];
    return [route, isPublic ? `${summary} (without the admin token)` : summary, [...fields, ...whole].join(', ')];
  });
  return table(['route', 'effect', 'fields'], rows);
}

function methods(): string {
  const interfaces = readInterfaces(
    'src/client/control-client.ts',
    'src/client/requests-client.ts',
    'src/client/sandboxes-client.ts',
  );
  return groupsOf('ControlClient', interfaces)
    .map(({ name, text, members }) => {
      const rows = members.map(({ call, type, text }) => [`\`${call}\``, `\`${type}\``, text]);
      const heading = name === '' ? '' : `### ${name}\n\n${text && `${text}\n\n`}`;
      return heading + table(['call', 'result', 'effect'], rows);
    })
    .join('\n');
}

function interfaceTable(file: string, name: string): string {
  const rows = membersOf(name, readInterfaces(file)).map(({ call, type, text }) => [
    `\`${call}\``,
    `\`${type}\``,
    text,
  ]);
  return table(['member', 'type', 'meaning'], rows);
}

function fields(): string {
  const rows = keysOf(USER_FIELDS).map((name) => {
    const { type, unique, v2, system } = USER_FIELDS[name];
    const lengths = DIALECTS.map(({ rules }) => {
      const length = Object.entries(rules.lengths).find(([field]) => field === name)?.[1];
      if (rules.missingFields.has(name)) return 'has no such field';
      return length === undefined ? '' : `${length.min}–${length.max}`;
    });
    const facts = [...(system ? ['set by the service'] : []), ...(unique ? ['unique'] : [])];
    return [`\`${name}\``, type, facts.join(', '), v2 ?? '', ...lengths];
  });
  return table(['field', 'type', 'facts', 'in V2 queries', ...DIALECTS.map(({ name }) => name)], rows);
}

/** The types that methods take and return, in the order in which a test meets them. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'src/sandbox/faults.ts': ['FaultInput', 'FaultMatch'],
  'src/model/stubs.ts': ['StubInput', 'StubMatch', 'StubReply', 'StubRequest'],
  'src/client/inputs.ts': ['RequestMatch', 'RequestFilter', 'RequestExpectation'],
  'src/sandbox/journal-entry.ts': ['JournalEntry', 'JournalRequest', 'JournalResponse'],
  'src/sandbox/warnings.ts': ['Warning'],
  'src/model/records.ts': ['Mail'],
  'src/control/results.ts': [
    'EmulatorInfo',
    'NewSession',
    'SessionInfo',
    'ClockState',
    'StateDiff',
    'ChangedUser',
    'SandboxInfo',
  ],
};

function types(): string {
  return Object.entries(TYPES)
    .flatMap(([file, names]) =>
      names.map((name) => {
        const [{ text } = { text: '' }] = groupsOf(name, readInterfaces(file));
        return `### ${name}\n\n${text && `${text}\n\n`}${interfaceTable(file, name)}`;
      }),
    )
    .join('\n');
}

/** The generated parts of the reference, by page and by the name of the marks around them. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/reference/operations.md': { operations },
  'docs/reference/settings.md': { settings },
  'docs/reference/options.md': { options },
  'docs/reference/control-plane.md': { routes },
  'docs/reference/fixtures.md': {
    fields,
    application: () => interfaceTable('src/fixtures/types.ts', 'ApplicationInFixture'),
  },
  'docs/reference/javascript.md': {
    methods,
    options: () => interfaceTable('src/index.ts', 'EmulatorOptions'),
    emulator: () => interfaceTable('src/index.ts', 'Emulator'),
    events: () => interfaceTable('src/emulator/events.ts', 'EmulatorEvents'),
    types,
  },
};

describe('`npx vitest run test/tables.test.ts -u` writes what the tables say', () => {
  test.each(Object.entries(PAGES))('%s', async (document, parts) => {
    let page = readDocument(document);
    for (const [name, make] of Object.entries(parts)) {
      const marks = new RegExp(`(<!-- ${name} -->\\n).*?(<!-- /${name} -->)`, 's');
      expect(page).toMatch(marks);
      page = page.replace(marks, (_, start: string, end: string) => `${start}${make()}${end}`);
    }
    await expect(page).toMatchFileSnapshot(`../${document}`);
  });
});

test('command-line.md shows every command', () => {
  const page = readDocument('docs/reference/command-line.md');
  const namesIn = (command: Command, path: string): string[] =>
    command.commands.length === 0
      ? [path]
      : command.commands.flatMap((each) => namesIn(each, `${path} ${each.name()}`));
  const names = namesIn(
    createProgram(process, () => {}),
    'users-emulator',
  ).filter((name) => !name.endsWith(' help'));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !page.replace('[start]', 'start').includes(name))).toEqual([]);
});

test('ARCHITECTURE.md explains every field of a dialect', () => {
  const text = readDocument('ARCHITECTURE.md');
  const [, rows = ''] = /^\| field of `Dialect` .*\n\|.*\n((?:\|.*\n)+)/m.exec(text) ?? [];
  const explained = [...rows.matchAll(/^\| ([^|]*)/gm)].flatMap(([, names]) => names!.match(/\w+/g) ?? []);
  expect(explained.sort()).toEqual(Object.keys(DIALECTS[0]).sort());
});
