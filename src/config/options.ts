import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CONTROL_PATH } from '../model/addresses.ts';
import {
  type AppOption,
  type FaultOption,
  flag,
  port,
  readApp,
  readFault,
  readLatency,
  readLog,
  readSet,
  readSmtp,
  readTime,
  text,
  UsageError,
  usageError,
} from './values.ts';

export { UsageError, usageError };

/** What the server is started with, however it was said. */
export interface Config {
  /** A fixture: its file, or its content; true: the built-in one. */
  seed: boolean | string | object;
  data: string | undefined;
  port: number;
  host: string;
  app: AppOption[];
  anyApp: boolean;
  set: Record<string, unknown>;
  cert: string | undefined;
  key: string | undefined;
  caOut: string | undefined;
  stateDir: string | undefined;
  latency: [number, number];
  fault: FaultOption[];
  /** ms */
  freezeTime: number | undefined;
  deterministic: string | undefined;
  adminToken: string | undefined;
  log: 'pretty' | 'json' | 'silent' | undefined;
  smtp: string | undefined;
  json: boolean;
  /** Where each option was given: `--set`, `USERS_EMULATOR_SET` or `config file …, set`. */
  places: Readonly<Record<OptionName, string>>;
}

type OptionName = Exclude<keyof Config, 'places'>;

interface OptionRow<N extends OptionName> {
  readonly name: N;
  /** For commander. */
  readonly flags: string;
  readonly help: string;
  readonly default: Config[N];
  /** Reads one value as flag, environment or config file give it. @throws UsageError */
  readonly read: (given: unknown) => Config[N] extends (infer E)[] ? E | E[] : Config[N];
  /** May be given several times; values are collected. */
  readonly repeatable?: true;
  /** In a config file, it is relative to that file. */
  readonly path?: true;
}

/** A config file: where it is, and what is in it. */
export interface ConfigFile {
  readonly path: string;
  readonly content: unknown;
}

const defineOption = <N extends OptionName>(row: OptionRow<N>): OptionRow<N> => row;

/** All options of `start`: flag, environment twin, config-file twin and help derive from here. */
export const OPTIONS = [
  defineOption({
    name: 'seed',
    path: true,
    flags: '--seed [file]',
    help: 'load applications and users: from a file, else the built-in ones',
    default: false,
    read: (given) => {
      if (typeof given === 'object' && given !== null) return given;
      return given === 'true' || given === true ? true : given === 'false' || given === false ? false : text(given);
    },
  }),
  defineOption({
    name: 'data',
    path: true,
    flags: '--data <file>',
    help: 'keep the state in this JSON file',
    default: undefined,
    read: text,
  }),
  defineOption({ name: 'port', flags: '-p, --port <n>', help: 'port; 0 is any free one', default: 4230, read: port }),
  defineOption({
    name: 'host',
    flags: '-H, --host <addr>',
    help: 'address to listen on',
    default: '127.0.0.1',
    read: text,
  }),
  defineOption({
    name: 'app',
    flags: '--app <id:key[:secret[:dialect]]>',
    help: 'register an application (repeatable)',
    default: [],
    read: readApp,
    repeatable: true,
  }),
  defineOption({
    name: 'anyApp',
    flags: '--any-app',
    help: 'register unknown applications on first use',
    default: false,
    read: flag,
  }),
  defineOption({
    name: 'set',
    flags: '--set <setting=value>',
    help: 'an admin setting (repeatable), e.g. disable_list_users_v1=false',
    default: {},
    read: readSet,
    repeatable: true,
  }),
  defineOption({
    name: 'cert',
    path: true,
    flags: '--cert <file>',
    help: 'TLS certificate (PEM); with --key',
    default: undefined,
    read: text,
  }),
  defineOption({
    name: 'key',
    path: true,
    flags: '--key <file>',
    help: "the certificate's private key (PEM)",
    default: undefined,
    read: text,
  }),
  defineOption({
    name: 'caOut',
    path: true,
    flags: '--ca-out <file>',
    help: 'also write the CA certificate there',
    default: undefined,
    read: text,
  }),
  defineOption({
    name: 'stateDir',
    path: true,
    flags: '--state-dir <folder>',
    help: "where the certificate authority is kept, instead of the user's state folder",
    default: undefined,
    read: text,
  }),
  defineOption({
    name: 'latency',
    flags: '--latency <ms|min-max>',
    help: 'delay every emulated answer',
    default: [0, 0],
    read: readLatency as never,
  }),
  defineOption({
    name: 'fault',
    flags: '--fault <operation:status[xN]>',
    help: 'fail an operation, e.g. users.create:503x2 (repeatable)',
    default: [],
    read: readFault,
    repeatable: true,
  }),
  defineOption({
    name: 'freezeTime',
    flags: '--freeze-time <ISO time>',
    help: 'start with a stopped clock',
    default: undefined,
    read: readTime,
  }),
  defineOption({
    name: 'deterministic',
    flags: '--deterministic [seed]',
    help: 'ids and tokens from a seeded generator',
    default: undefined,
    read: (given) =>
      given === true || given === 'true' ? '1' : given === false || given === 'false' ? undefined : text(given),
  }),
  defineOption({
    name: 'adminToken',
    flags: '--admin-token <token>',
    help: `token that ${CONTROL_PATH}/* asks for`,
    default: undefined,
    read: text,
  }),
  defineOption({
    name: 'smtp',
    flags: '--smtp <url>',
    help: 'also send mails to this server, e.g. smtp://127.0.0.1:1025',
    default: undefined,
    read: readSmtp,
  }),
  defineOption({
    name: 'log',
    flags: '--log <pretty|json|silent>',
    help: 'a line per request',
    default: undefined,
    read: readLog,
  }),
  defineOption({ name: 'json', flags: '--json', help: 'print one ready line, as JSON', default: false, read: flag }),
] as const;

