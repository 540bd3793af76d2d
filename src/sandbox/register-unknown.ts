import { dialectOf } from '../dialects/index.ts';
import type { Application } from '../model/records.ts';
import type { State } from '../store/state.ts';
import type { InitialState } from './initial-state.ts';

/**
 * Registers an unknown application, for `--any-app`, with a copy of the seed's users.
 * @param authKey its key
 * @param dialect the name of its dialect
 * @returns undefined when another application has the key, since a key identifies one
 */
export function registerUnknown(
  state: State,
  { seed, newApplicationSettings }: InitialState,
  id: number,
  authKey: string,
  dialect: string,
): Application | undefined {
  if (state.applications.find('auth_key', authKey)) return undefined;
  const { application } = dialectOf(dialect);
  const app: Application = {
    id,
    dialect,
    auth_key: authKey,
    auth_secret: null,
    owner_id: application.owner_id,
    next_user_id: seed.applications.get(application.id)?.next_user_id ?? 1,
    settings: { ...newApplicationSettings },
  };
  state.applications.put(app);
  const users = state.users(id);
  for (const user of seed.users(application.id).values()) users.put(user);
  return app;
}
