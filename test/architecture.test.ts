import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const FILES: ReadonlyMap<string, string> = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|html|css)$/.test(file))
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

/** `import … from`, `export … from`, `import '…'` and `import('…')`, without a parser: the formatter sees to their form. */
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
/** `core` stands for all that is in it, `api/errors.ts` for itself, `type core` for its types. */
const allows = (rules: readonly string[], { to, type }: Import) =>
  rules.some((rule) => {
    const [path, typeOnly] = rule.startsWith('type ') ? [rule.slice(5), true] : [rule, false];
    return (type || !typeOnly) && (path === '*' || to === path || to.startsWith(`${path}/`));
  });

/** Layer → what of ours it may import, beside itself. ARCHITECTURE.md has the same in words. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  support: [],
  query: ['api/errors.ts'],
  // rules fail by key, and check what a new session's user brings with it as a sign-up does
  core: ['api/errors.ts', 'api/inputs.ts', 'query', 'support', 'type store'],
  api: ['core', 'query'],
  // fixtures hash passwords and read tags as the rules do
  store: ['core/model.ts', 'core/passwords.ts', 'core/tags.ts', 'api/settings.ts', 'query', 'support'],
  dialects: ['api', 'core', 'support'],
  control: ['api', 'core', 'store', 'support', 'console/page.html'],
  console: ['type control', 'type core'],
  http: ['api', 'core', 'query', 'control', 'dialects', 'type sandbox.ts', 'type events.ts', 'store/disk.ts'],
  sandbox: ['api', 'core', 'control', 'dialects', 'store', 'support'],
  events: [], // types alone: what may be told
  beginning: ['*'],
  emulator: ['*'],
  index: ['config.ts', 'connect.ts', 'control', 'emulator.ts', 'type events.ts'],
  vitest: ['index.ts'],
  bundle: ['cli.ts', 'index.ts'],
  version: ['../package.json'],
  'config-values': ['support'],
  config: ['config-values.ts'],
  connect: ['control'],
  banner: [
    ...['config.ts', '../fixtures/users.json', 'control/applications.ts'],
    ...['type emulator.ts', 'type events.ts', 'type control', 'type core/model.ts'],
  ],
  commands: [
    ...['banner.ts', 'config.ts', 'config-values.ts', 'connect.ts', 'emulator.ts'],
    ...['control/faults.ts', 'control/problem.ts', 'type control', 'store', 'support'],
  ],
  cli: ['commands', 'config.ts', 'version.ts'],
};

/** Package → the layers that may use it. One that isn't here has to be thought about first. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  express: ['http', 'emulator'],
  qs: ['http'],
  quickselect: ['query'],
  '@fastify/busboy': ['http'],
  '@peculiar/x509': ['http'],
  'reflect-metadata': ['http'],
  valibot: ['control', 'store'],
  '@valibot/to-json-schema': ['control'],
  nodemailer: ['control'],
  'escape-html': ['control', 'core', 'dialects'],
  leven: ['support'],
  lowdb: ['store'],
  nanoid: ['support'],
  commander: ['cli', 'commands'],
  vitest: ['vitest'],
};

/** Layers that do nothing outside of memory: the modules of Node that they may use all the same. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ['node:crypto'],
  query: [],
  support: [],
  dialects: ['node:http'], // the names of statuses
  control: [],
};

describe('who may import whom', () => {
  test('every layer is in the table', () => {
    expect(
      [...new Set([...FILES.keys()].map(layerOf))].filter((layer) => !(layer in MAY_IMPORT) && layer !== 'html.d'),
    ).toEqual([]);
  });

  test.each(Object.keys(MAY_IMPORT))('%s', (layer) => {
    const outwards = IMPORTS.filter(({ from, to, own }) => own && layerOf(from) === layer && layerOf(to) !== layer);
    expect(shown(outwards.filter((each) => !allows(MAY_IMPORT[layer]!, each)))).toEqual([]);
  });

  test('imports lead to files', () => {
    expect(IMPORTS.length).toBeGreaterThan(200);
    expect(shown(IMPORTS.filter(({ own, to }) => own && !existsSync(join(SRC, to))))).toEqual([]);
  });

  test('one dialect doesn’t know another', () => {
    const names = [...FILES.keys()].filter((file) => /^dialects\/\w+\.ts$/.test(file));
    const dialects = names.filter((file) => /: Dialect = \{/.test(FILES.get(file)!));
    expect(dialects.length).toBeGreaterThanOrEqual(2);
    expect(shown(IMPORTS.filter(({ from, to }) => dialects.includes(from) && dialects.includes(to)))).toEqual([]);
    // and only the list of them knows any
    const knowing = IMPORTS.filter(({ to }) => dialects.includes(to)).map(({ from }) => from);
    expect([...new Set(knowing)]).toEqual(['dialects/index.ts']);
  });

  test('packages', () => {
    const packages = IMPORTS.filter(({ own, to }) => !own && !to.startsWith('node:'));
    const nameOf = ({ to }: Import) => to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    const misplaced = packages.filter((each) => !PACKAGES[nameOf(each)]?.includes(layerOf(each.from)));
    expect(shown(misplaced)).toEqual([]);
    expect(Object.keys(PACKAGES).filter((name) => !packages.some((each) => nameOf(each) === name))).toEqual([]);
  });

  test('the rules touch no files, no network, no environment', () => {
    const builtIn = IMPORTS.filter(({ from, to }) => to.startsWith('node:') && layerOf(from) in PURE);
    expect(shown(builtIn.filter(({ from, to }) => !PURE[layerOf(from)]!.includes(to)))).toEqual([]);
    expect(found(/process\.env/, (file) => !['config', 'commands', 'vitest'].includes(layerOf(file)))).toEqual([]);
  });
});

/** Places (file:line) of a pattern, in the files that are meant. */
function found(pattern: RegExp, meant: (file: string) => boolean): string[] {
  return [...FILES]
    .filter(([file]) => meant(file))
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
}

test('no vendor is named outside the dialects, but in the description of the command line', () => {
  const named = found(/connectycube|quickblox|\b[CQ]B-/i, (file) => !file.startsWith('dialects/'));
  expect(named.filter((place) => !/^cli\.ts:.*\.description\(/.test(place))).toEqual([]);
});

test('time and chance come from support alone', () => {
  const chance = /Date\.now|new Date\(\)|Math\.random|randomUUID|randomBytes|randomInt|getRandomValues/;
  expect(found(chance, (file) => layerOf(file) !== 'support')).toEqual([]);
  // a stopwatch: how long a request took, how long a command waits for a server
  expect(found(/performance\.now/, (file) => !['http', 'commands'].includes(layerOf(file)))).toEqual([]);
});

test('answers of the emulated API are made by the dialects: no HTML, no JSON of the framework', () => {
  const layers = ['api', 'core', 'dialects', 'http'];
  expect(
    found(/\.json\(|\.render\(|\.send\(|\.sendFile\(|text\/html/, (file) => layers.includes(layerOf(file))),
  ).toEqual([]);
});

test('no file is longer than 300 lines, but for the three tables', () => {
  const tables = ['api/endpoints.ts', 'api/inputs.ts', 'api/errors.ts'];
  const modules = [...FILES].filter(([file]) => file.endsWith('.ts'));
  const lengths = modules.map(([file, text]) => [file, text.split('\n').length - 1] as const);
  expect(lengths.filter(([file, length]) => length > 300 && !tables.includes(file))).toEqual([]);
});

test('no room for what belongs nowhere', () => {
  expect([...FILES.keys()].filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(file))).toEqual([]);
});
