import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { isMissingCommand } from '../../src/sweep/missing-command.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
writeFileSync(join(folder, 'plain'), '');
const env = { PATH: ['/closed', folder].join(delimiter) };

test.each([
  ['ENOENT', 'nothing', true],
  // a folder of PATH may not be searched
  ['EACCES', 'nothing', true],
  ['EACCES', 'plain', false],
  ['EACCES', '/closed/nothing', false],
  ['E2BIG', 'nothing', false],
])('%s of %s: missing is %s', (code, command, missing) => {
  expect(isMissingCommand(command, Object.assign(new Error(code), { code }), env)).toBe(missing);
});
