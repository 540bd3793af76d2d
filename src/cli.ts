import { Command, CommanderError } from 'commander';
import { registerClientCommands } from './commands/client.ts';
import { registerExec } from './commands/exec.ts';
import { registerStart } from './commands/start.ts';
import { UsageError } from './config.ts';
import { version } from './version.ts';

/** Runs the command line. @returns when the command has ended, or the server runs */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(`users-emulator: ${(error as Error).message}\n`);
    process.exit(error instanceof UsageError ? error.exitCode : 1);
  }
}

function program(): Command {
  const program = new Command('users-emulator')
    .description('A mock server of the ConnectyCube and QuickBlox Users APIs, for integration tests')
    .version(version)
    .enablePositionalOptions()
    .exitOverride();
  registerStart(program);
  registerExec(program);
  registerClientCommands(program);
  return program;
}
