import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { causeOf, codeOf, messageOf } from '../src/support/errors.ts';

test('errors of another realm, as modules see them in Jest, have a message, a code and a cause, too', () => {
  const error: unknown = runInNewContext('Object.assign(new Error("gone"), { code: "ENOENT", cause: "why" })');
  expect(error).not.toBeInstanceOf(Error);
  expect([messageOf(error), codeOf(error), causeOf(error)]).toEqual(['gone', 'ENOENT', 'why']);
});

test('anything else that was thrown is its own message and cause, and has no code', () => {
  for (const thrown of ['text', 404, null, undefined]) {
    expect([messageOf(thrown), codeOf(thrown), causeOf(thrown)]).toEqual([String(thrown), undefined, thrown]);
  }
});
