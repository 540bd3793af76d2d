import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const DEV = resolve(import.meta.dirname, '../../scripts/dev.mjs');

test('npm run dev runs the sources and their console, or says which Node.js that needs', async () => {
  const child = spawn(process.execPath, [DEV, '--port', '0', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  const line = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        out += text;
        const found = /^(\{"event":"ready".*\}|npm run dev needs.*)$/m.exec(out);
        if (found) resolve(found[0]);
      });
  });
  if ('typescript' in process.features && process.features.typescript) {
    const { url } = JSON.parse(await line);
    const page = await fetch(`${url}/_emulator/console`);
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/^<!doctype html>/);
  } else {
    expect(await line).toBe(`npm run dev needs Node 22.18 or newer, which runs TypeScript; this is ${process.version}`);
  }
});
