import { keysOf } from '../support/values.ts';
import { EVIDENCE_OPTIONS } from './evidence-options.ts';
import { CONDITIONS, defineOption, eachOf, NETWORK, PRODUCTION, STATE } from './option-row.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';
import {
  type AppOption,
  type FaultOption,
  readApp,
  readChat,
  readFault,
  readFileOrObject,
  readFlag,
  readFlagOr,
  readHost,
  readHosts,
  readLatency,
  readPort,
  readSandbox,
  readSeed,
  readSetting,
  readSmtp,
  readStub,
  readText,
  readTime,
  readToken,
  type StubOption,
} from './values.ts';

/** Every option of the server, in the order of the help. */
export const OPTIONS = {
  /** The initial users: a fixture file, a fixture, the built-in one (true), or none (false). */
  seed: defineOption<boolean | string | object>({
    flags: '--seed [file]',
    group: STATE,
    help: 'load applications and users from this file; without a file, the built-in examples',
    default: false,
    defaultText: 'no users',
    read: readSeed,
    path: true,
  }),
  /** The file that keeps the state. `seed` applies only while it does not exist yet. */
  data: defineOption<string | undefined>({
    flags: '--data <file>',
    group: STATE,
    help: 'keep the state in this JSON file; --seed then only applies if the file does not exist yet',
    default: undefined,
    defaultText: 'in memory',
    read: readText,
    path: true,
  }),
  /** Reads the files of `seed`, `stub` and `data` again when they change. */
  watch: defineOption<boolean>({
    flags: '--watch',
    group: STATE,
    help: 'read the files of --seed, --stub and --data, and the config file, again when they change',
    default: false,
    read: readFlag,
  }),
  /** Applications beside the built-in ones. */
  app: defineOption<AppOption[]>({
    flags: '--app <id:key[:secret[:dialect]]>',
    group: STATE,
    help: 'register an application (repeatable)',
    default: [],
    read: eachOf(readApp),
    repeatable: true,
    holdsSecret: (given) => /(^|,)[^:,]*:[^:,]*:[^:,]/.test(given),
  }),
  /** Registers an unknown application when it is first used. */
  anyApp: defineOption<boolean>({
    flags: '--any-app',
    group: STATE,
    help: 'register unknown applications when they are first used, with the users of the built-in one; to prepare users before that, use --app',
    default: false,
    read: readFlag,
  }),
  /** Admin settings of all applications, by name. */
  set: defineOption<Record<string, unknown>>({
    flags: '--set <setting=value>',
    group: STATE,
    help: 'change an admin setting, such as disable_list_users_v1=false (repeatable)',
    default: {},
    read: (given) => Object.assign({}, ...eachOf(readSetting)(given)),
    repeatable: true,
    separator: /,(?=\s*\w+\s*=)/,
    merged: true,
    holdsSecret: (given) => /(^|,)\s*api_key\s*=/.test(given),
  }),
  /** The port of HTTP and HTTPS; 0 is any free one. */
  port: defineOption<number>({
    flags: '-p, --port <n>',
    group: NETWORK,
    help: 'listen on this port for HTTP and HTTPS; 0 picks a free one',
    default: 4230,
    read: readPort,
  }),
  /** The address to listen on. Addresses that other machines reach need an `adminToken`. */
  host: defineOption<string>({
    flags: '-H, --host <address>',
    group: NETWORK,
    help: 'listen on this address; if other machines can reach it, /_emulator needs a token: that of --admin-token, or one that start makes and prints',
    default: '127.0.0.1',
    read: readText,
  }),
  /** A further port for the chat: true is 5291, where the SDKs look; false: no chat, also not on `port`. */
  chat: defineOption<boolean | number | undefined>({
    flags: '--chat [port]',
    group: NETWORK,
    help: 'also listen on this port for logins to the chat, by default on 5291, where the SDKs look; --no-chat turns the chat off',
    default: undefined,
    defaultText: 'on the port above',
    read: readChat,
    negatable: true,
  }),
  /** The sandbox of the command of `exec`. */
  sandbox: defineOption<string | undefined>({
    flags: '--sandbox <name>',
    group: NETWORK,
    help: 'let the command use this sandbox, at a port of its own',
    default: undefined,
    read: readSandbox,
    only: ['exec'],
  }),
  /** The token that the control plane requires. */
  adminToken: defineOption<string | undefined>({
    flags: '--admin-token <token>',
    group: NETWORK,
    help: 'require this token for /_emulator',
    default: undefined,
    read: readToken,
    holdsSecret: () => true,
  }),
  /** A TLS certificate (PEM file) to use instead of one from the emulator's own certificate authority. */
  cert: defineOption<string | undefined>({
    flags: '--cert <file>',
    group: NETWORK,
    help: 'TLS certificate (PEM), together with --key',
    default: undefined,
    defaultText: 'one from a local CA',
    read: readText,
    path: true,
  }),
  /** The private key (PEM file) of `cert`. */
  key: defineOption<string | undefined>({
    flags: '--key <file>',
    group: NETWORK,
    help: 'private key (PEM) of the certificate',
    default: undefined,
    read: readText,
    path: true,
  }),
  /** A file for a copy of the CA certificate. */
  caOut: defineOption<string | undefined>({
    flags: '--ca-out <file>',
    group: NETWORK,
    help: 'also write the CA certificate to this file',
    default: undefined,
    read: readText,
    path: true,
  }),
  /** The folder of the certificate authority. */
  stateDir: defineOption<string | undefined>({
    flags: '--state-dir <folder>',
    group: NETWORK,
    help: 'keep the certificate authority in this folder',
    default: undefined,
    defaultText: "in the user's state folder",
    read: readText,
    path: true,
  }),
  /** How long (ms) each answer of the emulated API is delayed: at least, and at most. */
  latency: defineOption<[min: number, max: number]>({
    flags: '--latency <ms|min-max>',
    group: CONDITIONS,
    help: 'delay every answer of the emulated API',
    default: [0, 0],
    defaultText: '0',
    read: readLatency,
  }),
  /** Faults that are there from the start. */
  fault: defineOption<FaultOption[]>({
    flags: '--fault <operation:effect>',
    group: CONDITIONS,
    help: 'make an operation fail: users.create:503x2 fails the first two sign-ups, users.create:resetx1@after loses the answer of the first (repeatable)',
    default: [],
    read: eachOf(readFault),
    repeatable: true,
    separator: /,(?=\s*(?:[\w.]+|stub:[^,]+):)/,
  }),
  /** Answers of a real service that replace those of the tables: files that `conform` wrote. */
  learned: defineOption<(string | object)[]>({
    flags: '--learned <file>',
    group: CONDITIONS,
    help: 'answer with the errors, default settings and keys that conform wrote to this file (repeatable)',
    default: [],
    read: eachOf(readFileOrObject),
    repeatable: true,
    path: true,
  }),
  /** Answers for requests that aren't emulated. */
  stub: defineOption<StubOption[]>({
    flags: '--stub <file|app-boot>',
    group: CONDITIONS,
    help: "answer requests that aren't emulated: with the stubs of a file, or those that applications need right after the login (repeatable)",
    default: [],
    read: eachOf(readStub),
    repeatable: true,
    path: true,
  }),
  /** The time (ms since 1970) that a stopped clock shows. */
  freezeTime: defineOption<number | undefined>({
    flags: '--freeze-time <ISO time>',
    group: CONDITIONS,
    help: 'stop the clock at this time',
    default: undefined,
    read: readTime,
  }),
  /** The seed of ids and tokens, which are then the same in every run. */
  deterministic: defineOption<string | undefined>({
    flags: '--deterministic [seed]',
    group: CONDITIONS,
    help: 'generate ids and tokens from a seed, so that they are the same in every run',
    default: undefined,
    read: (given) => {
      const seed = readFlagOr(readText)(given);
      return seed === true ? '1' : seed || undefined;
    },
  }),
  /** A mail server that mails are also sent to. */
  smtp: defineOption<string | undefined>({
    flags: '--smtp <url>',
    group: CONDITIONS,
    help: 'also send mails to this mail server, such as smtp://127.0.0.1:1025',
    default: undefined,
    read: readSmtp,
    holdsSecret: (given) => /\/\/[^/]*@/.test(given),
  }),
  /** Leads connections of the command of `exec` to the emulator: those to the vendors' hosts, and to further ones. */
  intercept: defineOption<boolean | string[]>({
    flags: '--intercept [host]',
    group: PRODUCTION,
    help: "lead the command's connections to the vendors' hosts, and to this one, to the emulator (repeatable)",
    default: false,
    read: readHosts,
    repeatable: true,
    only: ['exec', 'sweep'],
  }),
  /** Hosts of the vendors that an intercepted command may reach. */
  allow: defineOption<string[]>({
    flags: '--allow <host>',
    group: PRODUCTION,
    help: "with --intercept: let connections to this host of the vendors' through (repeatable)",
    default: [],
    read: eachOf(readHost),
    repeatable: true,
    only: ['exec', 'sweep'],
  }),
  ...EVIDENCE_OPTIONS,
  ...OUTPUT_OPTIONS,
};

export type OptionName = keyof typeof OPTIONS;
export const OPTION_NAMES = keysOf(OPTIONS);

export type OptionValues = { readonly [N in OptionName]: (typeof OPTIONS)[N]['default'] };

/** The values of all options, and where each comes from. */
export interface Config extends OptionValues {
  /** The source of each option, for messages: `--set`, `USERS_EMULATOR_SET` or `config file …, set`. */
  readonly sources: Readonly<Record<OptionName, string>>;
}

/** `anyApp` → `--any-app`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `anyApp` → `USERS_EMULATOR_ANY_APP`. */
export function envName(name: string): string {
  return `USERS_EMULATOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
