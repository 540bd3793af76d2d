import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlClient } from './client/control-client.ts';
import type { SettingChanges } from './client/inputs.ts';
import { readConfig } from './config/config.ts';
import { flagOf, OPTION_NAMES, OPTIONS, type OptionValues } from './config/options.ts';
import { UsageError } from './config/usage-error.ts';
import type { SandboxInfo } from './control/results.ts';
import type { EmulatorEvents } from './emulator/events.ts';
import { EmulatorServer } from './emulator/server.ts';
import type { Fixture, UserInFixture } from './fixtures/types.ts';
import { intercept } from './intercept/intercept.ts';
import { sandboxPath } from './model/addresses.ts';
import type { StubInput } from './model/stubs.ts';
import type { FaultInput } from './sandbox/faults.ts';
import { nodeProblem } from './support/version.ts';

export type { OperationName } from './api/operation-names.ts';
export { connect, type RemoteEmulator, type RemoteSandbox } from './client/connect.ts';
export type { ControlClient } from './client/control-client.ts';
export type {
  ApplicationScope,
  RequestCount,
  RequestExpectation,
  RequestFilter,
  RequestMatch,
  SettingChanges,
  Time,
  UserFields,
  UserPage,
} from './client/inputs.ts';
export { UsageError } from './config/usage-error.ts';
export { ControlError } from './control/control-error.ts';
export type { Har, HarEntry } from './control/har.ts';
export type { LiveEvent, LiveEventData, LiveEvents } from './control/live-events.ts';
export type {
  ApplicationInfo,
  ChangedUser,
  ClockState,
  Coverage,
  EmulatorInfo,
  EvidenceItem,
  Mail,
  NewSession,
  RunEvidence,
  SandboxInfo,
  SessionInfo,
  SessionList,
  StateDiff,
  User,
  UserList,
} from './control/results.ts';
export type { EmulatorEvents } from './emulator/events.ts';
export type { Fixture, UserInFixture as SeedUser } from './fixtures/types.ts';
export type { RequestLogEntry } from './http/request-log.ts';
export type { ErrorKey } from './model/error-catalogue.ts';
export type { Settings } from './model/records.ts';
export type { Stub, StubAnswer, StubInput, StubMatch, StubReply, StubRequest } from './model/stubs.ts';
export type { Change, EventType } from './sandbox/event-feed.ts';
export type { Fault, FaultInput, FaultMatch, StubOperation } from './sandbox/faults.ts';
export type { JournalEntry, JournalRequest, JournalResponse } from './sandbox/journal-entry.ts';
export type { Warning } from './sandbox/warnings.ts';

/** Options that are spelled differently here, or that only the command line has. */
type Respelled =
  | 'seed'
  | 'app'
  | 'set'
  | 'latency'
  | 'journal'
  | 'fault'
  | 'stub'
  | 'freezeTime'
  | 'deterministic'
  | 'log'
  | 'json'
  | 'open'
  | 'intercept'
  | 'allow'
  | 'sandbox'
  | 'failOn'
  | 'evidenceBaseline'
  | 'evidenceOut'
  | 'quiet'
  | 'learned';

/** The options of `createEmulator`: those of the command line, in camel case. */
export interface EmulatorOptions extends Partial<Omit<OptionValues, Respelled>>, EmulatorEvents {
  /** The initial applications and users: true for the built-in ones, a fixture file, or its content. Without it, no users. */
  readonly seed?: boolean | string | Fixture | readonly UserInFixture[];
  /** Admin settings for all applications, such as `{ disable_list_users_v1: false }`. */
  readonly settings?: SettingChanges;
  /** Further applications: `id:key`, `id:key:secret` or `id:key:secret:dialect`. */
  readonly app?: string | readonly string[];
  /** Faults from the start: `users.create:503`, `users.create:503x2` for the first two requests, or as `faults.add` accepts them. */
  readonly fault?: FaultInput | string | readonly (FaultInput | string)[];
  /** Answers for requests that aren't emulated: stubs, names of files with stubs, or `'app-boot'`. */
  readonly stubs?: StubInput | string | readonly (StubInput | string)[];
  /** Answers of a real service that replace those of the tables: a file that `conform` wrote, or its content. */
  readonly learned?: string | object | readonly (string | object)[];
  /** Delays every answer of the emulated API: ms, or a range such as `'50-200'`. */
  readonly latency?: number | string;
  /** How many requests the journal holds, and how many bytes of them: a number, or `'1000:16MB'` (default). */
  readonly journal?: number | string;
  /** Starts with a frozen clock: an ISO time, or a Date. */
  readonly freezeTime?: string | Date;
  /** Makes ids and tokens the same in each run: true, or a seed for others. */
  readonly deterministic?: boolean | string;
  /** False: opens no port, so that only `fetch` and `app` answer requests. */
  readonly listen?: boolean;
}

/** A sandbox of an emulator in this process. */
export interface EmulatorSandbox extends ControlClient {
  /** Where clients reach the sandbox: `http://127.0.0.1:4230/sandbox/w1`. */
  readonly url: string;

  /**
   * Opens a port that is the sandbox's own, for http, https and the chat. Point clients to it whose address can't have a path.
   * @param options.port any free one if not given
   * @returns its addresses @throws ControlError 409: the port is taken, or the sandbox has another one
   */
  listen(options?: { readonly port?: number }): Promise<SandboxInfo>;
}

