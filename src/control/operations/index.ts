import { defineOperation, type Operation } from '../operation.ts';
import { noInput } from '../schemas.ts';
import { applicationOperations } from './applications.ts';
import { clockOperations } from './clock.ts';
import { consoleOperations } from './console.ts';
import { faultOperations } from './faults.ts';
import { serverOperations } from './info.ts';
import { outboxOperations } from './outbox.ts';
import { requestOperations } from './requests.ts';
import { resetPageOperations } from './reset-page.ts';
import { stateOperations } from './state.ts';
import { userOperations } from './users.ts';

/** The control plane's table of contents. */
export const OPERATIONS: readonly Operation[] = [
  ...serverOperations,
  ...stateOperations,
  ...applicationOperations,
  ...userOperations,
  ...clockOperations,
  ...faultOperations,
  ...outboxOperations,
  ...resetPageOperations,
  ...requestOperations,
  ...consoleOperations,
  defineOperation({
    name: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'this description',
    input: noInput,
    run: async ({ name }, _input, server) => (await import('../openapi/document.ts')).openApi(OPERATIONS, server, name),
  }),
] as unknown as readonly Operation[];

const byName = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

export function operationNamed(name: string): Operation {
  return byName.get(name)!;
}
