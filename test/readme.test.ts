import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(resolve(ROOT, 'README.md'), 'utf8');

/** The README's code blocks after a mark: `<!-- run -->`, or `<!-- file: path -->` for copies of files. */
const marked = [...README.matchAll(/^<!-- (run|file: (\S+)) -->\n+```\w*\n(.*?)^```/gms)].map(
  ([whole, , file, code]) => ({
    file,
    code: code!,
    line: README.slice(0, README.indexOf(whole)).split('\n').length,
  }),
);

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

describe("the README's examples", () => {
  const examples = marked.filter(({ file }) => file === undefined);
  const copies = marked.filter(({ file }) => file !== undefined);

  test('the README has examples to run and copies of files', () => {
    expect(examples).not.toEqual([]);
    expect(copies).not.toEqual([]);
  });

  test.each(examples)('the example at line $line prints what its comments say', async ({ code }) => {
    const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
    const printed = (await output(code)).split('\n').slice(0, -1);
    expect(printed).toEqual(expected);
  });

  test.each(copies)('the block at line $line is a copy of $file', ({ file, code }) => {
    expect(code).toBe(readFileSync(resolve(ROOT, file!), 'utf8'));
  });
});
