import { writeFileSync } from 'node:fs';
import type { RemoteEmulator } from '../client/connect.ts';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readWholeNumber } from '../config/values.ts';
import { RequestFilter } from '../control/operations/requests.ts';
import { misses } from '../control/operations/verification.ts';
import type { StateDiff } from '../control/results.ts';
import { readInput } from '../control/schemas.ts';
import { evidenceText } from '../model/evidence.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import { counted } from '../support/counted.ts';
import { reasonOf } from '../support/errors.ts';
import { printableLines } from '../support/printable.ts';
import { definedFields } from '../support/values.ts';
import { after, defineCommand, type OptionsOf } from './client-command.ts';
import { type Paint, paintStatus } from './paint.ts';
import { pairs, table } from './print.ts';

/** The longest text (characters) that is printed: more than any recorded request has, since half a curl command is none. */
const MAX_TEXT = 1_000_000;

const OPTIONS = {
  '--operation <name>': 'only calls of this operation, such as users.create',
  '--path <path>': 'only requests to this path; * matches any text',
  '--tag <tag>': 'only requests with this X-Emulator-Request-Tag header',
  '--status <status>': 'only requests answered with this status, such as 422',
  '--limit <count>': 'at most this many, the newest',
  '--id <id>': 'one request in full, with its answer',
  '--curl': 'with --id: as a curl command, with [redacted] in the place of secrets',
  '--har <file>': 'write them to this file, for the network panel of a browser',
  '--follow': 'print requests as they come',
} as const;
type Options = OptionsOf<keyof typeof OPTIONS>;

/** Commands for the request journal. */
export const requestCommands = [
  defineCommand({
    usage: 'requests',
    summary: 'list the requests received, with their answers',
    details: 'The oldest comes first. Without options, the whole journal: the last 1,000 requests.',
    options: OPTIONS,
    examples: [
      ["users-emulator requests --path '/users/*' --status 404", 'users that were not found'],
      ['users-emulator requests --id 7', 'the seventh request and its answer'],
      ['users-emulator requests --follow', 'what happens while your client runs'],
    ],
    run: runRequests,
    follow: (emulator, _, options) => (options.follow ? follow(emulator, options) : undefined),
    show: (answer, { follow }, paint) => {
      if (typeof answer === 'string') return printableLines(answer, MAX_TEXT);
      if (Array.isArray(answer)) return requestTable(answer, paint);
      if ('file' in answer) return `${answer.file}: ${counted(answer.requests, 'request')}`;
      return follow ? lineOf(answer, paint) : details(answer);
    },
  }),
  defineCommand({
    usage: 'diff <snapshot>',
    summary: 'show what changed since a snapshot',
    examples: [['users-emulator diff before', 'users created, changed and deleted since then']],
    fields: { name: 'snapshot' },
    run: (emulator, [snapshot]) => emulator.diff(snapshot),
    show: showDiff,
  }),
  defineCommand({
    usage: 'rewind <id>',
    summary: 'return the state to what it was before a request',
    details: 'Clock, faults, snapshots and journal stay as they are.',
    examples: [['users-emulator rewind 7', "undo the seventh request and all after it; see 'requests'"]],
    run: (emulator, [given]) => {
      const id = readFrom('id', readWholeNumber, given);
      return after(emulator.rewind(id), { id });
    },
    show: ({ id }) => `the state is what it was before request ${id}`,
  }),
];

async function runRequests(emulator: RemoteEmulator, _: readonly [], options: Options) {
  const { id, curl, har } = options;
  if (curl && id === undefined) throw new UsageError('--curl: needs --id');
  if (id !== undefined) {
    const known = readFrom('--id', readWholeNumber, id);
    return curl ? emulator.requests.curl(known) : emulator.requests.get(known);
  }
  const filter = filterOf(options);
  if (har === undefined) return emulator.requests.list(filter);
  const file = await emulator.requests.har(filter);
  try {
    writeFileSync(har, `${JSON.stringify(file, null, 2)}\n`);
  } catch (error) {
    throw new Error(`${har} can't be written: ${reasonOf(error)}`);
  }
  return { file: har, requests: file.log.entries.length };
}

