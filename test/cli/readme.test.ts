import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { runCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
/** The lines of the blocks after `<!-- commands -->`, without the program's name and comments. */
const lines = [...README.matchAll(/^<!-- commands -->\n+```sh\n(.*?)^```/gms)]
  .flatMap(([, block]) => block!.split('\n'))
  .filter((line) => line.startsWith('users-emulator '))
  .map((line) => line.replace(/ +#.*/, '').slice('users-emulator '.length));

let emulator: Emulator;
const folder = temporaryFolder();
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
afterAll(() => emulator.close());

test.runIf(lines.length > 0)(
  "the README's commands work as they are written, one after the other",
  async () => {
    const { token } = await emulator.sessions.create();
    await sender(emulator.url)('GET /users/password/reset?email=dacia_k@domain.com', { token });
    for (const line of lines) {
      const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
      const { code, err } = await runCommand(args, { env: { USERS_EMULATOR_URL: emulator.url }, cwd: folder });
      expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
    }
  },
  60_000,
);
