import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import {
  type ControlClient,
  ControlError,
  connect,
  createEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../src/index.ts';
import { type Send, sender } from '../support/http.ts';

/** A surface and the address of the API that it governs. */
export type TransportClient = ControlClient & { readonly url: string };

const TRANSPORTS: readonly (readonly [string, (emulator: Emulator, name: string) => TransportClient])[] = [
  ['in process', (emulator) => emulator],
  ['in process, a sandbox', (emulator, name) => emulator.sandbox(name)],
  ['over HTTP', ({ url }) => connect(url)],
  ['over HTTP, a sandbox', ({ url }, name) => connect(url).sandbox(name)],
];

/** What a test of one way has: it begins with the seed, whatever was before it. */
export interface TransportTest {
  readonly emulator: Emulator;
  readonly client: TransportClient;
  readonly send: Send;
  /** The token of a user, by login; null: of the application. */
  tokenOf(user: string | null): Promise<string>;
}

/** Runs the same tests for each way in which an emulator, or a sandbox of it, can be governed. */
export function describeEachTransport(options: EmulatorOptions, tests: (context: TransportTest) => void): void {
  describe.each(TRANSPORTS)('%s', (_name, open) => {
    const context = {} as { -readonly [K in keyof TransportTest]: TransportTest[K] };
    let made = 0;
    beforeAll(async () => {
      context.emulator = await createEmulator({ seed: true, ...options });
    });
    beforeEach(async () => {
      await context.emulator.reset();
      const client = open(context.emulator, `w${++made}`);
      context.client = client;
      context.send = sender(client.url);
      context.tokenOf = async (user) => (await client.sessions.create({ user })).token;
    });
    afterAll(() => context.emulator.close());
    tests(context);
  });
}

/** The error of the control plane that a call must end with. */
export async function rejectionOf(
  call: Promise<unknown>,
): Promise<Pick<ControlError, 'status' | 'message' | 'extensions'>> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ControlError)) throw new Error(`expected a refusal, not ${String(error ?? 'success')}`);
  return { status: error.status, message: error.message, extensions: error.extensions };
}
