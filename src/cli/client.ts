import type { Command } from 'commander';
import { flagOf } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { ControlError } from '../control/control-error.ts';
import type { AnyClientCommand } from './client-command.ts';
import { clockCommands } from './clock-commands.ts';
import { faultCommands } from './fault-commands.ts';
import { describe } from './help.ts';
import { inspectCommands } from './inspect-commands.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';
import { requestCommands } from './request-commands.ts';
import { serverCommands } from './server-commands.ts';
import { stateCommands } from './state-commands.ts';
import { stubCommands } from './stub-commands.ts';
import { connectTo, type Target, targetOf, warnOfVariables, withTargetOptions } from './target.ts';
import { userCommands } from './user-commands.ts';

/** The summaries of groups of commands. */
const GROUPS: Readonly<Record<string, string>> = {
  users: 'list, create, change and delete users',
  sessions: 'list and expire sessions',
  snapshot: 'save and restore named snapshots of the state',
  sandbox: 'create, list and delete sandboxes',
  settings: 'show and change admin settings',
  clock: "show, stop and move the emulator's clock",
  fault: 'make requests fail on purpose',
  stub: "answer requests that aren't emulated",
};

/** All commands, by their headings in the help. */
const SECTIONS: Readonly<Record<string, readonly AnyClientCommand[]>> = {
  'Server:': serverCommands,
  'Users:': userCommands,
  'State:': stateCommands,
  'Test conditions:': [...clockCommands, ...faultCommands, ...stubCommands],
  'Inspection:': [...requestCommands, ...inspectCommands],
};

/** Adds the commands that call a running emulator. */
export function registerClientCommands(program: Command, io: Io): void {
  for (const [heading, rows] of Object.entries(SECTIONS)) {
    program.commandsGroup(heading);
    for (const row of rows) register(program, row, io);
  }
}

function register(program: Command, row: AnyClientCommand, io: Io): void {
  const [first = '', ...rest] = row.usage.split(' ');
  const summary = GROUPS[first];
  const command =
    summary === undefined ? program.command(row.usage) : groupOf(program, first, summary).command(rest.join(' '));
  for (const [flags, help] of Object.entries(row.options ?? {})) command.option(flags, help);
  command.option('--json', 'print the answer as JSON, on one line');
  describe(withTargetOptions(command), row);
  // Otherwise commander takes -1d for an option
  if (row.allowNegative) command.allowUnknownOption();
  command.action(async () => {
    for await (const text of run(row, command, io)) io.stdout.write(endLine(text));
  });
}

function groupOf(program: Command, name: string, summary: string): Command {
  const group = program.commands.find((command) => command.name() === name);
  return group ?? describe(program.command(name).usage('<command> [options]'), { summary });
}

/** The command's output: one text, or one each time that something happens. */
async function* run(row: AnyClientCommand, command: Command, io: Io): AsyncGenerator<string> {
  const { stdout, env } = io;
  warnOfVariables(io);
  const options = command.opts<Partial<Target> & { readonly json?: true }>();
  const [empty] = Object.entries(options).find(([, value]) => value === '') ?? [];
  if (empty !== undefined || command.args.includes(''))
    throw new UsageError(`${empty === undefined ? 'an argument' : flagOf(empty)}: needs a value`);
  const target = targetOf(options, env);
  const paint = paintFor(stdout, env);
  try {
    const emulator = connectTo(target);
    const answers = row.follow(emulator, command.args, options) ?? [row.run(emulator, command.args, options)];
    for await (const { answer, text } of answers) yield options.json ? JSON.stringify(answer) : text(paint);
  } catch (error) {
    throw error instanceof ControlError ? commandError(error, row, target) : error;
  }
}

/** An error of the emulator as the command reports it: wrong usage, or a state of things that doesn't allow the command. */
function commandError({ status, message }: ControlError, row: AnyClientCommand, { url, adminToken }: Target): Error {
  if (status === 401)
    return new Error(
      `${url} ${adminToken ? 'rejects this admin token' : 'requires an admin token: give --admin-token'}`,
    );
  return status === 400 || status === 422 ? new UsageError(asTyped(message, row)) : new Error(`${url}: ${message}`);
}

/** A message with fields called as they are typed: `now: must be …` of `clock set <time>` → `time: must be …`. */
function asTyped(message: string, { options = {}, fields = {} }: AnyClientCommand): string {
  const typed = new Map(Object.entries(fields));
  for (const flags of Object.keys(options)) {
    const [flag = ''] = flags.split(' ');
    typed.set(flag.slice(2), flag);
  }
  return message.replace(
    /(^|; )(?:match\.)?(\w+)(?=: )/g,
    (_, before: string, field: string) => `${before}${typed.get(field) ?? field}`,
  );
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
