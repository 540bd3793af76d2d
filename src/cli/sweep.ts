import { type Command, Option } from 'commander';
import type { OptionRow } from '../config/option-row.ts';
import { OPTIONS } from '../config/options.ts';
import { readFrom, UsageError } from '../config/usage-error.ts';
import { readDuration, readOneOf, readText } from '../config/values.ts';
import { EmulatorServer } from '../emulator/server.ts';
import { messageOf } from '../support/errors.ts';
import { printableLines } from '../support/printable.ts';
import { shellWord } from '../support/shell-word.ts';
import type { SweepHost, SweepOptions } from '../sweep/sweep.ts';
import { type CommandEnvironment, commandEnvironment } from './command-environment.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';
import { collect, configOf, type Flags, OPTIONS_NOTE, withServerOptions } from './server-options.ts';
import { warnOfVariables } from './target.ts';

/** Options of the server that mean something else here, or nothing: each case starts from the seed, on a port of its own. */
const OMITTED = ['data', 'watch', 'port', 'caOut', 'log', 'json'] as const;

/** Options that the command line for one case leaves out, beside secrets. */
const NOT_REPEATED = ['only', 'case', 'max', 'jobs', 'junit', 'json'];

/** Adds `sweep`: runs a command with one fault at each of its calls. @param exit called with the exit code */
export function registerSweep(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program.command('sweep <command...>').usage('[options] -- <command...>').passThroughOptions();
  command.optionsGroup('Cases:');
  command
    .option('--max <n>', 'try the first n calls of each operation (default: 3)')
    .addOption(
      new Option('--only <pattern>', 'only some cases: users.create, users.create#1, hang, … (repeatable)').argParser(
        collect,
      ),
    )
    .addOption(new Option('--case <id>', 'only this case, and show its output (repeatable)').argParser(collect))
    .option('--jobs <n>', 'run this many cases at the same time (default: 1)')
    .option('--timeout <duration>', 'a case is hung if it takes this much longer than without a fault (default: 30s)')
    .option('--expect <verdict>', 'passed: the command has to succeed despite every fault')
    .option('--junit <file>', 'also write the results to this file, as JUnit XML')
    .option('--json', 'print the results as JSON');
  describe(withServerOptions(command, { deterministic: '1' }, OMITTED), {
    summary: 'run a command with a fault at each of its calls',
    details:
      'First the command runs twice without faults. Then it runs once for each fault at each of its first calls of every operation, ' +
      'always with a new server: 503, 429 with Retry-After, an ended session, a reset connection, an answer lost after the change, ' +
      'no answer, half an answer, an HTML page. The exit code is 8 if the command crashes, never ends, floods the server or creates users ' +
      'twice in one of these cases.',
    examples: [
      [
        'users-emulator sweep --seed --expect passed -- npx vitest run sign-up',
        'the client has to succeed in all cases',
      ],
      ['users-emulator sweep --seed --only users.create -- npm test', 'only the cases of one operation'],
      ["users-emulator sweep --seed --case 'users.create#1/answer-lost' -- npm test", 'one case, with its output'],
    ],
    note: OPTIONS_NOTE,
  })
    .showHelpAfterError('(users-emulator sweep [options] -- <command>)')
    .action(async (words: [string, ...string[]], flags: Flags) => {
      exit(await runSweep(words, flags, io, (id) => repetitionOf(command, words, id)));
    });
}

async function runSweep(
  command: readonly [string, ...string[]],
  flags: Flags,
  io: Io,
  repeat: SweepOptions['repeat'],
): Promise<number> {
  const { json, ...ofServer } = flags;
  const sources = { defaults: { log: 'silent', port: 0, deterministic: '1' }, notFromFile: [...OMITTED] } as const;
  warnOfVariables(io);
  const config = { ...configOf(ofServer, io.env, sources), data: undefined, port: 0 };
  const options = {
    command,
    repeat,
    max: numberOf('--max', flags.max, 3),
    jobs: numberOf('--jobs', flags.jobs, 1),
    timeout: readFrom('--timeout', readDuration, flags.timeout ?? '30s'),
    only: textsOf(flags.only),
    cases: textsOf(flags.case),
    mustPass: flags.expect !== undefined && readFrom('--expect', readOneOf('passed'), flags.expect) === 'passed',
    json: json === true,
    junit: flags.junit === undefined ? undefined : readFrom('--junit', readText, flags.junit),
    summary: io.env.GITHUB_STEP_SUMMARY || undefined,
  };
  const { sweep, SweepError } = await import('../sweep/sweep.ts');
  const paint = paintFor(io.stdout, io.env);
  const environments = new Set<CommandEnvironment>();
  /** Connections that `--intercept` refused, as reported at the end of each run. */
  const refused = new Set<string>();
  const interruption = new AbortController();
  let signalCode = 0;
  const release = onSignals((code) => {
    if (signalCode > 0) {
      for (const environment of environments) environment.close();
      process.exit(code);
    }
    signalCode = code;
    interruption.abort();
  });
  const start: SweepHost['start'] = async (observer) => {
    const warn = (text: string) => io.stderr.write(`users-emulator: ${printableLines(text)}\n`);
    const server = new EmulatorServer(config, { warn, onError: (error) => warn(messageOf(error)) }, observer);
    await server.start();
    const environment = await commandEnvironment(server, config, io.env).catch(async (error) => {
      await server.stop(0);
      throw error;
    });
    environments.add(environment);
    return {
      variables: environment.variables,
      stop: async () => {
        environments.delete(environment);
        refused.add(environment.close());
        await server.stop(0);
      },
    };
  };
  try {
    const code = await sweep(options, {
      start,
      stdout: io.stdout,
      stderr: io.stderr,
      emphasize: (text, verdict) => paint(verdict === 'bad' ? 'red' : 'green', text),
      interrupted: interruption.signal,
    });
    return signalCode || code;
  } catch (error) {
    if (error instanceof SweepError) throw new UsageError(error.message, signalCode || error.exitCode);
    throw error;
  } finally {
    io.stderr.write([...refused].join(''));
    release();
  }
}

/** The command line for one case: with the options that were given, except secrets and those that choose cases or write reports. */
function repetitionOf(command: Command, words: readonly string[], id: string): string {
  const given = command.options.filter((option) => {
    const name = option.attributeName();
    return !NOT_REPEATED.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  const rows: Readonly<Partial<Record<string, OptionRow<unknown>>>> = OPTIONS;
  const secret = new Set<string>();
  const options = given.flatMap((option) => {
    const { long = '' } = option;
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (typeof value === 'boolean') return value === option.negate ? [] : [long];
    return (Array.isArray(value) ? value : [value]).map(String).flatMap((each) => {
      if (!rows[name]?.holdsSecret?.(each)) return [long, each];
      secret.add(long);
      return [];
    });
  });
  const line = ['users-emulator', 'sweep', ...options, '--case', id, '--', ...words].map(shellWord).join(' ');
  return secret.size === 0 ? line : `${line}\n(also give ${[...secret].join(', ')} as before: secrets are left out)`;
}

/** A whole number from 1. */
function numberOf(option: string, given: unknown, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (typeof given !== 'string' || !/^[1-9]\d{0,3}$/.test(given))
    throw new UsageError(`${option}: must be a number from 1 to 9999, not '${given}'`);
  return Number(given);
}

function textsOf(given: unknown): string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

/** Calls back with the exit code of the first and every further signal that asks to stop. @returns stops listening */
function onSignals(stop: (code: number) => void): () => void {
  const onInterrupt = () => stop(130);
  const onTerminate = () => stop(143);
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate);
  };
}
