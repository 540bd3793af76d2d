import { hash } from 'node:crypto';
import type { CollectionName } from '../store/state.ts';

/** A record after a change (null: deleted), and where it belongs. `application` is 0 for collections other than users. */
export type Change = readonly [
  collection: CollectionName,
  application: number,
  key: number | string,
  record: object | null,
];

/** The content of a line, by kind. */
interface LineContents {
  /** The first line: the hash of the data file that the changes build on. */
  readonly base: { readonly version: 1; readonly hash: string };
  /** The changes of one batch: all of them count or none. */
  readonly changes: readonly Change[];
  /** Written before a new data file takes the place of the base: its hash, and the last line whose changes it includes. */
  readonly checkpoint: { readonly hash: string; readonly upTo: number };
}
export type LineKind = keyof LineContents;
export type LineContent<K extends LineKind> = LineContents[K];
type Line = {
  readonly [K in LineKind]: { readonly number: number; readonly kind: K; readonly content: LineContents[K] };
}[LineKind];

/** The end of a line: the line's number, and the bytes of the log up to there. */
export interface LogPosition {
  readonly line: number;
  readonly bytes: number;
}
export const EMPTY_LOG: LogPosition = { line: 0, bytes: 0 };

export type ParsedLog =
  | {
      readonly problem: undefined;
      /** The changes that the data file doesn't include, in order. */
      readonly changes: readonly Change[];
      /** The end of the last valid line. */
      readonly end: LogPosition;
      /** Whether an unfinished write follows the last valid line. */
      readonly torn: boolean;
    }
  /** Valid lines follow a damaged or missing one; `line` counts from 1. */
  | { readonly problem: 'damaged'; readonly line: number }
  /** No line names the data file. */
  | { readonly problem: 'foreign' };

const LINE = /^\{"n":(\d+),"sum":"([\w-]+)","(base|changes|checkpoint)":(.*)\}$/s;
const NEWLINE = 10;

/** A line of the log: numbered consecutively, with a checksum, ended by a newline. */
export function formatLine<K extends LineKind>(number: number, kind: K, content: LineContents[K]): string {
  const json = JSON.stringify(content);
  return `{"n":${number},"sum":"${checksum(`${number} ${kind} ${json}`)}","${kind}":${json}}\n`;
}

/**
 * Parses a change log. Since a line is only begun when the one before it is on disk, a crash can damage no line but the last.
 * @param base the hash of the data file beside the log
 */
export function parseLog(bytes: Buffer, base: string): ParsedLog {
  const lines: Line[] = [];
  let end = EMPTY_LOG;
  let invalid: number | undefined;
  for (let start = 0, stop = 0; start < bytes.length; start = stop + 1) {
    stop = bytes.indexOf(NEWLINE, start);
    if (stop < 0) stop = bytes.length;
    const line = stop < bytes.length ? parseLine(bytes.toString('utf8', start, stop)) : undefined;
    if (!line) {
      invalid ??= lines.length + 1;
    } else if (invalid !== undefined || !isNext(line, lines.at(-1))) {
      return { problem: 'damaged', line: invalid ?? lines.length + 1 };
    } else {
      lines.push(line);
      end = { line: line.number, bytes: stop + 1 };
    }
  }
  const start = lines.findLast(({ kind, content }) => kind !== 'changes' && content.hash === base);
  if (!start && lines.length > 0) return { problem: 'foreign' };
  const included = start?.kind === 'checkpoint' ? start.content.upTo : 0;
  const changes = lines.flatMap((line) => (line.kind === 'changes' && line.number > included ? line.content : []));
  return { problem: undefined, changes, end, torn: invalid !== undefined };
}

function parseLine(text: string): Line | undefined {
  const [, number, sum, kind, json] = LINE.exec(text) ?? [];
  if (json === undefined || sum !== checksum(`${number} ${kind} ${json}`)) return undefined;
  // the checksum shows that `formatLine` wrote it
  return { number: Number(number), kind, content: JSON.parse(json) } as Line;
}

function isNext(line: Line, last: Line | undefined): boolean {
  return last ? line.number === last.number + 1 && line.kind !== 'base' : line.kind === 'base';
}

/** 132 bits of SHA-256. */
function checksum(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
