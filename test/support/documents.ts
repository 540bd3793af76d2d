import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './folder.ts';

/** A document of the project, by its path from there. */
export const readDocument = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const filesIn = (folder: string, kind = /\.md$/) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => kind.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();

/** The documents for users: the README and the pages of `docs/`. */
export const USER_DOCUMENTS: readonly string[] = ['README.md', ...filesIn('docs')];

/** All documents of the project. */
export const DOCUMENTS: readonly string[] = [
  ...USER_DOCUMENTS,
  ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md', 'examples/README.md', 'llms.txt'],
  ...filesIn('.github', /\.(md|yml)$/),
];

/** A code block of a document. */
export interface CodeBlock {
  readonly document: string;
  readonly line: number;
  /** What the comment before the block says about it: `run`, `file: <path>` and so on; empty without one. */
  readonly mark: string;
  readonly language: string;
  readonly code: string;
}

/** The code blocks of the documents for users. */
export const CODE_BLOCKS: readonly CodeBlock[] = USER_DOCUMENTS.flatMap((document) => {
  const text = readDocument(document);
  return [...text.matchAll(/^(?:<!-- ([^>]*) -->\n+)?( *)```(\w*)\n(.*?)^\2```$/gms)].map(
    ({ index, 1: mark = '', 3: language = '', 4: code = '' }) => ({
      document,
      line: text.slice(0, index).split('\n').length,
      mark,
      language,
      code,
    }),
  );
});

/** The text between two marks of a document: `<!-- name -->` and `<!-- /name -->`. */
export function between(document: string, name: string): string {
  const [, text] = new RegExp(`<!-- ${name} -->\\n(.*?)<!-- /${name} -->`, 's').exec(readDocument(document)) ?? [];
  return text ?? `${document} has no such marks`;
}

/** The anchors of the headings of a Markdown text, as Git hosts make them. */
export function anchorsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
