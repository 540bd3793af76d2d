import { Command, CommanderError } from 'commander';
import { UsageError } from '../config/options.ts';
import { messageOf } from '../support/errors.ts';
import { version } from '../support/version.ts';
import { registerClientCommands } from './client.ts';
import { registerExec } from './exec.ts';
import { registerStart } from './start.ts';

/** Runs the command line. @returns when the command has ended, or the server runs */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(withCommand(argv.slice(2)), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(`users-emulator: ${messageOf(error)}\n`);
    process.exit(error instanceof UsageError ? error.exitCode : 1);
  }
}

/** `start` goes without saying. Commander's own default command would take a mistyped one for an argument of it. */
function withCommand(words: readonly string[]): string[] {
  const [first] = words;
  const starts = first === undefined || (first.startsWith('-') && !ABOUT.includes(first));
  return starts ? ['start', ...words] : [...words];
}

/** Options of the program itself. */
const ABOUT = ['-h', '--help', '-V', '--version'];

function program(): Command {
  const program = new Command('users-emulator')
    .description('A mock server of the ConnectyCube and QuickBlox Users APIs, for integration tests')
    .version(version)
    .addHelpText('after', '\nOptions of the server: users-emulator start --help')
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'users-emulator: ')) })
    .exitOverride();
  registerStart(program);
  registerExec(program);
  registerClientCommands(program);
  return program;
}
