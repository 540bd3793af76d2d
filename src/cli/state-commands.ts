import { readFileSync, writeFileSync } from 'node:fs';
import { readSet, UsageError } from '../config/values.ts';
import { ControlError } from '../control/control-error.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { Fixture } from '../fixtures/types.ts';
import { messageOf } from '../support/errors.ts';
import { APP, appOf, defineCommand, done } from './client-command.ts';
import { pairs } from './print.ts';

/** The state: back, out, in, kept; settings and sandboxes. */
export const stateCommands = [
  defineCommand({
    usage: 'reset',
    help: 'back to the seed: users, sessions, settings, clock, faults, outbox and journal',
    options: [['--to <seed|empty>', 'empty: keep the applications, without users']],
    run: (emulator, _, { to = 'seed' }) => done(emulator.reset(to as 'seed'), { reset: to }),
    show: ({ reset }) => (reset === 'empty' ? 'reset: no users' : 'reset to the seed'),
  }),
  defineCommand({
    usage: 'export [file]',
    help: 'write the state as a fixture, to a file or to the output',
    run: async (emulator, [file]) => {
      const fixture = await emulator.export();
      return file === undefined ? fixture : { file, applications: writeFixture(file, fixture) };
    },
    show: (answer) => ('file' in answer ? `${answer.file}: ${counted(answer.applications)}` : pretty(answer)),
  }),
  defineCommand({
    usage: 'import <file>',
    help: 'make a fixture file the state',
    options: [['--merge', 'add its applications and users to the state instead']],
    run: async (emulator, [file], { merge }) => {
      const fixture = readFixture(file!);
      return emulator.import(fixture, merge ? 'merge' : 'replace').catch((error: unknown) => {
        throw error instanceof ControlError && error.status === 422
          ? new UsageError(`${file}: ${error.message}`, 4)
          : error;
      });
    },
    show: ({ applications }) => `now there are ${counted(applications)}`,
  }),
  defineCommand({
    usage: 'snapshot save <name>',
    help: 'keep the state under a name',
    run: (emulator, [name]) => done(emulator.snapshot(name!), { saved: name }),
    show: ({ saved }) => `saved '${saved}'`,
  }),
  defineCommand({
    usage: 'snapshot restore <name>',
    help: 'make a snapshot the state again',
    run: (emulator, [name]) => done(emulator.restore(name!), { restored: name }),
    show: ({ restored }) => `restored '${restored}'`,
  }),
  defineCommand({
    usage: 'snapshot list',
    help: 'the names of the snapshots',
    run: (emulator) => emulator.snapshots.list(),
    show: (names) => names.join('\n') || 'no snapshots',
  }),
  defineCommand({
    usage: 'snapshot delete <name>',
    help: 'forget a snapshot',
    run: (emulator, [name]) => done(emulator.snapshots.delete(name!), { deleted: name }),
    show: ({ deleted }) => `deleted '${deleted}'`,
  }),
  defineCommand({
    usage: 'settings get',
    help: 'the settings in force',
    options: [APP],
    run: (emulator, _, options) => emulator.settings.get(appOf(options)),
    show: pairs,
  }),
  defineCommand({
    usage: 'settings set <name=value...>',
    help: 'change settings, of all applications or of one',
    options: [['--app <id>', 'the application, if not all']],
    run: (emulator, args, options) => {
      const settings = Object.assign({}, ...args.map(readSet)) as Record<string, string>;
      return emulator.settings.set(settings, appOf(options));
    },
    show: pairs,
  }),
  defineCommand({
    usage: 'sandboxes',
    help: 'the sandboxes in use',
    run: (emulator) => emulator.sandboxes.list(),
    show: (names) => names.join('\n') || 'no sandboxes',
  }),
];

function counted(applications: readonly { readonly users: number }[]): string {
  const users = applications.reduce((sum, each) => sum + each.users, 0);
  return `${users} users in ${applications.length} applications`;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function writeFixture(file: string, fixture: Fixture): { id: number; users: number }[] {
  try {
    writeFileSync(file, `${pretty(fixture)}\n`);
  } catch (error) {
    throw new Error(`${file} can't be written: ${messageOf(error)}`);
  }
  return fixture.applications.map(({ id, users }) => ({ id, users: users?.length ?? 0 }));
}

function readFixture(file: string): object {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${messageOf(error)}`, 4);
  }
  try {
    return parseJson(content) as object;
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`, 4);
  }
}
