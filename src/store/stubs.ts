import { inputOf, nameOf, type Stub, type StubInput } from '../model/stubs.ts';
import type { State } from './state.ts';

/** Adds a stub to a state, as its newest. @param application its application; null: all @returns the record */
export function addStub(state: State, input: StubInput, application: number | null): Stub {
  const id = ([...state.stubs.values()].at(-1)?.id ?? 0) + 1;
  const stub: Stub = {
    id,
    ...inputOf(input),
    name: nameOf(input),
    application_id: application,
    ...(input.answer && { in_process: true }),
    hits: 0,
  };
  state.stubs.put(stub);
  return stub;
}

/** Adds a stub, unless the state has an equal one already. */
export function ensureStub(state: State, input: StubInput, application: number | null): void {
  const text = textOf({ ...input, name: nameOf(input) });
  const isEqual = (stub: Stub) => stub.application_id === application && !stub.answer && textOf(stub) === text;
  if (input.answer || ![...state.stubs.values()].some(isEqual)) addStub(state, input, application);
}

function textOf(stub: StubInput): string {
  return JSON.stringify(inputOf(stub));
}

/** Deletes the stubs that answer by functions of an earlier run: the change log stores such stubs without their functions. */
export function deleteLostFunctions({ stubs }: State): void {
  for (const { id, in_process, answer } of [...stubs.values()]) if (in_process && !answer) stubs.delete(id);
}
