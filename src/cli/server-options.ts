import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  CONFIG_FILE,
  type ConfigFile,
  type ConfigSources,
  type Environment,
  readConfig,
  variableOf,
} from '../config/config.ts';
import { GENERAL, type OptionRow } from '../config/option-row.ts';
import { type Config, envName, OPTION_NAMES, OPTIONS, type OptionName } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { codeOf, messageOf, reasonOf } from '../support/errors.ts';
import { HELP_OPTION } from './help.ts';

/** The last paragraph of the help of commands with these options. */
export const OPTIONS_NOTE =
  `Every option can also be set by an environment variable (--any-app by ${envName('anyApp')}=true) or in the config ` +
  'file (as "anyApp": true). Flags take precedence over variables, and variables over the config file.';

/** Options as commander parses them. */
export type Flags = Readonly<Record<string, unknown>>;

/**
 * Adds the options of the server.
 * @param defaults the texts of defaults that differ from those of the table
 * @param omitted options that the command doesn't have
 */
export function withServerOptions(
  command: Command,
  defaults: Partial<Record<OptionName, string>> = {},
  omitted: readonly OptionName[] = [],
): Command {
  command.optionsGroup(GENERAL).helpOption(...HELP_OPTION);
  for (const name of OPTION_NAMES) {
    const { only, negatable }: OptionRow<unknown> = OPTIONS[name];
    if (omitted.includes(name) || (only && !only.some((each) => each === command.name()))) continue;
    command.addOption(optionOf(name, defaults[name]).helpGroup(OPTIONS[name].group));
    if (negatable) command.addOption(new Option(`--no-${name}`).hideHelp().helpGroup(OPTIONS[name].group));
  }
  return command.option('--config <file>', `read options from this file (default: ${CONFIG_FILE}, if it exists)`);
}

/** A row of the table as an option of a command. It has no default of its own, since variables and the config file come first. */
export function optionOf(name: OptionName, defaultText?: string): Option {
  const row: OptionRow<unknown> = OPTIONS[name];
  const isPlain = typeof row.default === 'string' || typeof row.default === 'number';
  const shown = defaultText ?? row.defaultText ?? (isPlain ? row.default : undefined);
  const option = new Option(row.flags, shown === undefined ? row.help : `${row.help} (default: ${shown})`);
  return row.repeatable ? option.argParser(collect) : option;
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] | true = []): string[] {
  return before === true ? [value] : [...before, value];
}

/** Puts the options together. @param sources what the command has of its own: defaults, options it doesn't take from a file */
export function configOf(
  { config, ...flags }: Flags,
  env: Environment,
  sources: Pick<ConfigSources, 'defaults' | 'notFromFile'> = {},
): Config {
  return readConfig(flags, { ...sources, env, file: readConfigFile(namedFile({ config }, env)) });
}

/** The path of the config file, whether it exists or not. */
export function configFileOf(flags: Flags, env: Environment): string {
  return resolve(namedFile(flags, env) ?? CONFIG_FILE);
}

function namedFile({ config }: Flags, env: Environment): string | undefined {
  return typeof config === 'string' && config !== '' ? config : variableOf(env, 'config');
}

/** @param named undefined: the file in the working folder, if there is one */
function readConfigFile(named: string | undefined): ConfigFile {
  const path = resolve(named ?? CONFIG_FILE);
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    if (named === undefined && codeOf(error) === 'ENOENT') return { path, content: {} };
    throw new UsageError(`config file ${path} can't be read: ${reasonOf(error)}`, 4);
  }
  try {
    return { path, content: parseJson(content) };
  } catch (error) {
    throw new UsageError(`config file ${path}: ${messageOf(error)}`, 4);
  }
}
