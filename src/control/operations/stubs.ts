import * as v from 'valibot';
import { STUB_FIELDS } from '../../fixtures/stub-schema.ts';
import { MAX_STUBS, type Stub } from '../../model/stubs.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { stubProblems } from '../../sandbox/stubs.ts';
import { addStub } from '../../store/stubs.ts';
import { messageOf } from '../../support/errors.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { integer, noInput, strictFields } from '../schemas.ts';
import { applicationOf } from './applications.ts';

/** Answers for requests that aren't emulated. */
export const stubOperations = {
  'stubs.list': defineOperation({
    method: 'GET',
    path: '/stubs',
    summary:
      'lists the stubs, with how many requests each has answered (`hits`); of those that match, the last one answers',
    input: noInput,
    result: 'StubList',
    run: (sandbox) => ({ items: [...sandbox.state.stubs.values()] }),
  }),
  'stubs.add': defineOperation({
    method: 'POST',
    path: '/stubs',
    summary: "adds a stub: an answer for requests that aren't emulated, of one application (`app`) or all",
    input: strictFields({ ...STUB_FIELDS, app: v.optional(integer) }),
    result: 'Stub',
    run: (sandbox, { app, ...given }, server) => {
      const stub = { ...given, json: copyOf(given.json) };
      const application = app === undefined ? undefined : applicationOf(sandbox, app, server);
      const problems = stubProblems(stub, application?.dialect);
      if (problems.length > 0) throw new ControlError(422, problems.join('; '), { problems });
      if (sandbox.state.stubs.size >= MAX_STUBS)
        throw new ControlError(409, `there are ${MAX_STUBS} stubs: remove some, or use one with * in its match`);
      return addStub(sandbox.state, stub, application?.id ?? null);
    },
  }),
  'stubs.clear': defineOperation({
    method: 'DELETE',
    path: '/stubs',
    summary: 'removes all stubs; a reset brings back those of the start',
    input: noInput,
    result: 'DeletedResult',
    run: ({ state }) => {
      const stubs = [...state.stubs.values()];
      for (const { id } of stubs) state.stubs.delete(id);
      return { deleted: stubs.length };
    },
  }),
  'stubs.get': defineOperation({
    method: 'GET',
    path: '/stubs/:id',
    summary: 'one stub, with how many requests it has answered (`hits`)',
    input: strictFields({ id: integer }),
    result: 'Stub',
    run: (sandbox, { id }) => stubOf(sandbox, id),
  }),
  'stubs.remove': defineOperation({
    method: 'DELETE',
    path: '/stubs/:id',
    summary: 'removes a stub',
    input: strictFields({ id: integer }),
    result: 'DeletedStub',
    run: (sandbox, { id }) => {
      sandbox.state.stubs.delete(stubOf(sandbox, id).id);
      return { id };
    },
  }),
};

function stubOf({ state }: Sandbox, id: number): Stub {
  const stub = state.stubs.get(id);
  if (stub) return stub;
  throw new ControlError(404, `there is no stub ${id}`);
}

/** A copy as JSON: what a program changes later doesn't change the answer. @throws ControlError 422 for a value that isn't JSON */
function copyOf(json: unknown): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(JSON.stringify(json));
  } catch (error) {
    throw new ControlError(422, `json: can't be written as JSON: ${messageOf(error)}`);
  }
}
