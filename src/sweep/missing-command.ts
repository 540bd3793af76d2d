import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { codeOf } from '../support/errors.ts';

/**
 * Whether a command isn't there. The system reports EACCES for it, too, if a folder of PATH may not be searched; shells don't.
 * @param error that of starting it
 */
export function isMissingCommand(
  command: string,
  error: unknown,
  { PATH = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  const code = codeOf(error);
  if (code !== 'EACCES' || command.includes('/')) return code === 'ENOENT';
  return !PATH.split(delimiter).some((folder) => existsSync(join(folder, command)));
}