function filterOf({ operation, path, tag, status, limit }: Options) {
  return definedFields(readInput(RequestFilter, { operation, path, tag, status, limit }));
}

/** Each request as it comes, until the emulator stops. */
async function* follow(emulator: RemoteEmulator, options: Options): AsyncGenerator<JournalEntry> {
  const { limit: _, ...match } = filterOf(options);
  for await (const { type, data } of await emulator.events({ types: ['request'] })) {
    if (type !== 'request') continue;
    if (misses(match, { ...data, params: data.request.params }).length === 0) yield data;
  }
}

function requestTable(requests: readonly JournalEntry[], paint: Paint): string {
  return table(
    requests,
    {
      id: ({ id }) => id,
      time: ({ time }) => time,
      status: ({ status }) => status || 'dropped',
      request: ({ request: { method, url }, path }) => `${method} ${path}${url.slice(queryStart(url))}`,
      operation: ({ operation }) => operation,
      user: ({ user_id }) => user_id,
      ms: ({ duration_ms }) => duration_ms,
      notes: ({ errors, fault, warnings, tag }) =>
        [...errors, fault, ...warnings, tag && `#${tag}`].filter(Boolean).join(', ') || null,
    },
    'no requests',
    (text, column, { status }) => (column === 'status' ? paintStatus(paint, status, text) : text),
  );
}

function queryStart(url: string): number {
  const mark = url.indexOf('?');
  return mark < 0 ? url.length : mark;
}

/** A row of the table without its head. */
function lineOf(request: JournalEntry, paint: Paint): string {
  return requestTable([request], paint).split('\n').slice(1).join('\n');
}

function details(entry: JournalEntry): string {
  const { request, response, time, duration_ms, operation, application, user_id, errors, warnings, fault } = entry;
  const { changes, evidence } = entry;
  const facts = {
    ...(operation !== undefined && { operation }),
    time,
    ms: duration_ms,
    ...(application !== null && { application }),
    ...(user_id !== null && { user: user_id }),
    ...(errors.length > 0 && { errors: errors.join(', ') }),
    ...(fault !== undefined && { fault }),
    ...(warnings.length > 0 && { warnings: warnings.join('; ') }),
    ...(changes.length > 0 && { changes: changes.map(changeText).join(', ') }),
    ...(evidence.length > 0 && { evidence: evidenceText(evidence) }),
  };
  return printableLines(
    [
      `${request.method} ${request.url}`,
      pairs(facts),
      message(request.headers, Object.keys(request.params).length > 0 ? request.params : null),
      response ? `${response.status}\n${message(response.headers, response.body)}` : 'the connection was dropped',
    ].join('\n\n'),
    MAX_TEXT,
  );
}

function changeText({ change, ...record }: JournalEntry['changes'][number]): string {
  const [[name, id] = []] = Object.entries(record);
  return `${name} ${id} ${change}`;
}

function message(headers: Readonly<Record<string, string>>, body: unknown): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (body === null) return lines.join('\n');
  return [...lines, '', typeof body === 'string' ? body : JSON.stringify(body, null, 2)].join('\n');
}

function showDiff({ users: { created, changed, deleted }, sessions, mails }: StateDiff): string {
  const named = (sign: string) => (item: StateDiff['users']['created'][number]) =>
    `${sign} user ${item.user.id}${item.user.login === undefined ? '' : ` ${item.user.login}`} (application ${item.app})`;
  const lines = [
    ...created.map(named('+')),
    ...changed.flatMap(({ app, id, fields }) => [
      `~ user ${id} (application ${app})`,
      ...Object.entries(fields).map(([name, { before, after }]) => `    ${name}: ${before} → ${after}`),
    ]),
    ...deleted.map(named('-')),
    ...countLine('sessions', sessions),
    ...countLine('mails', mails),
  ];
  return printableLines(lines.join('\n') || 'no differences', MAX_TEXT);
}

function countLine(name: string, { created, deleted }: StateDiff['mails']): string[] {
  return created + deleted === 0 ? [] : [`${name}: ${created} created, ${deleted} deleted`];
}
