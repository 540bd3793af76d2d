import ConnectyCube from 'connectycube';
import { afterAll, beforeAll } from 'vitest';
import { createEmulator, type Emulator } from '../../../src/index.ts';

type Client = typeof ConnectyCube;
type InitHooks = NonNullable<NonNullable<Parameters<Client['init']>[1]>['on']>;

/** The application that the SDK's own guide calls `CREDENTIALS`. */
export const CREDENTIALS = { appId: 230, authKey: '29WfrNWdvkhmX6V' };

export const DACIA = { login: 'Dacia', password: 'petU4or!' };
export const GABBY = { login: 'gabby', password: 'gabbyC0rc!' };
export const PALLAVI = { login: 'ppavalli', password: 'ppavalli7!' };

export interface SdkWorld {
  readonly emulator: Emulator;
  /** Creates an isolated sandbox, and a client that uses it over plain http. */
  readonly createClient: () => { readonly client: Client; readonly sandbox: ReturnType<Emulator['sandbox']> };
}

/** One emulator for a file of tests; each test begins with a sandbox and a client of its own. */
export function useEmulator(): SdkWorld {
  let emulator: Emulator;
  let count = 0;
  beforeAll(async () => {
    emulator = await createEmulator({ seed: true });
  });
  afterAll(() => emulator.close());
  return {
    get emulator() {
      return emulator;
    },
    createClient() {
      const sandbox = emulator.sandbox(`test${++count}`);
      return { client: clientOf(sandbox.url), sandbox };
    },
  };
}

/**
 * A client of the unmodified SDK. Its settings are one object for the whole process, so the hook is always passed, if only
 * to remove the hook of an earlier client.
 */
export function clientOf(
  api_url: string,
  sessionExpired?: InitHooks['sessionExpired'],
  credentials: Parameters<Client['init']>[0] = CREDENTIALS,
): Client {
  const client = new (ConnectyCube.ConnectyCube as unknown as new () => Client)();
  client.init(credentials, {
    endpoints: { api: 'unused.invalid', chat: 'unused.invalid', api_url },
    debug: { mode: 0 },
    on: { sessionExpired } as InitHooks,
  });
  return client;
}

/** How the SDK reports an error: the status, and the whole body. */
export const refused = (code: number, errors: unknown) => ({ code, info: { errors } });
