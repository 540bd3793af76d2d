import { expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import { MODULES } from '../../src/api/modules.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import { ERRORS, type ErrorRow } from '../../src/model/error-catalogue.ts';
import { evidenceText, SOURCES, weakestSource } from '../../src/model/evidence.ts';
import { SETTINGS } from '../../src/model/settings.ts';
import { keysOf } from '../../src/support/values.ts';
import { table } from '../support/documents.ts';

/** The catalogue's errors, and those of each service in which it differs. */
const errors = [
  ...Object.entries(ERRORS).map(([key, row]): [string, string, ErrorRow] => [key, 'both', row]),
  ...DIALECTS.flatMap(({ name, errors: own }) =>
    Object.entries(own).map(([key, row]): [string, string, ErrorRow] => [key, name, row]),
  ),
];

function counts(): string {
  const rows = SOURCES.map((source) => [
    source,
    ...[
      ENDPOINTS.map(({ evidence }) => evidence),
      errors.map(([, , { evidence }]) => evidence.rule),
      errors.map(([, , { evidence }]) => evidence.wording),
      Object.values(SETTINGS).map(({ evidence }) => evidence),
    ].map((lists) => String(lists.filter((list) => weakestSource(list) === source).length)),
  ]);
  return table(['weakest evidence', 'operations', 'rules of errors', 'wordings of errors', 'settings'], rows);
}

const page = `# What is emulated, and how certain it is

Generated from the tables of the source; \`npx vitest run test/docs -u\` brings it up to date. Evidence is, surest first: \`doc\`, the vendors'
documents; \`log\`, logged answers of the real services; \`sdk\`, requests of SDKs and samples and the answers that they depend on; \`guess\`,
analogy and plausibility. \`own\` marks what belongs to the emulator alone. A row is no surer than its weakest piece.

${counts()}
## Operations

${table(
  ['operation', 'call', 'evidence'],
  ENDPOINTS.map(({ operation, method, path, evidence }) => [
    `\`${operation}\``,
    `\`${method} ${path.replace(':id', '{id}')}\``,
    evidenceText(evidence),
  ]),
)}
## Errors

A service's own row replaces the one for both.

${table(
  ['error', 'service', 'status', 'shape', 'text', 'evidence of the rule', 'evidence of the wording'],
  errors.map(([key, service, { status, shape, text, evidence }]) => [
    `\`${key}\``,
    service,
    String(status),
    shape,
    [text].flat().join(' / '),
    evidenceText(evidence.rule),
    evidenceText(evidence.wording),
  ]),
)}
## Settings

${table(
  ['setting', ...DIALECTS.map(({ name }) => name), 'effect', 'evidence'],
  keysOf(SETTINGS).map((name) => [
    `\`${name}\``,
    ...DIALECTS.map(({ settings }) => String(settings[name])),
    SETTINGS[name].effect,
    evidenceText(SETTINGS[name].evidence),
  ]),
)}
## What is not emulated

Requests to the vendors' other modules are answered with 501, which names the module:

${table(
  ['path', 'module'],
  Object.entries(MODULES).map(([path, module]) => [`\`${path}\``, module]),
)}
Also left out: custom identity providers, whose users log in with a token of theirs and get logins such as \`custom_<id>\`, and applications
that require confirmed email addresses and refuse logins until then.
`;

test('docs/reference/coverage.md says what the tables say', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/reference/coverage.md');
});