/** The hosts whose connections `emulator.intercept` leads to the emulator. */
export interface InterceptOptions {
  /** Hosts beside those of the vendors. */
  readonly hosts?: readonly string[];
  /** Hosts of the vendors that may be reached. */
  readonly allow?: readonly string[];
}

/** An emulator that runs in this process. */
export interface Emulator extends ControlClient {
  /** `http://127.0.0.1:4230`; with `listen: false`, port 0: an address for `fetch` alone. */
  readonly url: string;
  /** `https://127.0.0.1:4230`: the same port. */
  readonly httpsUrl: string;
  /** `ws://127.0.0.1:4230`, for logins to the chat; `wss:` works, too. With `chat`, the port of that option. */
  readonly chatUrl: string;
  /** The CA certificate (PEM) that https clients have to trust; generated when it is first needed. */
  readonly ca: Promise<string>;
  /** A request handler, to mount the emulator in an Express or Connect server, before anything that reads bodies. */
  readonly app: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

  /**
   * An isolated sandbox, in the state of the seed when it is first used. Point the client under test to its `url`.
   * @param name 1 to 64 letters, digits, dots, dashes or underscores
   */
  sandbox(name: string): EmulatorSandbox;

  /**
   * Answers a request without a socket, as the server answers it over the network. Only the path and the headers matter: the
   * request may be for any host. Redirects are not followed. Rejects with a TypeError, like the global `fetch`, when a fault drops
   * the connection.
   */
  fetch(request: Request): Promise<Response>;

  /**
   * Leads the connections of this process to the emulator when they go to the vendors' hosts, or to further ones: `fetch`, `http`,
   * `https` and the libraries on top of them. Other hosts of the vendors are refused, so that nothing reaches the real services.
   * @returns a function that puts everything back
   * @throws UsageError with `listen: false`
   */
  intercept(options?: InterceptOptions): Promise<() => void>;

  /** Stops the server. `await using` calls it at the end of the scope. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an emulator in this process.
 * @param options without `port`, any free one is used. Environment variables and config files are not read.
 * @throws UsageError when options or the seed can't be used, or the port is taken
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { settings, stubs, log, onError, warn, port, listen = true, freezeTime, ...rest } = options;
  const tooOld = nodeProblem();
  if (tooOld !== undefined) throw new UsageError(tooOld);
  checkNames(rest, { log, onError, warn });
  if (typeof listen !== 'boolean') throw new UsageError('createEmulator: listen must be true or false');
  if (!listen && port !== undefined) throw new UsageError('createEmulator: port is of no use with listen: false');
  const events = { ...(log && { log }), ...(onError && { onError }), ...(warn && { warn }) };
  const frozenAt = freezeTime instanceof Date ? freezeTime.toJSON() : freezeTime;
  const server = await start(
    { ...rest, port: port ?? 0, set: settings && { ...settings }, stub: stubs, freezeTime: frozenAt },
    events,
    listen,
  );
  const close = () => server.stop(0);
  return {
    ...server.controlClient(''),
    url: server.url,
    httpsUrl: server.httpsUrl,
    chatUrl: server.chatUrl,
    get ca() {
      return server.ca();
    },
    app: server.app,
    fetch: (request) => server.fetch(request),
    intercept: async (options = {}) => {
      if (!listen) throw new UsageError('intercept leads connections to a port: leave out listen: false');
      const ca = await server.ca();
      return intercept(server.interception(options), { ca: () => ca });
    },
    sandbox: (name) => {
      const client = server.controlClient(name);
      const listen: EmulatorSandbox['listen'] = ({ port = 0 } = {}) => client.sandboxes.create(name, { port });
      return { ...client, url: server.url + sandboxPath(name), listen };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Options that have another name here. */
const RENAMED: Readonly<Record<string, string>> = { set: 'settings', stub: 'stubs' };

/** @throws UsageError that calls options by their names here, not by their flags */
async function start(
  flags: Readonly<Record<string, unknown>>,
  events: EmulatorEvents,
  listen: boolean,
): Promise<EmulatorServer> {
  try {
    const server = new EmulatorServer(readConfig(flags), events);
    await server.start(listen);
    return server;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = error.message.replace(/--[a-z-]+/g, (flag) => {
      const name = OPTION_NAMES.find((option) => flagOf(option) === flag) ?? flag;
      return RENAMED[name] ?? name;
    });
    throw new UsageError(error.message.startsWith('--') ? `createEmulator: ${message}` : message, error.exitCode);
  }
}

/** Options that have another name here (also the event `log`), or that only the command line has. */
const NOT_HERE = [
  ...Object.keys(RENAMED),
  'log',
  'json',
  ...OPTION_NAMES.filter((name) => OPTIONS[name].only !== undefined),
];

/** @throws UsageError for an unknown option, or an event that isn't a function: plain JavaScript may give either */
function checkNames(options: object, events: Readonly<Record<string, unknown>>): void {
  const names: string[] = OPTION_NAMES.filter((name) => !NOT_HERE.includes(name));
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const known = [...names, 'listen', ...Object.values(RENAMED), ...Object.keys(events)].join(', ');
    throw new UsageError(`createEmulator: unknown option '${name}'; the options are: ${known}`);
  }
  for (const [name, event] of Object.entries(events)) {
    if (event !== undefined && typeof event !== 'function')
      throw new UsageError(`createEmulator: ${name} must be a function`);
  }
}
