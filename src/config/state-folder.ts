import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './config.ts';

/** The folder for what outlives a run: the given one, or a folder where the system keeps the state of a user's programs. */
export function stateFolder(given: string | undefined, env: Environment = process.env): string {
  if (given !== undefined) return resolve(given);
  const [folder, usual] =
    process.platform === 'win32' ? [env.LOCALAPPDATA, 'AppData/Local'] : [env.XDG_STATE_HOME, '.local/state'];
  return join(folder || join(homedir(), usual), 'users-emulator');
}
