import { readFrom, UsageError } from '../config/usage-error.ts';
import { type FaultOption, readFault, readLatency } from '../config/values.ts';
import { FaultSchema } from '../control/operations/faults.ts';
import { readInput } from '../control/schemas.ts';
import { DROP_KINDS, type FaultInput } from '../sandbox/faults.ts';
import { definedFields } from '../support/values.ts';
import { after, defineCommand, type OptionsOf } from './client-command.ts';
import { table } from './print.ts';

const FAULT_OPTIONS = {
  '--error <key>': "answer with one of the service's own errors, such as taken; coverage --json lists them",
  '--delay <ms|min-max>': 'delay the answer',
  '--drop <kind>': `break the connection (${DROP_KINDS.join(', ')}): cut it, never answer, or close it without an answer`,
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
    usage: 'fault add <operation[:status[xN]]>',
    summary: 'make requests fail or wait',
    details:
      'The operation is one that coverage lists, or any. Requests are answered with the status, xN of them. Without a ' +
      'status, give at least one of --error, --delay and --drop.',
    options: FAULT_OPTIONS,
    examples: [
      ['users-emulator fault add users.create:503x2', 'the next two sign-ups fail'],
      ['users-emulator fault add users.create --error taken', 'every sign-up fails: its login is taken'],
      ['users-emulator fault add any --delay 200-800', 'the network is slow'],
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
          effect: ({ status, error, delay, drop }) => words({ status, error, delay, drop }),
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
  const { method, path, user, app, delay, probability, error, drop, after } = options;
  const { match, status, times }: Partial<FaultOption> = /:\d+(x\d+)?$/.test(spec)
    ? readFault(spec)
    : { match: spec === 'any' ? {} : { operation: spec } };
  if (times !== undefined && options.times !== undefined)
    throw new UsageError(`--times: the fault already has x${times}`);
  const [min, max] = delay === undefined ? [] : readFrom('--delay', readLatency, delay);
  return readInput(FaultSchema, {
    match: { ...match, method, path, user, app },
    status,
    error,
    drop,
    delay: min === max ? min : [min, max],
    times: options.times ?? times,
    after,
    probability: probability === undefined ? undefined : Number(probability),
  });
}

/** `operation=users.create path=/users`, without undefined fields. */
function words(record: object): string {
  return Object.entries(definedFields(record))
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('-') : value}`)
    .join(' ');
}
