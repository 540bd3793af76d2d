import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE } from '../config/config.ts';
import { OPTIONS } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { CONTROL_PATH } from '../model/addresses.ts';
import { makeFolder } from '../persistence/make-folder.ts';
import { reasonOf } from '../support/errors.ts';
import { DEFAULT_URL } from './target.ts';

const SEED_FILE = 'users-emulator.seed.json';
/** Where editors find the schemas: in the installed package, or else at an emulator on the default port. */
const INSTALLED = 'node_modules/users-emulator';
const SERVED = DEFAULT_URL + CONTROL_PATH;

/**
 * Writes a config file, and the seed that it names. Makes the folder if there is none.
 * @param dialect the service, whose application the seed has
 * @returns the paths of the files
 * @throws UsageError when one of them is there already, or can't be written: then none is new, and none has changed
 */
export function init(folder: string, { name: dialect, application }: Dialect): string[] {
  const { id, auth_key, auth_secret } = application;
  const schemas = existsSync(join(folder, INSTALLED)) ? `./${INSTALLED}` : SERVED;
  const user = (login: string, full_name: string, user_tags: string) => ({
    login,
    password: `${login}-secret`,
    email: `${login}@example.com`,
    full_name,
    user_tags,
  });
  const users = [user('ada', 'Ada Abara', 'vip'), user('ben', 'Ben Berg', 'new')];
  const files: readonly (readonly [path: string, content: object])[] = [
    [
      join(folder, SEED_FILE),
      {
        $schema: `${schemas}/schema/fixture.json`,
        applications: [{ id, dialect, auth_key, auth_secret, settings: {}, users }],
      },
    ],
    [
      join(folder, CONFIG_FILE),
      { $schema: `${schemas}/schema/config.json`, seed: SEED_FILE, port: OPTIONS.port.default },
    ],
  ];
  const existing = files.map(([path]) => path).filter((path) => existsSync(path));
  if (existing.length > 0) throw new UsageError(`${existing.join(' and ')}: exists already, so nothing was written`, 1);
  const written: string[] = [];
  for (const [path, content] of files) {
    try {
      makeFolder(folder);
      writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx' });
      written.push(path);
    } catch (error) {
      for (const other of written) rmSync(other);
      throw new UsageError(`${path} can't be written: ${reasonOf(error)}`, 1);
    }
  }
  return written;
}
