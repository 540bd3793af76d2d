import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { anchorsOf, readDocument, USER_DOCUMENTS } from '../support/documents.ts';
import { type Answer, sender } from '../support/http.ts';

const PAGES = USER_DOCUMENTS.filter((file) => /^docs\/\w+\//.test(file)).map((file) => file.slice('docs/'.length, -3));
const SERVED = ['guides/index', ...PAGES];

let emulator: Emulator;
let pages: ReadonlyMap<string, Answer>;
beforeAll(async () => {
  emulator = await createEmulator({ adminToken: 'open-sesame' });
  pages = new Map(
    await Promise.all(SERVED.map(async (path) => [`/_emulator/docs/${path}`, await get(`/docs/${path}`)] as const)),
  );
});
afterAll(() => emulator.close());

const get = (path: string) => sender(emulator.url)(`GET /_emulator${path}`);
/** The attributes of a page with this name. */
const valuesOf = (page: string, name: string) =>
  [...page.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value]) => value!);

describe.each(SERVED)('/docs/%s', (path) => {
  test('is a page without scripts, which shows its place in the navigation', () => {
    const { status, headers, text } = pages.get(`/_emulator/docs/${path}`)!;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toMatch(/<script|<img|<!--| on\w+=/);
    expect(text.match(/<h1 /g)).toHaveLength(1);
    expect(text.match(/aria-current="page"/g)).toHaveLength(1);
  });

  test('has links to pages and headings that exist', () => {
    const links = valuesOf(pages.get(`/_emulator/docs/${path}`)!.text, 'href').filter(
      (href) => !/^(https?|data):/.test(href),
    );
    const dead = links.filter((link) => {
      const { pathname, hash } = new URL(link, `http://emulator/_emulator/docs/${path}`);
      const text = pages.get(pathname)?.text;
      return text === undefined || (hash !== '' && !valuesOf(text, 'id').includes(hash.slice(1)));
    });
    expect(links.length).toBeGreaterThan(PAGES.length);
    expect(dead).toEqual([]);
  });
});

test('has the anchors that the Markdown has on Git hosts', async () => {
  const { text } = await get('/docs/reference/operations');
  expect(valuesOf(text, 'id').filter((id) => id !== 'pages')).toEqual(
    anchorsOf(readDocument('docs/reference/operations.md')),
  );
});

test('a page as Markdown is the file of the package', async () => {
  const { headers, text } = await get('/docs/guides/time.md');
  expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(text).toBe(readDocument('docs/guides/time.md'));
});

test.each(['/docs/guides/none', '/docs/guides/..%2F..%2Fpackage.json', '/docs/%2e%2e/README', '/docs/images/x.png'])(
  '%s is no page',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);

describe('its address', () => {
  const locationOf = async (url: string) =>
    (await fetch(`${url}/_emulator/docs`, { redirect: 'manual' })).headers.get('location');

  test('leads to the index, also in a sandbox', async () => {
    expect(await locationOf(emulator.url)).toBe('/_emulator/docs/guides/index');
    expect(await locationOf(`${emulator.url}/sandbox/w1`)).toBe('/sandbox/w1/_emulator/docs/guides/index');
  });

  test('leads to the index below the path of a mounted emulator', async () => {
    const app = express().use('/users-api', emulator.app);
    const server = app.listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as { port: number };
    const location = await locationOf(`http://127.0.0.1:${port}/users-api`);
    await new Promise((closed) => server.close(closed));
    expect(location).toBe('/users-api/_emulator/docs/guides/index');
  });
});

test('llms.txt is the file of the package', async () => {
  const { headers, text } = await get('/llms.txt');
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(text).toBe(readDocument('llms.txt'));
});
