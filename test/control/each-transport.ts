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
export type Governed = ControlClient & { readonly url: string };

const WAYS: readonly (readonly [string, (emulator: Emulator, name: string) => Governed])[] = [
  ['in process', (emulator) => emulator],
  ['in process, a sandbox', (emulator, name) => emulator.sandbox(name)],
  ['over HTTP', ({ url }) => connect(url)],
  ['over HTTP, a sandbox', ({ url }, name) => connect(url).sandbox(name)],
];

/** What a test of one way has: it begins with the seed, whatever was before it. */
export interface Here {
  readonly emulator: Emulator;
  readonly surface: Governed;
  readonly send: Send;
  /** The token of a user, by login; null: of the application. */
  tokenOf(user: string | null): Promise<string>;
}

/** Runs the same tests for each way in which an emulator, or a sandbox of it, can be governed. */
export function eachWay(options: EmulatorOptions, tests: (here: Here) => void): void {
  describe.each(WAYS)('%s', (_name, open) => {
    const here = {} as { -readonly [K in keyof Here]: Here[K] };
    let made = 0;
    beforeAll(async () => {
      here.emulator = await createEmulator({ seed: true, ...options });
    });
    beforeEach(async () => {
      await here.emulator.reset();
      const surface = open(here.emulator, `w${++made}`);
      here.surface = surface;
      here.send = sender(surface.url);
      here.tokenOf = async (user) => (await surface.sessions.create({ user })).token;
    });
    afterAll(() => here.emulator.close());
    tests(here);
  });
}

/** The error of the control plane that a call must end with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<Pick<ControlError, 'status' | 'message' | 'extensions'>> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ControlError)) throw new Error(`expected a refusal, not ${String(error ?? 'success')}`);
  return { status: error.status, message: error.message, extensions: error.extensions };
}
