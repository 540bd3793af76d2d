import type { TestedEmulator } from '../support/target.ts';

/** The token in ConnectyCube's examples. */
export const TOKEN = '<TOKEN>';

const HOUR = 3_600_000;

/** Adds a live session with a given token, as an example prints it; last used an hour ago. */
export async function openSession(
  emulator: TestedEmulator,
  { token = TOKEN, app = 230, user = null }: { token?: string; app?: number; user?: number | null } = {},
): Promise<void> {
  const now = Date.parse(await emulator.clock.now());
  const made = now - HOUR;
  const times = { ts: Math.floor(made / 1000), created_at: made, updated_at: made, expires_at: now + HOUR };
  const session = { token, id: user ?? 1, application_id: app, user_id: user, ...times };
  await emulator.import({ applications: [], sessions: [session] }, 'merge');
}
