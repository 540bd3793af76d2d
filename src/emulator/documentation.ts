// `node:fs/promises` would be loaded at every start
import { promises } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The folder of the package. The built program is in its `dist/`; sources run with the folder as working directory. */
const PACKAGE = typeof __dirname === 'string' && basename(__dirname) === 'dist' ? dirname(__dirname) : resolve('.');
/** The name of `docs/README.md`: all pages are in folders, so that links between them are the same everywhere. */
const INDEX = 'guides/index';

/**
 * A page of the documentation, which the package contains as Markdown.
 * @param name its path below `docs/`: `guides/time` as HTML, `guides/time.md` as Markdown
 * @returns undefined if there is no such page
 */
export async function readDocumentation(name: string): Promise<string | undefined> {
  const path = name.replace(/\.md$/, '');
  const markdown = await readPage(path);
  if (markdown === undefined || path !== name) return markdown;
  const { renderPage } = await import('./markdown.ts');
  return renderPage({ path, markdown, index: (await readPage(INDEX)) ?? '' });
}

/** The overview for programs: https://llmstxt.org */
export function readLlmsText(): Promise<string | undefined> {
  return read('llms.txt');
}

/** A JSON Schema of the package. @param name such as `config.json` @returns undefined if there is none of this name */
export async function readJsonSchema(name: string): Promise<string | undefined> {
  return /^[a-z]+\.json$/.test(name) ? read(`schema/${name}`) : undefined;
}

async function readPage(path: string): Promise<string | undefined> {
  if (path === INDEX) return (await read('docs/README.md'))?.replaceAll('](', '](../');
  return /^[a-z]+\/[a-z-]+$/.test(path) ? read(`docs/${path}.md`) : undefined;
}

function read(file: string): Promise<string | undefined> {
  return promises.readFile(join(PACKAGE, file), 'utf8').catch(() => undefined);
}
