import { nodeFetch } from '../client/node-fetch.ts';
import { connect, createEmulator, type EmulatorOptions, type RemoteEmulator } from '../index.ts';

/** The variables in which `users-emulator exec`, or a kit's `globalSetup`, names the emulator of a run. */
const URL_VARIABLE = 'USERS_EMULATOR_URL';
const TOKEN_VARIABLE = 'USERS_EMULATOR_ADMIN_TOKEN';

/** The emulator of a test run. */
export interface RunEmulator {
  readonly url: string;
  /** Empty: it has none. */
  readonly adminToken: string;
  /** Stops the emulator, if this process has started it for the run. */
  stop(): Promise<void>;
}

/** Whether there is an emulator for this run already. */
export function hasRun(): boolean {
  return Boolean(process.env[URL_VARIABLE]);
}

/**
 * The emulator that `USERS_EMULATOR_URL` names or, without that variable, a new one on a free port, with the built-in seed.
 * @throws ControlError when the named emulator rejects the admin token @throws Error when it doesn't answer
 */
export async function startRun(options: EmulatorOptions = {}): Promise<RunEmulator> {
  const { [URL_VARIABLE]: url, [TOKEN_VARIABLE]: adminToken = '' } = process.env;
  if (url) {
    await connectTo({ url, adminToken }).info();
    return { url, adminToken, stop: async () => {} };
  }
  const emulator = await createEmulator({ seed: true, ...options });
  return { url: emulator.url, adminToken: options.adminToken ?? '', stop: () => emulator.close() };
}

/** Starts the emulator of a run, and names it to all processes that this one starts from now on. @returns stops it */
export async function startRunForWorkers(options?: EmulatorOptions): Promise<() => Promise<void>> {
  const { url, adminToken, stop } = await startRun(options);
  const before = { [URL_VARIABLE]: process.env[URL_VARIABLE], [TOKEN_VARIABLE]: process.env[TOKEN_VARIABLE] };
  setVariables({ [URL_VARIABLE]: url, [TOKEN_VARIABLE]: adminToken || undefined });
  return async () => {
    setVariables(before);
    await stop();
  };
}

/** A client of the run's emulator. */
export function connectTo({ url, adminToken }: Pick<RunEmulator, 'url' | 'adminToken'>): RemoteEmulator {
  return connect(url, { adminToken: adminToken || undefined, fetch: nodeFetch });
}

function setVariables(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
