import { expect, test } from 'vitest';
import { readDocument } from '../support/documents.ts';

test('llms.txt has the pages of the index; `npx vitest run test/docs/llms.test.ts -u` brings it up to date', async () => {
  const [facts = ''] = readDocument('llms.txt').split('\n## ');
  const [index = ''] = readDocument('docs/README.md').split('\n## The project');
  const pages = index.match(/^(## |- \[).*$/gm) ?? [];
  const list = pages.map((line) =>
    line
      .replace(/\[([^\]]*)\]\(\.\.\/[^)]*\)/g, '$1') // files that the package lacks
      .replace('](', '](docs/')
      .replace(/^##.*/, '\n$&\n'),
  );
  expect(list.join('').match(/\]\((?!docs\/)/g)).toBe(null);
  await expect(`${facts.trimEnd()}\n${list.join('\n')}\n`).toMatchFileSnapshot('../../llms.txt');
});
