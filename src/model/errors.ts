import type { ErrorKey, ErrorRow } from './error-catalogue.ts';

export interface Problem {
  readonly key: ErrorKey;
  /** They fill in the placeholders of the row's text. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** An error that the API answers: one problem or, where input is checked, all that were found. */
export class ApiError extends Error {
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;
  /** The end (ms) of the session that a failed POST /session would have made, where only its user is wrong. */
  sessionEnd: number | undefined;

  constructor(problems: readonly Problem[], headers: Readonly<Record<string, string>> = {}) {
    // an answer needs no stack, and capturing one takes long
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(problems.map(({ key }) => key).join(', '));
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ApiError';
    this.problems = problems;
    this.headers = headers;
  }
}

/** The texts of a problem, by its row, with its parameters filled in. */
export function textsOf({ text }: ErrorRow, { params }: Problem): string[] {
  const texts = typeof text === 'string' ? [text] : text;
  return texts.map((each) => each.replace(/\{(\w+)\}/g, (placeholder, name) => String(params[name] ?? placeholder)));
}

/** Ends the request with an error of the catalogue. @throws ApiError always */
export function fail(key: ErrorKey, params: Problem['params'] = {}, headers?: Readonly<Record<string, string>>): never {
  throw new ApiError([{ key, params }], headers);
}
