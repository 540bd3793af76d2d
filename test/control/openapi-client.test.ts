import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openApi } from '../../src/control/openapi/document.ts';
import { OPERATIONS } from '../../src/control/operations/index.ts';
import { EmulatorServer } from '../../src/emulator/server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { compile } from '../support/type-check.ts';

/** A program with the generated types: what it may use, and what must not compile. */
const CLIENT = `
import type { operations, components } from './api.js';

type User = components['schemas']['UserFields'];
export const guest = ({ is_guest, owner_id }: User): [true | undefined, number | null | undefined] => [is_guest, owner_id];
export const byLogin: operations['users.by_login']['parameters']['query'] = { login: 'Dacia' };
// @ts-expect-error the login is required
export const nobody: operations['users.by_login']['parameters']['query'] = {};
// @ts-expect-error users have no such field
export const unknown = (user: User) => user.pasword;
export const session: NonNullable<operations['session.create']['requestBody']>['content']['application/json'] = {
  application_id: '230',
  auth_key: 'key',
  user: { guest: '1', full_name: 'Ann' },
};
export const texts = (error: components['schemas']['Error']) => ('errors' in error ? error.errors : [error.message]);
export const token = (answer: operations['session.create']['responses'][201]['content']['application/json']): string =>
  answer.session.token;
export const xml = (answer: operations['users.show']['responses'][200]['content']['application/xml']): string => answer;
`;

const folder = temporaryFolder();

test('B8: a client that openapi-typescript generates compiles, and sees what the documents say', async () => {
  const document = openApi(OPERATIONS, new EmulatorServer(readConfig({})), '');
  const types = astToString(await openapiTypescript(JSON.stringify(document)));
  writeFileSync(join(folder, 'api.d.ts'), types);
  writeFileSync(join(folder, 'client.ts'), CLIENT);
  const { errors, files } = compile(folder, ['client.ts'], '--module', 'nodenext', '--target', 'es2022');
  expect(errors).toEqual([]);
  expect(files).toContain(join(folder, 'api.d.ts'));
  expect(types.length).toBeGreaterThan(10_000);
});
