import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

const DEV = resolve(import.meta.dirname, '../../scripts/dev.mjs');

test('npm run dev runs the sources and their console', async () => {
  const child = spawn(process.execPath, [DEV, '--port', '0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.kill();
    await once(child, 'exit');
  });
  for await (const line of createInterface(child.stdout)) {
    const { event, url } = JSON.parse(line);
    expect(event).toBe('ready');
    const page = await fetch(`${url}/_emulator/console`);
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/^<!doctype html>/);
    break;
  }
});
