import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const FILES: ReadonlyMap<string, string> = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|html|css)$/.test(file))
    .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(SRC, file), 'utf8')]),
);

/** A folder, or a file beside the folders. */
const layerOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''));

interface Import {
  readonly from: string;
  /** A file of ours (below `src`), or the name of a package. */
  readonly to: string;
  readonly own: boolean;
  readonly type: boolean;
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`, without a parser: the formatter guarantees their form. */
function importsOf(from: string, text: string): Import[] {
  const form =
    /^(?:import|export)\b(\s+type\b)?[^;'"]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(form)].map(([, type, ...names]) => {
    const name = names.find((each) => each !== undefined)!;
    const own = name.startsWith('.');
    return { from, to: own ? normalize(join(dirname(from), name)) : name, own, type: type !== undefined };
  });
}

const IMPORTS = [...FILES].flatMap(([file, text]) => importsOf(file, text));
const shown = (imports: readonly Import[]) =>
  imports.map(({ from, to, type }) => `${from} → ${to}${type ? ' (type)' : ''}`);

/** The one rule: a folder may import what stands above it in this list. Single names are the entry points. */
const ORDER: readonly string[] = [
  'support',
  'intercept',
  'mcp',
  'model',
  'query',
  'store',
  'fixtures',
  'persistence',
  'core',
  'api',
  'dialects',
  'sandbox',
  'control',
  'client',
  'console',
  'http',
  'chat',
  'config',
  'emulator',
  'conform',
  'sweep',
  'cli',
  'index',
  'kits',
  'bundle',
];

/** Package → the layers that may use it. A new package needs a decision first. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  express: ['http'],
  qs: ['http'],
  quickselect: ['query'],
  '@fastify/busboy': ['http'],
  '@peculiar/x509': ['http'],
  'reflect-metadata': ['http'],
  valibot: ['control', 'fixtures'],
  '@valibot/to-json-schema': ['control'],
  '@modelcontextprotocol/sdk': ['mcp'],
  nodemailer: ['sandbox'],
  'escape-html': ['support', 'dialects'],
  leven: ['support'],
  marked: ['emulator'],
  lowdb: ['persistence'],
  nanoid: ['support'],
  commander: ['cli'],
  preact: ['console'],
  '@preact/signals': ['console'],
  vite: ['kits'],
  vitest: ['kits'],
  '@playwright/test': ['kits'],
  saxes: ['chat'],
  ws: ['chat'],
};

/** Layers that work in memory alone: the modules of Node that they may still use. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  support: [],
  model: ['node:crypto'],
  query: [],
  store: [],
  core: ['node:crypto'],
  api: [],
  dialects: ['node:http'], // the names of statuses
  control: [],
};

describe('import rules', () => {
  test('every folder is in the list', () => {
    expect([...new Set([...FILES.keys()].map(layerOf))].sort()).toEqual([...ORDER].sort());
  });

  test.each(ORDER)('%s imports only folders above it', (layer) => {
    const above = ORDER.slice(0, ORDER.indexOf(layer));
    const outwards = IMPORTS.filter(({ from, to, own }) => own && layerOf(from) === layer && layerOf(to) !== layer);
    expect(shown(outwards.filter(({ to }) => !to.startsWith('..') && !above.includes(layerOf(to))))).toEqual([]);
  });

  test('ARCHITECTURE.md has the same list', () => {
    const text = readFileSync(join(SRC, '../ARCHITECTURE.md'), 'utf8');
    const listed = [...text.matchAll(/^\d+\. `(\w+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(ORDER);
  });

  test('every relative import leads to a file', () => {
    expect(IMPORTS.length).toBeGreaterThan(200);
    expect(shown(IMPORTS.filter(({ own, to }) => own && !existsSync(join(SRC, to))))).toEqual([]);
  });

  test('no file imports itself through others, types included', () => {
    const left = new Map(
      [...FILES.keys()].map((file) => [file, IMPORTS.filter(({ from, own }) => own && from === file)]),
    );
    // removes files that import none of the rest, or that none of the rest imports: only those on cycles, and between cycles, remain
    for (let before = 0; before !== left.size; ) {
      before = left.size;
      const imported = new Set([...left.values()].flat().map(({ to }) => to));
      for (const [file, imports] of left)
        if (!imported.has(file) || !imports.some(({ to }) => left.has(to))) left.delete(file);
    }
    expect([...left.keys()]).toEqual([]);
  });

  test('no dialect imports another', () => {
    const names = [...FILES.keys()].filter((file) => /^dialects\/\w+\.ts$/.test(file));
    const dialects = names.filter((file) => /: Dialect = \{/.test(FILES.get(file)!));
    expect(dialects.length).toBeGreaterThanOrEqual(2);
    expect(shown(IMPORTS.filter(({ from, to }) => dialects.includes(from) && dialects.includes(to)))).toEqual([]);
    // and only their list imports any
    const knowing = IMPORTS.filter(({ to }) => dialects.includes(to)).map(({ from }) => from);
    expect([...new Set(knowing)]).toEqual(['dialects/index.ts']);
  });

  test('each package is imported only where it is allowed', () => {
    const packages = IMPORTS.filter(({ own, to }) => !own && !to.startsWith('node:'));
    const nameOf = ({ to }: Import) => to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    const misplaced = packages.filter((each) => !PACKAGES[nameOf(each)]?.includes(layerOf(each.from)));
    expect(shown(misplaced)).toEqual([]);
    expect(Object.keys(PACKAGES).filter((name) => !packages.some((each) => nameOf(each) === name))).toEqual([]);
  });

  test('pure layers use no files, network or environment', () => {
    const builtIn = IMPORTS.filter(({ from, to }) => to.startsWith('node:') && layerOf(from) in PURE);
    expect(shown(builtIn.filter(({ from, to }) => !PURE[layerOf(from)]!.includes(to)))).toEqual([]);
    expect(found(/process\.env/, (file) => !['config', 'cli', 'kits', 'intercept'].includes(layerOf(file)))).toEqual(
      [],
    );
  });
});

