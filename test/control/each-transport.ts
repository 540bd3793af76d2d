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

/** A control client and the address of the API that it controls. */
export type TransportClient = ControlClient & { readonly url: string };

const TRANSPORTS: readonly (readonly [string, (emulator: Emulator, name: string) => TransportClient])[] = [
  ['in process', (emulator) => emulator],
  ['in process, a sandbox', (emulator, name) => emulator.sandbox(name)],
  ['over HTTP', ({ url }) => connect(url)],
  ['over HTTP, a sandbox', ({ url }, name) => connect(url).sandbox(name)],
];

/** The context of a test with one transport. Each test starts with the seed. */
export interface TransportTest {
  readonly emulator: Emulator;
  readonly client: TransportClient;
  readonly send: Send;
  /** A token of a user, by login; null: of the application. */
  tokenOf(user: string | null): Promise<string>;
}

/** Runs the same tests for each transport by which an emulator or a sandbox of it can be controlled. */
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

/** The error of the control plane with which a call must fail. */
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
