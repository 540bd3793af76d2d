import { defineOperation, type Operation } from '../operation.ts';
import type { Results } from '../results.ts';
import { noInput } from '../schemas.ts';
import { applicationOperations } from './applications.ts';
import { clockOperations } from './clock.ts';
import { consoleOperations } from './console.ts';
import { documentationOperations } from './documentation.ts';
import { eventOperations } from './events.ts';
import { faultOperations } from './faults.ts';
import { infoOperations } from './info.ts';
import { outboxOperations } from './outbox.ts';
import { requestOperations } from './requests.ts';
import { resetPageOperations } from './reset-page.ts';
import { sandboxOperations } from './sandboxes.ts';
import { stateOperations } from './state.ts';
import { stubOperations } from './stubs.ts';
import { userOperations } from './users.ts';

/** The control plane's table of contents. */
export const OPERATIONS = {
  ...infoOperations,
  ...sandboxOperations,
  ...stateOperations,
  ...applicationOperations,
  ...userOperations,
  ...clockOperations,
  ...faultOperations,
  ...stubOperations,
  ...outboxOperations,
  ...resetPageOperations,
  ...requestOperations,
  ...eventOperations,
  ...consoleOperations,
  ...documentationOperations,
  openapi: defineOperation({
    method: 'GET',
    path: '/openapi.json',
    summary: 'this description of both APIs',
    input: noInput,
    result: 'OpenApiDocument',
    run: async ({ name }, _input, server) => (await import('../openapi/document.ts')).openApi(table(), server, name),
  }),
};

/** OPERATIONS, typed in one place: its own type can't depend on a row that reads it. */
function table(): Readonly<Record<string, Operation>> {
  return OPERATIONS;
}

export type ControlOperationName = keyof typeof OPERATIONS;

/** The input of an operation: the fields of path, query and body together. */
export type InputOf<N extends ControlOperationName> = (typeof OPERATIONS)[N] extends Operation<infer I> ? I : never;

/** The name of an operation's result. */
type ResultNameOf<N extends ControlOperationName> = (typeof OPERATIONS)[N]['result'];

export type OutputOf<N extends ControlOperationName> = Results[ResultNameOf<N>];

const byName: { readonly [N in ControlOperationName]: Operation<unknown, ResultNameOf<N>> } = OPERATIONS;

export function operationNamed<N extends ControlOperationName>(name: N): Operation<unknown, ResultNameOf<N>> {
  return byName[name];
}
