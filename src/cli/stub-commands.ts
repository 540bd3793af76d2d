import { readFileSync } from 'node:fs';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readLatency, readWholeNumber } from '../config/values.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { STUB_ACCESS, type Stub, type StubInput, type StubMatch } from '../model/stubs.ts';
import { APP_BOOT } from '../sandbox/app-boot.ts';
import { messageOf, reasonOf } from '../support/errors.ts';
import { APP, after, appOf, defineCommand, type OptionsOf } from './client-command.ts';
import { table } from './print.ts';

const STUB_OPTIONS = {
  '--status <n>': 'answer with this status (default: 200)',
  '--text <text>': 'answer with this text, instead of a file',
  '--access <kind>': `require credentials: ${STUB_ACCESS.join(', ')} (default: none)`,
  '--name <name>': 'its name in the request journal',
  '--times <n>': 'answer this many requests, then never again',
  '--delay <ms|min-max>': 'delay the answer',
  '--override': 'also answer requests that are emulated',
  ...APP,
} as const;

/** Commands that answer requests which aren't emulated. */
export const stubCommands = [
  defineCommand({
    usage: 'stub add <match> [file]',
    summary: "answer requests that aren't emulated",
    details:
      "The match is a method and a path, such as 'GET /chat/Dialog'; * and :name stand for parts of the path. The file's content is " +
      'the answer: JSON, or text where its name does not end with .json. The match app-boot adds a stub for each request that ' +
      'applications need right after the login.',
    options: STUB_OPTIONS,
    examples: [
      ["users-emulator stub add 'GET /chat/Dialog' dialogs.json", 'answer with the content of the file'],
      ["users-emulator stub add 'POST /subscriptions' --status 201 --access user", 'for users with a session'],
      ['users-emulator stub add app-boot', 'let applications start'],
    ],
    run: async (emulator, [match, file], options) => {
      const stubs = match === 'app-boot' ? APP_BOOT.map(({ stub }) => stub) : [stubOf(match, file, options)];
      const added: Stub[] = [];
      for (const stub of stubs) added.push(await emulator.stubs.add(stub, appOf(options)));
      return added;
    },
    show: (added) => added.map(({ id, name }) => `added stub ${id}: ${name}`).join('\n'),
  }),
  defineCommand({
    usage: 'stub list',
    summary: 'list the stubs, with how many requests each has answered',
    run: (emulator) => emulator.stubs.list(),
    show: (stubs) =>
      table(
        stubs,
        {
          id: ({ id }) => id,
          match: ({ match }) => (typeof match === 'string' ? match : matchText(match)),
          name: ({ name, match }) => (name === match ? '' : name),
          access: ({ access = 'none' }) => access,
          status: ({ status = 200, in_process }) => (in_process ? 'function' : status),
          application: ({ application_id }) => application_id ?? 'all',
          hits: ({ hits }) => hits,
        },
        'no stubs',
      ),
  }),
  defineCommand({
    usage: 'stub remove <id>',
    summary: 'remove a stub',
    run: (emulator, [id]) => {
      const number = readFrom('id', readWholeNumber, id);
      return after(emulator.stubs.remove(number), { removed: number });
    },
    show: ({ removed }) => `removed stub ${removed}`,
  }),
  defineCommand({
    usage: 'stub clear',
    summary: 'remove all stubs',
    run: (emulator) => after(emulator.stubs.clear(), { stubs: 0 }),
    show: () => 'removed all stubs',
  }),
];

/** @throws UsageError for a stub that can't be; the emulator checks the rest */
function stubOf(match: string, file: string | undefined, options: OptionsOf<keyof typeof STUB_OPTIONS>): StubInput {
  const { status, text, access, name, times, delay, override } = options;
  if (file !== undefined && text !== undefined) throw new UsageError('--text: give a file or a text, not both');
  const [min, max] = delay === undefined ? [] : readFrom('--delay', readLatency, delay);
  const kind = STUB_ACCESS.find((each) => each === access);
  if (access !== undefined && !kind) throw new UsageError(`--access: must be one of ${STUB_ACCESS.join(', ')}`);
  return {
    match,
    name,
    access: kind,
    status: status === undefined ? undefined : readFrom('--status', readWholeNumber, status),
    ...(file === undefined ? { text } : contentOf(file)),
    times: times === undefined ? undefined : readFrom('--times', readWholeNumber, times),
    delay: min === undefined || max === undefined ? undefined : min === max ? min : [min, max],
    override,
  };
}

function contentOf(file: string): Pick<StubInput, 'json' | 'text'> {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}`, 4);
  }
  if (!file.endsWith('.json')) return { text: content.toString() };
  try {
    return { json: parseJson(content) };
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`, 4);
  }
}

function matchText(match: StubMatch): string {
  return Object.entries(match)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
