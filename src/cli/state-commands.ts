import { readFileSync, writeFileSync } from 'node:fs';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readOneOf, readPort, readSetting } from '../config/values.ts';
import { ControlError } from '../control/control-error.ts';
import type { SandboxInfo } from '../control/results.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import type { Fixture } from '../fixtures/types.ts';
import { counted } from '../support/counted.ts';
import { messageOf, reasonOf } from '../support/errors.ts';
import { APP, after, appOf, defineCommand } from './client-command.ts';
import { pairs } from './print.ts';

/** Commands for the state, its snapshots, settings and sandboxes. */
export const stateCommands = [
  defineCommand({
    usage: 'reset',
    summary: 'go back to the initial state',
    details: 'This resets users, sessions, settings, outbox, stubs, clock, faults and request journal. Snapshots stay.',
    options: { '--to <seed|empty>': 'seed: with the initial users; empty: without any user (default: seed)' },
    run: (emulator, _, { to = 'seed' }) => {
      const state = readFrom('--to', readOneOf('seed', 'empty'), to);
      return after(emulator.reset(state), { reset: state });
    },
    show: ({ reset }) => (reset === 'empty' ? 'reset: no users' : 'reset to the seed'),
  }),
  defineCommand({
    usage: 'export [file]',
    summary: 'write the state to a file, or to standard output',
    examples: [['users-emulator export users.json', 'a seed for --seed users.json']],
    run: async (emulator, [file]) => {
      const fixture = await emulator.export();
      return file === undefined ? fixture : { file, applications: writeFixture(file, fixture) };
    },
    show: (answer) => ('file' in answer ? `${answer.file}: ${sizeText(answer.applications)}` : pretty(answer)),
  }),
  defineCommand({
    usage: 'import <file>',
    summary: 'replace the state with that of a file',
    options: { '--merge': 'add its applications and users to the state instead' },
    examples: [['users-emulator import users.json --merge', 'add users, and replace those of the same id']],
    run: async (emulator, [file], { merge }) => {
      const fixture = readFixture(file);
      return emulator.import(fixture, merge ? 'merge' : 'replace').catch((error: unknown) => {
        throw error instanceof ControlError && error.status === 422
          ? new UsageError(`${file}: ${error.message}`, 4)
          : error;
      });
    },
    show: ({ applications }) => `now there are ${sizeText(applications)}`,
  }),
  defineCommand({
    usage: 'snapshot save <name>',
    summary: 'save the state under a name',
    run: (emulator, [name]) => after(emulator.snapshot(name), { saved: name }),
    show: ({ saved }) => `saved '${saved}'`,
  }),
  defineCommand({
    usage: 'snapshot restore <name>',
    summary: 'go back to a saved state',
    examples: [['users-emulator snapshot restore before', "after 'users-emulator snapshot save before'"]],
    run: (emulator, [name]) => after(emulator.restore(name), { restored: name }),
    show: ({ restored }) => `restored '${restored}'`,
  }),
  defineCommand({
    usage: 'snapshot list',
    summary: 'list the names of the snapshots',
    run: (emulator) => emulator.snapshots.list(),
    show: (names) => names.join('\n') || 'no snapshots',
  }),
  defineCommand({
    usage: 'snapshot delete <name>',
    summary: 'delete a snapshot',
    run: (emulator, [name]) => after(emulator.snapshots.delete(name), { deleted: name }),
    show: ({ deleted }) => `deleted '${deleted}'`,
  }),
  defineCommand({
    usage: 'settings get',
    summary: 'show the settings in force',
    options: APP,
    run: (emulator, _, options) => emulator.settings.get(appOf(options)),
    show: pairs,
  }),
  defineCommand({
    usage: 'settings set <name=value...>',
    summary: 'change settings',
    options: { '--app <id>': 'change those of this application, instead of all' },
    examples: [['users-emulator settings set session_ttl=60', 'sessions end after a minute']],
    run: (emulator, assignments, options) =>
      emulator.settings.set(
        Object.assign({}, ...assignments.map((each) => readFrom('each setting', readSetting, each))),
        appOf(options),
      ),
    show: (settings, { app }) =>
      app === undefined ? `changed in all applications; the default one now has:\n${pairs(settings)}` : pairs(settings),
  }),
  defineCommand({
    usage: 'sandbox list',
    summary: 'list the sandboxes in use',
    run: (emulator) => emulator.sandboxes.details(),
    show: (sandboxes) => sandboxes.map(sandboxLine).join('\n') || 'no sandboxes',
  }),
  defineCommand({
    usage: 'sandbox create <name>',
    summary: 'create a sandbox, optionally with a port of its own',
    options: { '--port <n>': 'open this port for it (0: any free one), for http, https and the chat' },
    examples: [['users-emulator sandbox create w1 --port 0', 'a sandbox for clients whose address has no path']],
    run: (emulator, [name], { port }) =>
      emulator.sandboxes.create(name, port === undefined ? {} : { port: readFrom('--port', readPort, port) }),
    show: ({ url }) => url,
  }),
  defineCommand({
    usage: 'sandbox delete <name>',
    summary: 'delete a sandbox; its next use starts it from the seed',
    run: (emulator, [name]) => after(emulator.sandboxes.delete(name), { deleted: name }),
    show: ({ deleted }) => `deleted '${deleted}'`,
  }),
  defineCommand({
    usage: 'sandbox clear',
    summary: 'delete all sandboxes',
    run: (emulator) => after(emulator.sandboxes.clear(), { cleared: true }),
    show: () => 'deleted all sandboxes',
  }),
];

function sandboxLine({ name, url, users, requests, last_request_at: last }: SandboxInfo): string {
  const numbers =
    users === null || requests === null ? ['not used yet'] : [counted(users, 'user'), counted(requests, 'request')];
  return [`${name}  ${url}`, ...numbers, ...(last === null ? [] : [`last ${last}`])].join(', ');
}

function sizeText(applications: readonly { readonly users: number }[]): string {
  const users = applications.reduce((sum, each) => sum + each.users, 0);
  return `${counted(users, 'user')} in ${counted(applications.length, 'application')}`;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function writeFixture(file: string, fixture: Fixture): { id: number; users: number }[] {
  try {
    writeFileSync(file, `${pretty(fixture)}\n`);
  } catch (error) {
    throw new Error(`${file} can't be written: ${reasonOf(error)}`);
  }
  return fixture.applications.map(({ id, users }) => ({ id, users: users?.length ?? 0 }));
}

function readFixture(file: string): object {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}`, 4);
  }
  try {
    const fixture = parseJson(content);
    if (typeof fixture === 'object' && fixture !== null) return fixture;
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`, 4);
  }
  throw new UsageError(`${file}: must be a JSON object or list`, 4);
}
