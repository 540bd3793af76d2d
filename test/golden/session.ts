import type { Emulator } from '../../src/index.ts';

/** The token in ConnectyCube's examples. */
export const TOKEN = '<TOKEN>';

/** A live session with a token of one's own choosing: the one that an example prints. */
export async function openSession(
  emulator: Emulator,
  { token = TOKEN, app = 230, user = null }: { token?: string; app?: number; user?: number | null } = {},
): Promise<void> {
  const now = Date.parse(await emulator.clock.now());
  const times = { ts: Math.floor(now / 1000), created_at: now, updated_at: now, expires_at: now + 7_200_000 };
  const session = { token, id: user ?? 1, application_id: app, user_id: user, ...times };
  await emulator.import({ applications: [], sessions: [session] }, 'merge');
}
