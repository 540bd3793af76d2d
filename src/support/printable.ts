/**
 * Everything of input that is recorded, repeated in an answer or printed goes through here, so that it stays short and can neither
 * break a line of the log nor control the terminal.
 */

/** The most problems that are listed of one input, and the longest text (characters) of each. */
const MAX_PROBLEMS = 100;
const MAX_PROBLEM = 500;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are escaped
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are escaped
const CONTROL_BUT_LINES = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

const escapeCharacter = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text on one line: control characters and unpaired surrogates are escaped. @param max characters; longer ones end with `…` */
export function printable(text: string, max = MAX_PROBLEM): string {
  return cut(text, max).replace(CONTROL, escapeCharacter);
}

/** The same for a text of several lines, which stay. */
export function printableLines(text: string, max = 20_000): string {
  return cut(text, max).replace(CONTROL_BUT_LINES, escapeCharacter);
}

/** The beginning of a text that is too long. @param max characters */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** The first hundred problems of an input, each bounded, and how many more there are. */
export function boundedProblems(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => cut(problem, MAX_PROBLEM));
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}

/** Whether so many problems were found that looking for more is of no use. */
export function enoughProblems(count: number): boolean {
  return count > MAX_PROBLEMS;
}

/** A text as a pattern of a regular expression that matches it alone. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