/** Matches (file:line) of a pattern in some files. */
function found(pattern: RegExp, meant: (file: string) => boolean): string[] {
  return [...FILES]
    .filter(([file]) => meant(file))
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
}

test('vendors are named only in the dialects', () => {
  expect(found(/connectycube|quickblox|\b[CQ]B-/i, (file) => !file.startsWith('dialects/'))).toEqual([]);
});

test('only support takes the time and random values', () => {
  const chance = /Date\.now|new Date\(\)|Math\.random|randomUUID|randomBytes|randomInt|getRandomValues/;
  expect(found(chance, (file) => layerOf(file) !== 'support')).toEqual([]);
  // a stopwatch: how long a request took, how long a command waits for a server
  expect(found(/performance\.now/, (file) => !['http', 'chat', 'sweep', 'cli'].includes(layerOf(file)))).toEqual([]);
});

test('only the dialects make answers of the emulated API: no HTML, no JSON of the framework', () => {
  const layers = ['api', 'core', 'dialects', 'http'];
  // it reads which browsers want to see a page, and leads them to the console
  const isIncluded = (file: string) => layers.includes(layerOf(file)) && file !== 'http/browser-requests.ts';
  expect(found(/\.json\(|\.render\(|\.send\(|\.sendFile\(|text\/html/, isIncluded)).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const modules = [...FILES].filter(([file]) => file.endsWith('.ts'));
  const lengths = modules.map(([file, text]) => [file, text.split('\n').length - 1] as const);
  expect(lengths.filter(([, length]) => length > 300)).toEqual([]);
});

test('no folder or file is called utils, helpers or the like', () => {
  expect([...FILES.keys()].filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(file))).toEqual([]);
});

test('no input is spread into a call: a long list would overflow the stack', () => {
  const folders = ORDER.slice(0, ORDER.indexOf('console')).concat('http');
  const spread = found(/\w\(\.\.\.|\.(?:push|unshift|splice)\([^[{]*\.\.\./, (file) => folders.includes(layerOf(file)));
  // what they spread is a fixed table, or as long as the problems of one user
  const bounded = ['core/user-input.ts'];
  expect(spread.filter((place) => !bounded.some((file) => place.startsWith(`${file}:`)))).toEqual([]);
});
