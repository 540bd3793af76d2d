import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const SCRIPTS = Object.keys(JSON.parse(read('package.json')).scripts);
const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md'],
  ...readdirSync(join(ROOT, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(md|yml)$/.test(file))
    .map((file) => join('.github', file)),
];

/** All files with sources. */
const FILES = ['.', 'src', 'test', 'scripts', 'bench', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' }).map(
    (file) => `${folder}/${file.replaceAll('\\', '/')}`,
  ),
);

/** The anchors of a document's headings, as Git hosts make them. */
function anchorsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('%s', (file) => {
  test('links lead to files and headings that exist', () => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const dead = links.filter(([, path, anchor]) => {
      const target = path ? join(dirname(file), path) : file;
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  test('npm scripts exist', () => {
    const named = [...read(file).matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own!);
    expect(named.filter((name) => !SCRIPTS.includes(name))).toEqual([]);
  });

  test('files named in code spans exist', () => {
    const spans = [...read(file).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);
    const paths = spans.filter((text) =>
      /^(src|test|bench|scripts|bin|fixtures|\.github|\.vscode)\/[\w./-]*$/.test(text),
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const names = spans.filter((text) => /^[\w/-]+\.m?ts$/.test(text) && !paths.includes(text));
    expect(names.filter((name) => !FILES.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
  });
});

test('the documents of this test have links, scripts and files to check', () => {
  const all = DOCUMENTS.map(read).join('\n');
  for (const pattern of [/\]\(#/, /\]\(\w+\.md/, /npm run /, /`src\//]) expect(all).toMatch(pattern);
});
