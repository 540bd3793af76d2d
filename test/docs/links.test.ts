import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, DOCUMENTS, readDocument as read, USER_DOCUMENTS } from '../support/documents.ts';
import { ROOT } from '../support/folder.ts';

const SCRIPTS = Object.keys(JSON.parse(read('package.json')).scripts);

/** All files with sources. */
const FILES = ['.', 'src', 'test', 'scripts', 'bench', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' }).map(
    (file) => `${folder}/${file.replaceAll('\\', '/')}`,
  ),
);

describe.each(DOCUMENTS)('%s', (file) => {
  test('links lead to files and headings that exist', () => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const dead = links.filter(([, path, anchor]) => {
      const target = path ? join(dirname(file), path) : file;
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor));
    });
    expect(dead.map(([link]) => link)).toEqual([]);
    const pictures = [...read(file).matchAll(/<(?:img|source) [^>]*?src(?:set)?="(?!https?:)([^"]+)"/g)].map(
      ([, path]) => path!,
    );
    expect(pictures.filter((path) => !existsSync(join(ROOT, dirname(file), path)))).toEqual([]);
  });

  test('npm scripts exist', () => {
    const named = [...read(file).matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own!);
    expect(named.filter((name) => !SCRIPTS.includes(name))).toEqual([]);
  });
});

// the documents for users name files of their readers
test.each(DOCUMENTS.filter((file) => !USER_DOCUMENTS.includes(file)))(
  'files named in code spans of %s exist',
  (file) => {
    const spans = [...read(file).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);
    const paths = spans.filter((text) =>
      /^(src|test|bench|scripts|bin|fixtures|\.github|\.vscode)\/[\w./-]*$/.test(text),
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const names = spans.filter((text) => /^[\w/-]+\.m?ts$/.test(text) && !paths.includes(text));
    expect(names.filter((name) => !FILES.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
  },
);

test('the index of the documentation leads to every page of it', () => {
  const index = read('docs/README.md');
  const pages = USER_DOCUMENTS.map((file) => file.replace(/^docs\//, '')).filter((file) => file !== 'README.md');
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test('the README is short enough to be read', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(250);
});

test('the documents of this test have links, scripts and files to check', () => {
  const all = DOCUMENTS.map(read).join('\n');
  for (const pattern of [/\]\(#/, /\]\(\w+\.md\)/, /npm run /, /`src\//]) expect(all).toMatch(pattern);
});

test('the messages in troubleshooting.md are those of the program', () => {
  const program = FILES.filter((file) => /^(src|bin)\/.*\.[jt]s$/.test(file))
    .map(read)
    .join('\n');
  const tables = [...read('docs/guides/troubleshooting.md').matchAll(/<!-- messages -->\n(.*?)<!-- \/messages -->/gs)];
  const messages = tables.flatMap(([, rows]) => [...rows!.matchAll(/^\| `([^`]+)`/gm)].map(([, message]) => message!));
  expect(messages.length).toBeGreaterThan(10);
  expect(messages.filter((message) => !message.split('…').every((part) => program.includes(part)))).toEqual([]);
});

test('the version of the package is the same everywhere', () => {
  const { version } = JSON.parse(read('package.json'));
  const files = [
    ...USER_DOCUMENTS,
    'examples/README.md',
    'docker/compose.yaml',
    'docker/Dockerfile',
    '.github/ISSUE_TEMPLATE/bug.yml',
  ];
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/users-emulator[-:@ ](\d+\.\d+\.\d+)/g)].map(([, each]) => ({ file, version: each })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((each) => each.version !== version)).toEqual([]);
  expect(read('CHANGELOG.md')).toContain(`## [${version}]`);
});
