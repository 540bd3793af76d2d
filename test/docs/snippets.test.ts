import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/index.ts';
import { fillSnippets } from '../../src/dialects/snippets.ts';

const GUIDE = readFileSync('docs/guides/sdks.md', 'utf8');
const ADDRESS = { url: 'http://127.0.0.1:4230', api: 'localhost:4230', host: 'localhost' };

describe.each(DIALECTS.map(({ name, application }) => [name, application] as const))(
  'snippets for %s',
  (name, { id, ...keys }) => {
    const facts = { id: String(id), ...ADDRESS };

    test('are those of the guide', () => {
      const shown = fillSnippets(name, { ...facts, ...keys }).filter(({ title }) => title.includes('JS'));
      expect(shown.length).toBeGreaterThan(0);
      for (const { code } of shown) expect(GUIDE).toContain(code);
    });

    test('need no secret where the application has none', () => {
      const shown = fillSnippets(name, { ...facts, auth_key: keys.auth_key });
      expect(shown.filter(({ code }) => /\{\w+\}/.test(code))).toEqual([]);
    });
  },
);
