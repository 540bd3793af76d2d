import { Argument, type Command } from 'commander';
import { OPERATION_NAMES } from '../api/operation-names.ts';
import type { Environment } from '../config/config.ts';
import type { OptionRow } from '../config/option-row.ts';
import { flagOf, OPTION_NAMES, OPTIONS } from '../config/options.ts';
import { VARIABLES, type Variable } from '../config/variables.ts';
import { DIALECTS } from '../dialects/index.ts';
import { ERROR_KEYS } from '../model/error-catalogue.ts';
import { SETTING_NAMES } from '../model/settings.ts';
import { STUB_ACCESS } from '../model/stubs.ts';
import { DROP_KINDS } from '../sandbox/faults.ts';
import type { CompletedCommand, Shell } from './completion.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import { table } from './print.ts';
import { connectTo, type Target, targetOf, withTargetOptions } from './target.ts';
import { registerTrust } from './trust-command.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** The values of options, for completion. */
const OPTION_VALUES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    OPTION_NAMES.flatMap((name) => {
      const { choices }: OptionRow<unknown> = OPTIONS[name];
      return choices ? [[flagOf(name), choices]] : [];
    }),
  ),
  '--operation': OPERATION_NAMES,
  '--error': ERROR_KEYS,
  '--drop': DROP_KINDS,
  '--access': STUB_ACCESS,
};

/** The values of a command's first argument. */
const ARGUMENT_VALUES: Readonly<Record<string, readonly string[]>> = {
  completion: SHELLS,
  'fault add': OPERATION_NAMES,
  'settings set': SETTING_NAMES.map((name) => `${name}=`),
};

/** Adds the commands that set up a project or a shell, without a server. */
export function registerSetupCommands(program: Command, io: Io): void {
  program.commandsGroup('Setup:');
  describe(program.command('init [folder]'), {
    summary: 'write a config file and a seed to start from',
    details: 'Existing files are never overwritten.',
    examples: [['users-emulator init && users-emulator', 'start with two users of your own']],
  }).action(async (folder = '.') => {
    const { init } = await import('./init.ts');
    for (const path of init(folder, DIALECTS[0])) io.stdout.write(`wrote ${path}\n`);
  });
  registerTrust(program, io);
  const env = program
    .command('env')
    .option('--export', 'print the addresses of a running emulator, and its certificate, as commands for a shell')
    .option('--json', 'print them as JSON, on one line')
    .option('--intercept [host...]', 'with --export: lead production addresses, and these hosts, to the emulator')
    .option('--allow <host...>', "with --intercept: let connections to this host of the vendors' through");
  describe(withTargetOptions(env), {
    summary: 'list the environment variables and their values',
    details: 'Flags take precedence over variables, and variables over the config file.',
    examples: [
      ['eval "$(users-emulator env --export)"', 'let this shell use the emulator that runs'],
      ['eval "$(users-emulator env --export --intercept)"', 'the same for code with production addresses'],
    ],
  }).action(async ({ json, export: exported, intercept, allow, ...target }: EnvOptions) => {
    if (exported) {
      const { exportLines } = await import('./export-lines.ts');
      const hosts = intercept === true ? [] : intercept;
      io.stdout.write(await exportLines(connectTo(targetOf(target, io.env)), { hosts, allow }, io.env));
      return;
    }
    const variables = VARIABLES.map((row) => ({ ...row, value: shownValue(row, io.env) }));
    io.stdout.write(`${json ? JSON.stringify(variables) : variableTable(variables)}\n`);
  });
  describe(program.command('completion').addArgument(new Argument('<shell>').choices(SHELLS)), {
    summary: 'print a script that completes commands and options in your shell',
    examples: [
      ['source <(users-emulator completion bash)', 'in ~/.bashrc'],
      ['source <(users-emulator completion zsh)', 'in ~/.zshrc, after compinit'],
      ['users-emulator completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
  }).action(async (shell: Shell) => {
    const { completionScript } = await import('./completion.ts');
    io.stdout.write(completionScript(shell, completedCommand(program, '')));
  });
}

interface EnvOptions extends Partial<Target> {
  readonly json?: true;
  readonly export?: true;
  readonly intercept?: true | string[];
  readonly allow?: string[];
}

/** The value of a variable, unless it is a secret; null: unset, or empty, which is the same. */
function shownValue({ name, holdsSecret }: Variable, env: Environment): string | null {
  const value = env[name] || null;
  return value !== null && holdsSecret?.(value) ? '[set]' : value;
}

function variableTable(variables: readonly (Variable & { readonly value: string | null })[]): string {
  return table(
    variables,
    {
      variable: ({ name }) => name,
      values: ({ values }) => values,
      now: ({ value }) => value,
      meaning: ({ meaning }) => meaning,
    },
    '',
  );
}

/** @param path its names above and its own, with blanks between; empty for the program, which has the options of `start`, too */
function completedCommand(command: Command, path: string): CompletedCommand {
  const start = path === '' ? command.commands.find((each) => each.name() === 'start')?.options : [];
  const options = new Map([...(start ?? []), ...command.options].map((option) => [option.long, option]));
  return {
    name: command.name(),
    summary: command.summary(),
    values: ARGUMENT_VALUES[path],
    options: [...options.values()]
      .filter(({ hidden }) => !hidden)
      .map(({ short, long, description, required, optional }) => ({
        flags: [short, long].filter((flag) => flag !== undefined),
        help: description,
        values: OPTION_VALUES[long ?? ''] ?? (required || optional ? 'any' : 'none'),
      })),
    commands: command.commands.map((each) => completedCommand(each, `${path} ${each.name()}`.trimStart())),
  };
}
