import { dirname, resolve } from 'node:path';
import { isObject } from '../support/values.ts';
import type { OptionRow } from './option-row.ts';
import { type Config, envName, flagOf, OPTION_NAMES, OPTIONS, type OptionName, type OptionValues } from './options.ts';
import { readFrom, usageError } from './usage-error.ts';

/** The config file of the working folder. */
export const CONFIG_FILE = 'users-emulator.config.json';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A config file: its path, and its content. */
export interface ConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** Where options come from, apart from flags. */
export interface ConfigSources {
  readonly env?: Environment;
  /** Its keys are spelled like the flags (`any-app`) or in camel case. */
  readonly file?: ConfigFile;
  /** Options that the file doesn't set, whatever it contains. */
  readonly notFromFile?: readonly OptionName[];
  /** Defaults that replace those of the table. */
  readonly defaults?: Partial<OptionValues>;
}

/**
 * Reads every option: from its flag, else from the environment, else from the config file, else its default. Settings are merged.
 * @param flags by name: as commander parses them, or the options of a program
 * @throws UsageError that names the source of a value that can't be used
 */
export function readConfig(flags: Readonly<Record<string, unknown>>, from: ConfigSources = {}): Config {
  const { env = {}, file = { path: '', content: {} }, notFromFile = [], defaults = {} } = from;
  const inFile = optionsOf(file);
  const values: Partial<Record<OptionName, unknown>> = {};
  const sources: Partial<Record<OptionName, string>> = {};
  for (const name of OPTION_NAMES) {
    const row: OptionRow<unknown> = OPTIONS[name];
    const variable = variableOf(env, name);
    const candidates = [
      { source: flagOf(name), given: flags[name] },
      { source: envName(name), given: row.repeatable ? variable?.split(row.separator ?? ',') : variable },
      {
        source: `config file ${file.path}, ${name}`,
        given: notFromFile.includes(name) ? undefined : inFile[name],
        folder: dirname(file.path),
      },
    ];
    const found = candidates.filter(({ given }) => given !== undefined).slice(0, row.merged ? undefined : 1);
    const read = found.map((each) => readCandidate(row, each));
    if (found.length === 0) values[name] = defaults[name] ?? row.default;
    else values[name] = row.merged ? Object.assign({}, ...read.reverse()) : read[0];
    sources[name] = found.map(({ source }) => source).join(' or ') || flagOf(name);
  }
  const config = { ...values, sources } as Config;
  if ((config.cert === undefined) !== (config.key === undefined)) {
    const [given, missing] = config.cert === undefined ? (['key', 'cert'] as const) : (['cert', 'key'] as const);
    throw usageError(config.sources[given], `needs ${flagOf(missing)}, too`);
  }
  return config;
}

/**
 * The value of an option's environment variable. An empty one counts as unset. Blanks around it don't count: on Windows,
 * `set USERS_EMULATOR_PORT=4300 && …` leaves one at the end.
 */
export function variableOf(env: Environment, name: string): string | undefined {
  return env[envName(name)]?.trim() || undefined;
}

/** @param candidate.folder what a path is relative to, if that isn't the working folder */
function readCandidate<V>(
  { read, path }: OptionRow<V>,
  { source, given, folder }: { readonly source: string; readonly given: unknown; readonly folder?: string },
): unknown {
  const value = readFrom(source, read, given);
  return path && folder !== undefined ? resolveIn(folder, value) : value;
}

/** A value with its paths made absolute: a file's name, those in a list, and the `file` of a stub. */
function resolveIn(folder: string, value: unknown): unknown {
  if (typeof value === 'string') return resolve(folder, value);
  if (Array.isArray(value)) return value.map((each) => resolveIn(folder, each));
  return isObject(value) && typeof value.file === 'string' ? { ...value, file: resolve(folder, value.file) } : value;
}

function optionsOf({ path, content }: ConfigFile): Partial<Record<OptionName, unknown>> {
  if (!isObject(content)) throw usageError(`config file ${path}`, 'must be a JSON object');
  const options: Partial<Record<OptionName, unknown>> = {};
  for (const [key, value] of Object.entries(content)) {
    // for editors
    if (key === '$schema') continue;
    const camelCase = key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const name = OPTION_NAMES.find(
      (each) => each === camelCase || ('repeatable' in OPTIONS[each] && `${each}s` === camelCase),
    );
    if (!name)
      throw usageError(`config file ${path}`, `unknown option '${key}'; the options are: ${OPTION_NAMES.join(', ')}`);
    options[name] = value;
  }
  return options;
}