type AnyOption = OptionRow<OptionName>;
const ROWS = OPTIONS as unknown as readonly AnyOption[];

/** The folder for what outlives a run: as said, else where the system keeps a user's state. */
export function stateFolder(said: string | undefined, env = process.env): string {
  if (said !== undefined) return resolve(said);
  const local = process.platform === 'win32' ? env.LOCALAPPDATA : env.XDG_STATE_HOME;
  const usual = process.platform === 'win32' ? 'AppData/Local' : '.local/state';
  return join(local || join(homedir(), usual), 'users-emulator');
}

/** `-p, --port <n>` → `--port`. */
export function flagOf({ flags }: { readonly flags: string }): string {
  return flags.split(/[ ,]+/).find((part) => part.startsWith('--'))!;
}

/** `anyApp` → `USERS_EMULATOR_ANY_APP`. */
export function envName(name: string): string {
  return `USERS_EMULATOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * Puts the options together: flag, then environment, then config file, then default.
 * @param flags as commander gives them
 * @param file its keys are spelled as the flags (`any-app`) or in camel case
 * @throws UsageError naming the option and where it was given
 */
export function readConfig(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  file: ConfigFile = { path: '', content: {} },
): Config {
  const inFile = readFileOptions(file);
  const config: Record<string, unknown> = {};
  const places: Record<string, string> = {};
  for (const row of ROWS) {
    const sources: [unknown, string][] = [
      [flags[row.name], flagOf(row)],
      [splitEnv(row, env[envName(row.name)]), envName(row.name)],
      [inFile[row.name], `config file ${file.path}, ${row.name}`],
    ];
    const [given, place] = sources.find(([value]) => value !== undefined) ?? [undefined, flagOf(row)];
    const value = given === undefined ? row.default : readRow(row, given, place);
    const relative = row.path && place.startsWith('config file') && typeof value === 'string';
    config[row.name] = relative ? resolve(dirname(file.path), value) : value;
    places[row.name] = place;
  }
  const checked = { ...config, places } as unknown as Config;
  if ((checked.cert === undefined) !== (checked.key === undefined)) {
    const [given, lacking] = checked.cert === undefined ? ['key', '--cert'] : ['cert', '--key'];
    throw usageError(places[given!]!, `needs ${lacking}, too`);
  }
  return checked;
}

function readRow(row: AnyOption, given: unknown, place: string): unknown {
  try {
    if (!row.repeatable) return row.read(given);
    const values = (Array.isArray(given) ? given : [given]).flatMap((each) => row.read(each) as unknown);
    return row.name === 'set' ? Object.assign({}, ...values) : values;
  } catch (error) {
    throw error instanceof UsageError ? usageError(place, error.message) : error;
  }
}

/** Several values in one variable are separated by commas. */
function splitEnv(row: AnyOption, value: string | undefined): unknown {
  return value === undefined || value === '' ? undefined : row.repeatable ? value.split(',') : value;
}

function readFileOptions({ path, content }: ConfigFile): Record<string, unknown> {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw usageError(`config file ${path}`, 'must be a JSON object');
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    const name = key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!ROWS.some((row) => row.name === name)) {
      const known = ROWS.map((row) => row.name).join(', ');
      throw usageError(`config file ${path}`, `unknown option '${key}'; there is: ${known}`);
    }
    options[name] = value;
  }
  return options;
}
