import { type FaultOption, readFault, readLatency, UsageError } from '../config/values.ts';
import { DROP_KINDS, type FaultInput } from '../sandbox/faults.ts';
import { defineCommand, done, type ParsedOptions } from './client-command.ts';
import { table } from './print.ts';

/** Faults on purpose. */
export const faultCommands = [
  defineCommand({
    usage: 'fault add <operation[:status[xN]]>',
    help: 'fail an operation (any: all of them), e.g. users.create:503x2; with --delay alone it is only delayed',
    options: [
      ['--error <key>', "an error of the catalogue, e.g. taken: see 'coverage --json'"],
      ['--delay <ms|min-max>', 'answer later'],
      [`--drop <${DROP_KINDS.join('|')}>`, 'answer nothing: cut the connection, let it hang or end it'],
      ['--times <n>', 'so often, then never again'],
      ['--after <n>', 'not the first n times'],
      ['--probability <0-1>', 'not always'],
      ['--method <method>', 'only requests with this method'],
      ['--path <path>', 'only requests to this path; * stands for any text'],
      ['--user <id|login>', 'only requests of this user'],
      ['--app <id>', 'only requests of this application'],
    ],
    run: (emulator, [spec], options) => emulator.faults.add(faultOf(spec!, options)),
    show: ({ id }) => `added ${id}`,
  }),
  defineCommand({
    usage: 'fault list',
    help: 'the faults, with how often they were met and hit',
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
    help: 'remove all faults',
    run: (emulator) => done(emulator.faults.clear(), { faults: 0 }),
    show: () => 'no faults any more',
  }),
];

/** The fault that was typed; what its parts may be, the server knows. */
function faultOf(spec: string, options: ParsedOptions): FaultInput {
  const { method, path, user, app, delay, probability, error, drop, after } = options;
  const own = spec === 'any' ? {} : { operation: spec };
  const { match, status, times }: Partial<FaultOption> = spec.includes(':') ? readFault(spec) : { match: own };
  if (times !== undefined && options.times !== undefined)
    throw new UsageError(`--times: the fault says x${times} already`);
  const [least, most] = delay === undefined ? [] : readLatency(delay);
  return {
    match: { ...match, method, path, user, app },
    status,
    error,
    drop,
    delay: least === most ? least : [least, most],
    times: options.times ?? times,
    after,
    probability: probability === undefined ? undefined : Number(probability),
  } as FaultInput;
}

/** `operation=users.create path=/users` of what is there. */
function words(record: object): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('-') : value}`)
    .join(' ');
}
