import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { sender } from '../support/http.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ adminToken: 'open-sesame' });
});
afterAll(() => emulator.close());

const part = (html: string, tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html)![1]!;

test("the console is one page without further resources, and can't be framed", async () => {
  const { status, headers, text } = await sender(`${emulator.url}/sandbox/w1`)('GET /_emulator/console');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).not.toMatch(/(src|href|action)=["']?https?:|@import|url\(/);
  expect(gzipSync(text).length).toBeLessThan(40_000);
});

test('no script but its own can run in it', async () => {
  const { text } = await sender(emulator.url)('GET /_emulator/console');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)![1]!;
  const hash = createHash('sha256').update(part(text, 'script')).digest('base64');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src 'sha256-${hash}'`);
  expect(part(text, 'script').length).toBeGreaterThan(5000);
  expect(part(text, 'style')).toContain('color-scheme:light dark');
});
