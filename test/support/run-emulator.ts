import { afterEach, beforeEach, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';

/** A new emulator for each test of the file, which the kits take for that of their run. @returns that of the running test */
export function emulatorOfRun(): () => Emulator {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await createEmulator({ seed: true });
    vi.stubEnv('USERS_EMULATOR_URL', emulator.url);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await emulator.close();
  });
  return () => emulator;
}
