import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlClient, SettingChanges } from './client/control-client.ts';
import { readConfig } from './config/config.ts';
import { flagOf, OPTION_NAMES, type OptionValues } from './config/options.ts';
import { UsageError } from './config/usage-error.ts';
import type { EmulatorEvents } from './emulator/events.ts';
import { EmulatorServer } from './emulator/server.ts';
import { sandboxPath } from './model/addresses.ts';

export { connect, type RemoteEmulator } from './client/connect.ts';
export type { ControlClient } from './client/control-client.ts';
export { UsageError } from './config/usage-error.ts';
export { ControlError } from './control/control-error.ts';

/** The options of `createEmulator`: those of the command line, in camel case. */
export type EmulatorOptions = Partial<
  Omit<OptionValues, 'set' | 'latency' | 'freezeTime' | 'deterministic' | 'json' | 'log' | 'fault' | 'app'>
> & {
  /** Admin settings, e.g. `{ disable_list_users_v1: false }`. */
  readonly settings?: SettingChanges;
  /** `230:key`, `230:key:secret:dialect`; one or several. */
  readonly app?: string | readonly string[];
  /** `users.create:503x2`; one or several. */
  readonly fault?: string | readonly string[];
  readonly latency?: number | string;
  readonly freezeTime?: string | Date;
  readonly deterministic?: boolean | string;
} & EmulatorEvents;

export type Emulator = ControlClient & {
  /** `http://127.0.0.1:4230` */
  readonly url: string;
  readonly httpsUrl: string;
  /** The CA certificate (PEM) that https clients have to trust; made when it is first asked for. */
  readonly ca: Promise<string>;
  /** Mountable in an Express or Connect server, before anything that reads bodies. */
  readonly app: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;
  /** The same surface for an isolated sandbox, and its address. */
  sandbox(name: string): ControlClient & { readonly url: string };
  /** Stops the server. `await using` does it at the end of the scope. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts an emulator in this process.
 * @param options `port` is 0, any free one, unless it is given; no environment variable or config file is read
 * @throws UsageError when options or the seed can't be used, or the port is taken
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { settings, log, onError, warn, port = 0, freezeTime, ...rest } = options;
  checkNames(rest, { log, onError, warn });
  const events = { ...(log && { log }), ...(onError && { onError }), ...(warn && { warn }) };
  const frozenAt = freezeTime instanceof Date ? freezeTime.toJSON() : freezeTime;
  const server = await started({ ...rest, port, set: settings && { ...settings }, freezeTime: frozenAt }, events);
  const close = () => server.stop(0);
  return {
    ...server.controlClient(''),
    url: server.url,
    httpsUrl: server.httpsUrl,
    get ca() {
      return server.ca();
    },
    app: server.app,
    sandbox: (name) => ({ ...server.controlClient(name), url: server.url + sandboxPath(name) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** @throws UsageError that names options as they are called here, not as flags */
async function started(flags: Readonly<Record<string, unknown>>, events: EmulatorEvents): Promise<EmulatorServer> {
  try {
    const server = new EmulatorServer(readConfig(flags), events);
    await server.start();
    return server;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const words = error.message.replace(/--[a-z-]+/g, (flag) => {
      const name = OPTION_NAMES.find((option) => flagOf(option) === flag) ?? flag;
      return name === 'set' ? 'settings' : name;
    });
    throw new UsageError(error.message.startsWith('--') ? `createEmulator: ${words}` : words, error.exitCode);
  }
}

/** Options of the command line that are called otherwise here (`settings`, the event `log`), or that mean nothing. */
const OF_COMMANDS = ['set', 'json', 'log'];

/** @throws UsageError for what no option is called, and for events that are no functions */
function checkNames(options: object, events: Readonly<Record<string, unknown>>): void {
  const names: string[] = OPTION_NAMES.filter((name) => !OF_COMMANDS.includes(name));
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const known = [...names, 'settings', ...Object.keys(events)].join(', ');
    throw new UsageError(`createEmulator: unknown option '${name}'; there is: ${known}`);
  }
  for (const [name, event] of Object.entries(events)) {
    if (event !== undefined && typeof event !== 'function')
      throw new UsageError(`createEmulator: ${name} is a function`);
  }
}
