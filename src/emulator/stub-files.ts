import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError, usageError } from '../config/usage-error.ts';
import type { StubOption } from '../config/values.ts';
import { readInput } from '../control/schemas.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { StubSchema } from '../fixtures/stub-schema.ts';
import type { StubInput } from '../model/stubs.ts';
import { APP_BOOT } from '../sandbox/app-boot.ts';
import { stubProblems } from '../sandbox/stubs.ts';
import { messageOf, reasonOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';

/**
 * The stubs of `--stub` and of a config file: of files, of the ready set, or written out.
 * @param source for messages: the flag, variable or file with the option
 * @throws UsageError that names the place of the mistake; with exit code 4 for a file
 */
export function readStubs(given: readonly StubOption[], source: string): StubInput[] {
  return given.flatMap((each, index) => {
    if (typeof each === 'string') return readFile(resolve(each), source);
    if ('set' in each) return APP_BOOT.map(({ stub }) => stub);
    const problem = (text: string) => usageError(source, text);
    return stubsIn(each, '', given.length > 1 ? `[${index}]` : '', problem);
  });
}

function readFile(file: string, source: string): StubInput[] {
  const problem = (text: string) => new UsageError(`${source}: ${file}: ${text}`, 4);
  try {
    return stubsIn(parseJson(readFileSync(file)), dirname(file), '', problem);
  } catch (error) {
    throw error instanceof UsageError ? error : problem(`can't be read: ${reasonOf(error)}`);
  }
}

/** The stubs in a value: a list, `{ stubs: […] }`, or one. @param folder what names of files are relative to */
function stubsIn(value: unknown, folder: string, place: string, problem: (text: string) => Error): StubInput[] {
  const list = isObject(value) && 'stubs' in value ? value.stubs : value;
  if (!Array.isArray(list)) return [checkStub(list, folder, place && `${place}.`, problem)];
  const prefix = list === value ? place : `${place && `${place}.`}stubs`;
  return list.map((each, index) => checkStub(each, folder, `${prefix}[${index}].`, problem));
}

function checkStub(value: unknown, folder: string, place: string, problem: (text: string) => Error): StubInput {
  let stub: StubInput;
  try {
    stub = readInput(StubSchema, isObject(value) ? withFile(value, folder) : value);
  } catch (error) {
    throw problem(`${place}${messageOf(error)}`);
  }
  const [first] = stubProblems(stub);
  if (first !== undefined) throw problem(`${place}${first}`);
  return stub;
}

/** A stub with the content of its `file`: that of a `.json` file as JSON, that of others as text. */
function withFile({ file, ...stub }: Record<string, unknown>, folder: string): Record<string, unknown> {
  if (typeof file !== 'string') return file === undefined ? stub : { ...stub, file };
  try {
    const content = readFileSync(resolve(folder, file));
    return file.endsWith('.json') ? { ...stub, json: parseJson(content) } : { ...stub, text: content.toString() };
  } catch (error) {
    throw new Error(`file: ${resolve(folder, file)} can't be read: ${reasonOf(error)}`);
  }
}
