import { readFrom, UsageError } from '../config/usage-error.ts';
import { readFault, readLatency } from '../config/values.ts';
import { FaultSchema } from '../control/operations/faults.ts';
import { readInput } from '../control/schemas.ts';
import { parseFaultText } from '../sandbox/fault-text.ts';
import { DROP_KINDS, FAULT_BODIES, FAULT_MOMENTS, type FaultInput } from '../sandbox/faults.ts';
import { definedFields } from '../support/values.ts';
import { after, defineCommand, type OptionsOf } from './client-command.ts';
import { table } from './print.ts';

const FAULT_OPTIONS = {
  '--status <n>': 'answer with this status',
  '--error <key>': "answer with one of the service's own errors, such as taken; coverage --json lists them",
  '--delay <ms|min-max>': 'delay the answer',
  '--drop <kind>': `break the connection (${DROP_KINDS.join(', ')}): cut it, never answer, or close it without an answer`,
  '--when <moment>': `${FAULT_MOMENTS.join(' or ')} the change is made (default: before); after: the answer is lost, late or another one`,
  '--body <text>': `answer with this body, or: ${FAULT_BODIES.join(', ')} (half of the answer, the page of a load balancer)`,
  '--header <name:value>': 'add this header to the answer, or replace it',
  '--trickle <ms|min-max>': 'send the body in ten pieces, within this time',
  '--times <n>': 'hit this many requests, then never again',
  '--after <n>': 'let this many requests pass first',
  '--probability <0-1>': 'hit with this probability',
  '--method <method>': 'only requests with this method',
  '--path <path>': 'only requests to this path; * matches any text',
  '--user <id|login>': 'only requests of this user',
  '--app <id>': 'only requests of this application',
} as const;

/** Commands that make requests fail. */
export const faultCommands = [
  defineCommand({
    usage: 'fault add <operation[:effect]>',
    summary: 'make requests fail or wait',
    details:
      'The operation is one that coverage lists, or any. The effect is a status, the key of an error, or one of ' +
      `${[...DROP_KINDS, ...FAULT_BODIES].join(', ')}; xN after it limits it to N requests, and @after lets the change happen first. ` +
      'Further effects follow as options, or as in the header X-Emulator-Fault.',
    options: FAULT_OPTIONS,
    examples: [
      ['users-emulator fault add users.create:503x2', 'the next two sign-ups fail'],
      ['users-emulator fault add users.create:taken', 'every sign-up fails: its login is taken'],
      ['users-emulator fault add users.create:resetx1@after', 'the next sign-up succeeds, but its answer is lost'],
      ['users-emulator fault add any --delay 200-800', 'the network is slow'],
      [`users-emulator fault add 'users.show:json={"user":{}}'`, 'another body'],
    ],
    run: (emulator, [spec], options) => emulator.faults.add(faultOf(spec, options)),
    show: ({ id }) => `added ${id}`,
  }),
  defineCommand({
    usage: 'fault list',
    summary: 'list the faults, with how many requests each matched and hit',
    run: (emulator) => emulator.faults.list(),
    show: (faults) =>
      table(
        faults,
        {
          id: ({ id }) => id,
          match: ({ match }) => words(match) || 'any',
          effect: ({ status, error, delay, drop, when, body, json, headers, trickle }) =>
            words({ status, error, delay, drop, when, body, json: textOf(json), headers: textOf(headers), trickle }),
          when: ({ times, after, probability }) => words({ times, after, probability }) || 'always',
          seen: ({ seen }) => seen,
          hits: ({ hits }) => hits,
        },
        'no faults',
      ),
  }),
  defineCommand({
    usage: 'fault clear',
    summary: 'remove all faults',
    run: (emulator) => after(emulator.faults.clear(), { faults: 0 }),
    show: () => 'removed all faults',
  }),
];

/** @throws UsageError or ControlError for an invalid fault */
function faultOf(spec: string, options: OptionsOf<keyof typeof FAULT_OPTIONS>): FaultInput {
  const { method, path, user, app, times, after, probability } = options;
  const { status, error, drop, when, body, delay, trickle, header } = options;
  const { match, ...effect }: Readonly<Record<string, unknown>> = isOperation(spec)
    ? { match: spec === 'any' ? {} : { operation: spec } }
    : readFault(spec);
  if (times !== undefined && effect.times !== undefined)
    throw new UsageError(`--times: the fault already has x${effect.times}`);
  return readInput(FaultSchema, {
    match: { ...Object(match), ...definedFields({ method, path, user, app }) },
    ...effect,
    ...definedFields({
      status,
      error,
      drop,
      when,
      body,
      times,
      after,
      delay: delay && readFrom('--delay', readMs, delay),
      trickle: trickle && readFrom('--trickle', readMs, trickle),
      headers: header && readFrom('--header', readHeader, header),
      probability: probability && Number(probability),
    }),
  });
}

/** Whether an argument names an operation alone. The name of a stub may contain colons. */
function isOperation(spec: string): boolean {
  const [head = ''] = spec.split(';');
  if (!head.startsWith('stub:')) return !spec.includes(':');
  return 'unreadable' in parseFaultText(head.slice(head.lastIndexOf(':') + 1));
}

/** `Retry-After: 5` */
function readHeader(given: unknown): FaultInput['headers'] {
  const effect = parseFaultText(`header=${given}`);
  if ('unreadable' in effect)
    throw new UsageError(`must be a name and a value, such as Retry-After: 5, not '${given}'`);
  return effect.headers;
}

function readMs(given: unknown): number | [number, number] {
  const [min, max] = readLatency(given);
  return min === max ? min : [min, max];
}

/** An object as JSON. */
function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** `operation=users.create path=/users`, without undefined fields. */
function words(record: object): string {
  return Object.entries(definedFields(record))
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('-') : value}`)
    .join(' ');
}
