import type { Command } from 'commander';
import { UsageError } from '../config/values.ts';
import { ControlError } from '../control/control-error.ts';
import type { ClientCommand } from './client-command.ts';
import { clockCommands } from './clock-commands.ts';
import { faultCommands } from './fault-commands.ts';
import { observingCommands } from './inspect-commands.ts';
import { remoteOf, type ServerOptions, withServer } from './options.ts';
import { accessCommands } from './server-commands.ts';
import { stateCommands } from './state-commands.ts';

const GROUPS: Readonly<Record<string, string>> = {
  snapshot: 'named snapshots of the state',
  settings: 'the admin settings of an application',
  clock: "the emulator's clock",
  fault: 'faults on purpose',
};

const COMMANDS: readonly ClientCommand[] = [
  ...accessCommands,
  ...stateCommands,
  ...clockCommands,
  ...faultCommands,
  ...observingCommands,
];

/** Adds the commands that talk to a running emulator; each is a row of the table. */
export function registerClientCommands(program: Command): void {
  for (const row of COMMANDS) {
    const [first, ...rest] = row.usage.split(' ') as [string, ...string[]];
    const grouped = first in GROUPS;
    const parent = grouped ? groupOf(program, first) : program;
    const command = withServer(parent.command((grouped ? rest : [first, ...rest]).join(' '))).description(row.help);
    for (const [flags, help] of row.options ?? []) command.option(flags, help);
    // a span may begin with a minus: -1d is an argument, not an option
    if (row.minus) command.allowUnknownOption();
    command.action(async () => {
      await run(row, command);
    });
  }
}

function groupOf(program: Command, name: string): Command {
  return (
    program.commands.find((command) => command.name() === name) ?? program.command(name).description(GROUPS[name]!)
  );
}

async function run(row: ClientCommand, command: Command): Promise<void> {
  const options = command.opts<ServerOptions & Record<string, string | true | undefined>>();
  // what is empty in the environment isn't there
  const typed = command.options.filter((each) => command.getOptionValueSource(each.attributeName()) === 'cli');
  const empty = typed.find((each) => options[each.attributeName()] === '')?.long;
  if (empty || command.args.includes('')) throw new UsageError(`${empty ?? 'an argument'}: needs a value`);
  try {
    const answer = await row.run(remoteOf(options), command.args, options);
    print(options.json ? JSON.stringify(answer) : row.show(answer));
  } catch (error) {
    throw error instanceof ControlError ? inCommandsWords(error, options) : error;
  }
}

/** What the server refused was typed wrong, or is a file that can't be used, or is the state of things. */
function inCommandsWords({ status, message }: ControlError, { url, adminToken }: ServerOptions): Error {
  if (status === 401 && adminToken) return new Error(`${url} has another admin token: that token is wrong`);
  if (status === 401) return new Error(`${url} needs its admin token: give it with --admin-token`);
  return status === 400 || status === 422 ? new UsageError(message) : new Error(`${url}: ${message}`);
}

function print(text: string): void {
  // whoever reads may have seen enough: `users-emulator requests | head`
  process.stdout.on('error', () => {});
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
