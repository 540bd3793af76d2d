import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { CODE_BLOCKS } from '../support/documents.ts';
import { temporaryWorkingFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

/** The lines of the blocks after `<!-- commands -->`, without the program's name and comments. */
const lines = CODE_BLOCKS.filter(({ mark }) => mark === 'commands')
  .flatMap(({ code }) => code.split('\n'))
  .filter((line) => line.startsWith('users-emulator '))
  .map((line) => line.replace(/ +#.*/, '').slice('users-emulator '.length));

let emulator: Emulator;
temporaryWorkingFolder();
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
afterAll(() => emulator.close());

test("the documents' commands work as they are written, one after the other", async () => {
  const { token } = await emulator.sessions.create();
  await sender(emulator.url)('GET /users/password/reset?email=dacia_k@domain.com', { token });
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
    const { code, err } = await runInProcess(words, { USERS_EMULATOR_URL: emulator.url });
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  }
});
