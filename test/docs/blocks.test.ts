import type { Command } from 'commander';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { createEmulator } from '../../src/index.ts';
import { CODE_BLOCKS, type CodeBlock, readDocument, USER_DOCUMENTS } from '../support/documents.ts';

/** How tests run a block; CONTRIBUTING.md explains the marks. */
const MARKS = /^(run|commands|shell|answer|fixture|file: \S+|not run: \S.*)$/;
const PROGRAMS = ['js', 'ts', 'sh', 'py', 'php'];

const unread = (text: string) => void text;
/** The checks of a language's syntax. */
const CHECKS: Readonly<Record<string, (code: string) => unknown>> = {
  js: (code) => transform(code, { loader: 'tsx', format: 'esm' }),
  ts: (code) => transform(code, { loader: 'ts', format: 'esm' }),
  json: (code) => JSON.parse(code),
  yaml: (code) => parse(code),
  ...Object.fromEntries(['sh', 'markdown', 'gitignore', 'dockerfile'].map((name) => [name, unread])),
  ...Object.fromEntries(
    ['py', 'php', 'java', 'go', 'dart', 'swift', 'kotlin', 'csharp', 'xml', 'groovy', 'text'].map((name) => [
      name,
      unread,
    ]),
  ),
};

describe.each(CODE_BLOCKS)('the block at $document:$line', ({ mark, language, code }) => {
  test('is run as it stands, or says why it is not', () => {
    if (PROGRAMS.includes(language) || mark !== '') expect(mark).toMatch(MARKS);
  });

  test('has a language, and its syntax', async () => {
    expect(Object.keys(CHECKS)).toContain(language);
    await CHECKS[language]!(code);
  });
});

test.each(CODE_BLOCKS.filter(({ mark }) => mark === 'fixture'))(
  'the block at $document:$line is a fixture',
  async ({ code }) => {
    const emulator = await createEmulator({ seed: JSON.parse(code), listen: false });
    expect((await emulator.users.list()).total).toBeGreaterThan(0);
    await emulator.close();
  },
);

/** The command lines of our program in a text: what follows its name, up to a comment, a pipe or the command of `exec`. */
function commandLines(text: string): string[] {
  const named = text.matchAll(/(?<![\w/-]|-n )users-emulator(?:@[\d.]+)? +((?:\[?[a-z-][^`\n]*)?)/g);
  return [...named].map(([, line = '']) => line.split(/ -- | +#| [>|&]+ |\\$/)[0]!.trim());
}

const LINES = USER_DOCUMENTS.flatMap((document) => {
  const spans = [...readDocument(document).matchAll(/`(users-emulator [^`\n]+)`/g)].map(([, span]) => span!);
  const blocks = CODE_BLOCKS.filter((block: CodeBlock) => block.document === document && block.language !== 'js');
  return [...spans, ...blocks.map(({ code }) => code)].flatMap(commandLines).map((line) => ({ document, line }));
});
const program = createProgram(process, () => {});
const named = (command: Command, name: string | undefined) =>
  command.commands.find((each) => each.name() === name || each.aliases().includes(name ?? ''));

test('every command and every option in the documents exists', () => {
  expect(LINES.length).toBeGreaterThan(60);
  const wrong = LINES.filter(({ line }) => {
    const words = line.replaceAll(/[[\]]/g, '').split(/[\s|]+/);
    const first = named(program, words[0]) ?? named(program, 'start')!;
    const command = named(first, words[1]) ?? first;
    const isUnknown = /^[a-z]/.test(words[0] ?? '') && first.name() === 'start' && words[0] !== 'start';
    const known = [program, first, command].flatMap(({ options }) =>
      options.flatMap(({ long, short }) => [long, short]),
    );
    const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*|[,;:.]$/, ''));
    return isUnknown || flags.some((flag) => !['--help', '-h', ...known].includes(flag));
  });
  expect(wrong).toEqual([]);
});
