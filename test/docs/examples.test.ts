import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CODE_BLOCKS, readDocument } from '../support/documents.ts';
import { ROOT } from '../support/folder.ts';

/** The stdout of a program, which must succeed. It imports the built package by name, like an installed one. */
function output(code: string): Promise<string> {
  return new Promise((printed, failed) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module'],
      { cwd: ROOT, timeout: 20_000 },
      (error, out, err) => (error ? failed(new Error(err || error.message)) : printed(out)),
    );
    child.stdin!.end(code);
  });
}

describe("the documents' examples", () => {
  const examples = CODE_BLOCKS.filter(({ mark }) => mark === 'run');
  const copies = CODE_BLOCKS.filter(({ mark }) => mark.startsWith('file: '));

  test('the documents have examples to run and copies of files', () => {
    expect(examples).not.toEqual([]);
    expect(copies).not.toEqual([]);
  });

  test.each(examples)('the example at $document:$line prints what its comments say', async ({ code }) => {
    const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
    const printed = (await output(code)).split('\n').slice(0, -1);
    expect(printed).toEqual(expected);
  });

  test.each(copies)('the block at $document:$line is a copy: $mark', ({ mark, code }) => {
    expect(code).toBe(readDocument(mark.slice('file: '.length)));
  });
});
