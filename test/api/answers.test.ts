import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { BLOX } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { ANSWERS, ask, FORMS } from './answers.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

describe.each(FORMS)('sent as %s', (form) => {
  test.each(ANSWERS)('$id, $service.name: $what', async (answerCase) => {
    const { status, text } = await ask(createTestSandbox(emulator, answerCase.service), answerCase, form);
    const { body } = answerCase;
    expect([status, text]).toEqual([answerCase.status, typeof body === 'string' ? body : JSON.stringify(body)]);
  });
});

describe('in XML', () => {
  test.each(ANSWERS.filter(({ xml }) => xml))('$id: $what', async (answerCase) => {
    const { status, text } = await ask(createTestSandbox(emulator, BLOX, '.xml'), answerCase, 'form');
    const errors = answerCase.xml!.map((error) => `  <error>${error}</error>\n`).join('');
    expect([status, text]).toEqual([
      answerCase.status,
      `<?xml version="1.0" encoding="UTF-8"?>\n<errors>\n${errors}</errors>\n`,
    ]);
  });
});
