import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError, usageError } from '../config/usage-error.ts';
import { readLearned } from '../control/learned-schema.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { learnedDialect } from '../dialects/learned.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { messageOf, reasonOf } from '../support/errors.ts';

/**
 * The dialects with the rows that `--learned` brings.
 * @param given files that `conform` wrote, or their contents
 * @param source for messages: the flag, variable or file with the option
 * @returns by name; those that no file is about are missing
 * @throws UsageError that names the place of the mistake; with exit code 4 for a file
 */
export function readLearnedDialects(given: readonly (string | object)[], source: string): ReadonlyMap<string, Dialect> {
  const learned = new Map<string, Dialect>();
  for (const each of given) {
    const file = typeof each === 'string' ? resolve(each) : undefined;
    const problem = (text: string) =>
      file === undefined ? usageError(source, text) : new UsageError(`${source}: ${file}: ${text}`, 4);
    const content = readContent(each, problem);
    let rows: ReturnType<typeof readLearned>;
    try {
      rows = readLearned(
        content,
        DIALECTS.map(({ name }) => name),
      );
    } catch (error) {
      throw problem(messageOf(error));
    }
    const dialect = learned.get(rows.service) ?? DIALECTS.find(({ name }) => name === rows.service);
    if (dialect) learned.set(rows.service, learnedDialect(dialect, rows));
  }
  return learned;
}

function readContent(given: string | object, problem: (text: string) => Error): unknown {
  if (typeof given === 'object') return given;
  try {
    return parseJson(readFileSync(resolve(given)));
  } catch (error) {
    throw problem(`can't be read: ${reasonOf(error)}`);
  }
}
