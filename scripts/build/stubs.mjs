// Replacements for parts of libraries that the emulator never calls, and for modules that it loads at their first use.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { transform } from 'esbuild';

/** Unused parts of libraries. Path in node_modules → the feature that a call would need. */
const UNUSED = { 'qs/lib/stringify.js': 'qs.stringify' };

/** Smaller modules that do the same for the emulator. Path in node_modules → code. */
const REPLACED = {
  // the emulator is a router of Express, not an app: it reads bodies and writes answers itself
  'express/index.js': "exports.Router = require('router');",
  // Express logs through `debug`: a user's DEBUG variable must not switch it on
  'debug/src/index.js': 'module.exports = () => () => {};',
  // warns of deprecated uses, of which the emulator has none
  'depd/index.js': 'module.exports = () => () => {};',
  // a `WeakMap` for engines that have none
  'side-channel/index.js': 'module.exports = () => new WeakMap();',
};

/** Parts of nodemailer that mails without attachments, sent over SMTP, don't need. */
const MAIL_UNUSED = {
  'nodemailer/dist/esm/dkim/index.js': 'dkim',
  'nodemailer/dist/esm/fetch/index.js': 'fetch',
  'nodemailer/dist/esm/json-transport/index.js': 'jsonTransport',
  'nodemailer/dist/esm/mime-funcs/mime-types.js': 'attachments',
  'nodemailer/dist/esm/sendmail-transport/index.js': 'sendmail',
  'nodemailer/dist/esm/ses-transport/index.js': 'SES',
  'nodemailer/dist/esm/stream-transport/index.js': 'streamTransport',
  'nodemailer/dist/esm/well-known/index.js': 'service',
  'nodemailer/dist/esm/xoauth2/index.js': 'OAuth2',
};

/** Containers of certificates, which the emulator neither reads nor writes. Path in node_modules → code. */
const CONTAINERS = {
  '@peculiar/asn1-cms/build/es2015/index.js': `
    export const id_data = '1.2.840.113549.1.7.1';
    export const id_signedData = '1.2.840.113549.1.7.2';
    export const CMSVersion = {};
    class Unused { constructor() { throw new Error('CMS is not part of users-emulator'); } }
    export class CertificateChoices extends Unused {}
    export class CertificateSet extends Unused {}
    export class ContentInfo extends Unused {}
    export class EncapsulatedContent extends Unused {}
    export class SignedData extends Unused {}
    export class SignerInfo extends Unused {}`,
  '@peculiar/asn1-pfx/build/es2015/index.js': 'export class PFX {}',
};

/** The protocol's library can describe its own messages as JSON Schemas, which nobody asks for. */
const PROTOCOL_UNUSED = { 'zod/v4/core/json-schema-processors.js': 'JSON Schema of zod' };

/** Node's modules that take long to load and that few runs need, with the library that requires them. */
const LATE = { 'node:child_process': 'commander' };

/** Replaces unused parts: a call of one throws. */
const stubPlugin = (table, features) =>
  createPlugin(table, Object.keys(features), ({ onLoad }, path, matched) =>
    onLoad({ filter: inPackage(path) }, (file) => {
      matched();
      return stubOf(features[path], readFileSync(file.path, 'utf8'));
    }),
  );
export const STUB_PLUGIN = stubPlugin('UNUSED', UNUSED);
export const PROTOCOL_STUB_PLUGIN = stubPlugin('PROTOCOL_UNUSED', PROTOCOL_UNUSED);
export const MAIL_STUB_PLUGIN = stubPlugin('MAIL_UNUSED', MAIL_UNUSED);

/** Replaces modules by the code in a table. */
const replacementPlugin = (table, codes) =>
  createPlugin(table, Object.keys(codes), ({ onLoad }, path, matched) =>
    onLoad({ filter: inPackage(path) }, () => {
      matched();
      return { contents: codes[path] };
    }),
  );
export const CONTAINER_PLUGIN = replacementPlugin('CONTAINERS', CONTAINERS);
export const REPLACEMENT_PLUGIN = replacementPlugin('REPLACED', REPLACED);

/** The program's version, its description and the versions of Node.js that it needs, without the rest of package.json. */
export const MANIFEST_PLUGIN = createPlugin('MANIFEST', ['package.json'], ({ onLoad }, manifest, matched) =>
  onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
    if (path !== resolve(manifest)) return undefined;
    matched();
    const { version, description, engines } = JSON.parse(readFileSync(path, 'utf8'));
    return { contents: JSON.stringify({ version, description, engines }), loader: 'json' };
  }),
);

/** Loads modules of Node at the first use of one of their functions. */
export const LATE_PLUGIN = createPlugin('LATE', Object.keys(LATE), ({ onResolve, onLoad }, module, matched) => {
  onResolve({ filter: new RegExp(`^${module}$`) }, ({ importer }) => {
    if (!inPackage(`${LATE[module]}/.*`).test(importer)) return undefined;
    matched();
    return { path: module, namespace: 'late' };
  });
  onLoad({ filter: new RegExp(`^${module}$`), namespace: 'late' }, () => ({
    contents: readFileSync(new URL('late-module.cjs', import.meta.url), 'utf8').replaceAll('MODULE', module),
  }));
});

/** The protocol's library checks inputs that servers ask for, which this one doesn't. */
export const VALIDATOR_PLUGIN = replacementPlugin('VALIDATOR', {
  '@modelcontextprotocol/sdk/dist/esm/validation/ajv-provider.js': 'export class AjvJsonSchemaValidator {}',
});

/** @param source of the module that is replaced: it exports the same names */
function stubOf(feature, source) {
  const message = `${feature} is not part of users-emulator`;
  const unused = `function unused() { throw new Error(${JSON.stringify(message)}); }`;
  const names = [...source.matchAll(/^export (default|(?:const|function) (\w+))/gm)].map(
    ([, kind, name]) => name ?? kind,
  );
  const exported = names.map((name) => `unused as ${name}`).join(', ');
  return { contents: `${unused}\n${names.length > 0 ? `export { ${exported} };` : 'module.exports = unused;'}` };
}

/**
 * A plugin for a table, of which every key must match: libraries move and drop files.
 * @param add adds the hooks of one key, which call `matched`
 */
export function createPlugin(table, keys, add) {
  return {
    name: table,
    setup(hooks) {
      const unmatched = new Set(keys);
      for (const key of keys) add(hooks, key, () => unmatched.delete(key));
      hooks.onEnd(() => ({ errors: [...unmatched].map((key) => ({ text: `nothing matches ${key} of ${table}` })) }));
    },
  };
}

/** Matches a path below node_modules, whichever the separator. */
function inPackage(path) {
  return new RegExp(`[\\\\/]node_modules[\\\\/]${path.replaceAll('/', '[\\\\/]')}$`);
}

/** Minifies libraries completely; names that their modules declare at the top stay. Our own names stay as they are, for stack traces. */
export const LIBRARY_PLUGIN = {
  name: 'library',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { minify: true, legalComments: 'none' });
      return { contents: code };
    }),
};
