import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { ERROR_KEYS } from '../../src/model/error-catalogue.ts';
import { BLOX, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { CATALOGUE, expectError, expectedError } from './catalogue.ts';
import { CASES } from './error-cases.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

describe.each(SERVICES)('errors of $name', (service) => {
  const own = CASES.filter(({ not }) => not !== service.name);

  test.each(own)('$key', async ({ key, provoke, params = {} }) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await provoke(sandbox);
    expectError(answer, service, key, typeof params === 'function' ? params(sandbox) : params);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    // the journal names the error, so that a client's author can find its rule
    const entries = await sandbox.control.requests.list();
    expect(entries.at(-1)!.errors).toContain(key);
  });

  test.each(CASES.filter(({ not }) => not === service.name))('$key, injected as a fault', async ({ key }) => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.faults.add({ error: key, times: 1 });
    const answer = await sandbox.send('GET /users/1');
    expect(answer.status).toBe(expectedError(service, key)[0]);
    expect(answer.json).toBeTypeOf('object');
  });
});

describe('errors in XML', () => {
  test.each(CASES.filter(({ not }) => not !== 'quickblox'))('$key', async ({ key, provoke, xml }) => {
    const answer = await provoke(createTestSandbox(emulator, BLOX, '.xml'));
    expect(answer.status).toBe(CATALOGUE[key].quickblox[0]);
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    const errors = xml.map((text) => `  <error>${text}</error>\n`).join('');
    expect(answer.text).toBe(`<?xml version="1.0" encoding="UTF-8"?>\n<errors>\n${errors}</errors>\n`);
  });
});

describe('the catalogue', () => {
  test('every error key has a request that ends in it', () => {
    expect(CASES.map(({ key }) => key).sort()).toEqual([...ERROR_KEYS].sort());
    expect(Object.keys(CATALOGUE).sort()).toEqual([...ERROR_KEYS].sort());
  });

  test('every error key is used by a rule', () => {
    const src = join(import.meta.dirname, '../../src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && file !== join('model', 'error-catalogue.ts') && !file.startsWith('dialects'),
    );
    const rules = files.map((file) => readFileSync(join(src, file), 'utf8')).join('\n');
    expect(ERROR_KEYS.filter((key) => !rules.includes(`'${key}'`) && !rules.includes(`ERRORS.${key}`))).toEqual([]);
  });
});
