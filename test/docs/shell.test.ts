import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { CODE_BLOCKS } from '../support/documents.ts';
import { ROOT, temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true, stateDir: folder });
  // the programs that the examples call, in place of those of an installed package and of the reader
  writeProgram('users-emulator', `exec '${process.execPath}' '${join(ROOT, 'bin/users-emulator.js')}' "$@"`);
  writeProgram('npx', '[ "$1" = -y ] && shift\nexec "$@"');
  writeFileSync(join(folder, 'package.json'), '{ "scripts": { "test": "node test.js" } }');
  writeFileSync(join(folder, 'test.js'), FETCH.replace('URL', 'process.env.USERS_EMULATOR_URL'));
  writeFileSync(
    join(folder, 'app.js'),
    FETCH.replace('URL', "process.env.USERS_EMULATOR_URL.replace('http:', 'https:')"),
  );
});
afterAll(() => emulator.close());

const FETCH = `fetch(URL + '/_emulator/health').then(({ status }) => { process.exitCode = status === 200 ? 0 : 1; });`;

function writeProgram(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A port that the system gives to nobody: below those that it picks for sockets. */
const OWN_PORT = 20_000 + (process.pid % 10_000);

/** Ends a group of processes, and waits until it is gone. */
async function endGroup(pid: number): Promise<void> {
  try {
    for (process.kill(-pid, 'SIGTERM'); ; await sleep(20)) process.kill(-pid, 0);
  } catch {
    // no such process any more
  }
}

/** Runs a script as it stands, except for the port. @returns its stdout @throws Error with its stderr if a line fails */
async function runScript(script: string): Promise<string> {
  const startsServer = /users-emulator.*&$/m.test(script);
  const port = startsServer ? OWN_PORT : Number(new URL(emulator.url).port);
  const [out, err] = [join(folder, 'out'), join(folder, 'err')];
  const child = spawn('bash', ['-e', '-c', script.replaceAll('4230', String(port))], {
    cwd: folder,
    detached: true,
    // files, since a server in the background holds pipes open
    stdio: ['ignore', openSync(out, 'w'), openSync(err, 'w')],
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      USERS_EMULATOR_STATE_DIR: folder,
      USERS_EMULATOR_URL: `http://127.0.0.1:${port}`,
      ...(startsServer && { USERS_EMULATOR_PORT: String(port) }),
    },
  });
  const [code] = await once(child, 'exit');
  await endGroup(child.pid!);
  if (code !== 0) throw new Error(`exit code ${code}: ${readFileSync(err, 'utf8')}`);
  return readFileSync(out, 'utf8');
}

/** Scripts, each with the answer that the document prints below it. */
const SCRIPTS = CODE_BLOCKS.flatMap((block, index) => {
  const next = CODE_BLOCKS[index + 1];
  return block.mark === 'shell' ? [{ ...block, answer: next?.mark === 'answer' ? next.code : undefined }] : [];
});

describe("the documents' scripts", () => {
  test.each(SCRIPTS)('the script at $document:$line works', async ({ code, answer }) => {
    const output = await runScript(code);
    if (answer === undefined) return;
    const token = expect.stringMatching(/^[0-9A-F]{36}$/);
    expect(JSON.parse(output)).toMatchObject(JSON.parse(answer, (key, value) => (key === 'token' ? token : value)));
  });

  test('each answer follows a script', () => {
    const answers = CODE_BLOCKS.filter(({ mark }) => mark === 'answer');
    expect(answers.length).toBeGreaterThan(0);
    expect(SCRIPTS.filter(({ answer }) => answer !== undefined).length).toBe(answers.length);
  });
});
