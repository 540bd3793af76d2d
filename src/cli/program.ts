import { Command, CommanderError } from 'commander';
import type { OptionRow } from '../config/option-row.ts';
import { flagOf, OPTION_NAMES, OPTIONS } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { messageOf } from '../support/errors.ts';
import { printableLines } from '../support/printable.ts';
import { description, version } from '../support/version.ts';
import { registerClientCommands } from './client.ts';
import { registerConform } from './conform-command.ts';
import { registerExec } from './exec.ts';
import { endHelp, HELP_OPTION, HELP_STYLE } from './help.ts';
import type { Io } from './io.ts';
import { registerMcp } from './mcp-command.ts';
import { hasColors } from './paint.ts';
import { optionOf } from './server-options.ts';
import { registerSetupCommands } from './setup-commands.ts';
import { registerStart } from './start.ts';
import { registerSweep } from './sweep.ts';

/**
 * Runs the command line in this process.
 * @param words the arguments after the program's name
 * @returns the exit code, once the command has ended: for `start`, when a signal has stopped the server
 */
export async function main(words: readonly string[], io: Io = process): Promise<number> {
  // Readers may leave early, as in `users-emulator requests | head`: that is no reason to crash
  for (const stream of [io.stdout, io.stderr]) stream.on('error', () => {});
  let exitCode = 0;
  try {
    const given = withCommand(words);
    const exit = (code: number) => {
      exitCode = code;
    };
    await createProgram(io, exit, given[0]).parseAsync(given, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(`users-emulator: ${printableLines(messageOf(error))}\n`);
    return error instanceof UsageError ? error.exitCode : 1;
  }
}

/** Flags that belong to the program itself; all others belong to `start`. */
const PROGRAM_FLAGS = ['-h', '--help', '-v', '--version'];

/** Adds `start`, the default command. Commander's own default command would take a mistyped command for an argument. */
function withCommand(words: readonly string[]): string[] {
  const [first] = words;
  const isStart = first === undefined || (first.startsWith('-') && !PROGRAM_FLAGS.includes(first));
  return isStart ? ['start', ...words] : [...words];
}

/**
 * The command line.
 * @param exit called with the exit code of a command that has one of its own
 * @param command for `start`, the others are left out: a server starts sooner without them
 */
export function createProgram(io: Io, exit: (code: number) => void, command?: string): Command {
  const program = new Command('users-emulator')
    .usage('[options]\n       users-emulator <command> [options]')
    .configureHelp(HELP_STYLE)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => hasColors(io.stdout, io.env),
      getErrHasColors: () => hasColors(io.stderr, io.env),
      // the value of an option that doesn't exist may be a secret
      outputError: (text, write) =>
        write(
          text.replace(/^error: /, 'users-emulator: ').replace(/^(.*unknown option '[^=\n]*)=.*'$/ms, "$1'") +
            hintFor(text),
        ),
    })
    .enablePositionalOptions()
    .exitOverride();
  endHelp(program.description(description), {
    examples: [
      ['users-emulator --seed', 'start with the example users'],
      ['users-emulator --seed --data users.json', 'the same, and store changes in a file'],
      ['users-emulator exec --seed -- npm test', 'run tests with a server of their own'],
      ['users-emulator token Dacia', 'print a session token of Dacia'],
      ['users-emulator reset', 'go back to the initial state'],
    ],
    note: "Run 'users-emulator start --help' for all options of the server, and 'users-emulator <command> --help' for a command.",
  });
  // Only shown here: `withCommand` passes them to `start`
  for (const name of ['seed', 'data', 'port'] as const) program.addOption(optionOf(name));
  program.version(version, '-v, --version', 'print the version').helpOption(...HELP_OPTION);
  program.commandsGroup('Server:');
  registerStart(program, io);
  if (command === 'start') return program;
  registerExec(program, io, exit);
  registerSweep(program, io, exit);
  registerClientCommands(program, io);
  registerConform(program, io, exit);
  registerMcp(program, io);
  registerSetupCommands(program, io);
  return program;
}

/** A further line for two likely mistakes: an option of another command, and a seed without its option. */
function hintFor(error: string): string {
  const [, kind, given = ''] = /unknown (option|command) '([^'=\n]+)/.exec(error) ?? [];
  if (kind === 'command') return given.endsWith('.json') ? `(users-emulator --seed ${given}, if it is a seed)\n` : '';
  const name = OPTION_NAMES.find((each) => flagOf(each) === given);
  const { only }: Partial<OptionRow<unknown>> = name === undefined ? {} : OPTIONS[name];
  return only ? `(an option of ${only.join(', ')})\n` : '';
}
