import { describe, expect, test } from 'vitest';
import { type Change, EMPTY_LOG, formatLine, parseLog } from '../../src/persistence/log-format.ts';

const OLD = 'hash-of-the-old-file';
const NEW = 'hash-of-the-new-file';
const change = (key: number): Change => ['users', 1, key, { id: key, login: `ü${key}` }];

const BASE = formatLine(0, 'base', { version: 1, hash: OLD });
const ONE = formatLine(1, 'changes', [change(1)]);
const TWO = formatLine(2, 'changes', [change(2), ['users', 1, 1, null]]);
const THREE = formatLine(3, 'changes', [change(3)]);
/** The new file includes the changes up to line 2. */
const CHECKPOINT = formatLine(4, 'checkpoint', { hash: NEW, upTo: 2 });
const AFTER = formatLine(5, 'changes', [change(5)]);

const parse = (log: string, base = OLD) => parseLog(Buffer.from(log), base);
const size = (log: string) => Buffer.byteLength(log);
const valid = (changes: readonly Change[], line: number, log: string, torn = false) => ({
  problem: undefined,
  changes,
  end: { line, bytes: size(log) },
  torn,
});
/** The same line with its last letter or digit changed. */
const damaged = (line: string) => line.replace(/\w(?=\W*$)/, (last) => (last === 'x' ? 'y' : 'x'));
const cut = (line: string, bytes: number) => Buffer.from(line).subarray(0, bytes);

test('a line is numbered, has a checksum and ends with a newline', () => {
  expect(ONE).toMatch(/^\{"n":1,"sum":"[\w-]{22}","changes":\[\["users",1,1,\{"id":1,"login":"ü1"\}\]\]\}\n$/);
  expect(formatLine(2, 'changes', [change(1)])).not.toContain(/"sum":"([\w-]+)"/.exec(ONE)![1]);
});

describe('a valid log', () => {
  test.each([
    ['of no bytes', '', valid([], 0, '')],
    ['of a base alone', BASE, valid([], 0, BASE)],
    [
      'of three lines',
      BASE + ONE + TWO + THREE,
      valid([change(1), change(2), ['users', 1, 1, null], change(3)], 3, BASE + ONE + TWO + THREE),
    ],
  ])('%s', (_, log, expected) => {
    expect(parse(log)).toEqual(expected);
  });

  test('that a checkpoint interrupted gives the old file all changes, and the new file those that it lacks', () => {
    const log = BASE + ONE + TWO + THREE + CHECKPOINT;
    expect(parse(log, OLD)).toEqual(valid([change(1), change(2), ['users', 1, 1, null], change(3)], 4, log));
    expect(parse(log, NEW)).toEqual(valid([change(3)], 4, log));
    expect(parse(log + AFTER, NEW)).toEqual(valid([change(3), change(5)], 5, log + AFTER));
  });

  test('that started again at a later number', () => {
    const base = formatLine(2, 'base', { version: 1, hash: NEW });
    expect(parse(base + THREE, NEW)).toEqual(valid([change(3)], 3, base + THREE));
  });

  test('of two checkpoints for the same file counts from the second', () => {
    const again = formatLine(5, 'checkpoint', { hash: NEW, upTo: 3 });
    const log = BASE + ONE + TWO + THREE + CHECKPOINT + again;
    expect(parse(log, NEW)).toEqual(valid([], 5, log));
  });
});

describe('a torn last line is ignored', () => {
  const whole = BASE + ONE;
  const torn = valid([change(1)], 1, whole, true);
  test('wherever it is cut', () => {
    for (let length = 1; length < size(TWO); length++) {
      const log = Buffer.concat([Buffer.from(whole), cut(TWO, length)]);
      expect(parseLog(log, OLD), `after ${length} bytes`).toEqual(torn);
    }
  });

  test.each([
    ['of another checksum', damaged(TWO)],
    ['of zeros', '\0'.repeat(300)],
    ['of zeros and a newline', `${'\0'.repeat(300)}\n`],
    ['of bytes that are not UTF-8', TWO.replace('ü', '\ufffd')],
    ['and several pieces', 'x\ny\n\nz'],
    ['of JSON', '{"n":2}\n'],
    ['of another kind', TWO.replace('"changes"', '"replace"')],
    ['with a blank at its end', TWO.replace('\n', ' \n')],
  ])('%s', (_, rest) => {
    expect(parse(whole + rest)).toEqual(torn);
  });

  test('also when it is the first', () => {
    for (let length = 1; length < size(BASE); length++) {
      const { problem, ...log } = parseLog(cut(BASE, length), OLD);
      expect([problem, log]).toEqual([undefined, { changes: [], end: EMPTY_LOG, torn: true }]);
    }
  });
});

describe('a log whose changes are incomplete is damaged', () => {
  const LINES = [BASE, ONE, TWO, THREE];
  test.each([0, 1, 2])('when line %i, before the last, is damaged, cut or empty', (index) => {
    const line = LINES[index]!;
    for (const bad of [damaged(line), `${line.slice(0, 20)}\n`, '\n']) {
      expect(parse(LINES.with(index, bad).join(''))).toEqual({ problem: 'damaged', line: index + 1 });
    }
  });

  test.each<[what: string, log: string, line: number]>([
    ['when it has no base', ONE + TWO, 1],
    ['when a line is missing', BASE + TWO, 2],
    ['when a line is repeated', BASE + ONE + ONE, 3],
    ['when lines are swapped', BASE + ONE + THREE + TWO, 3],
    ['when a newline is missing', BASE + ONE.trimEnd() + TWO + THREE, 2],
    ['when a second base follows', BASE + ONE + formatLine(2, 'base', { version: 1, hash: OLD }), 3],
    ['when several lines are damaged, and counts the first', BASE + damaged(ONE) + damaged(TWO) + THREE, 2],
  ])('%s', (_, log, line) => {
    expect(parse(log)).toEqual({ problem: 'damaged', line });
  });
});

test('a log that names another data file is foreign, unless no line of it is valid', () => {
  expect(parse(BASE + ONE, NEW)).toEqual({ problem: 'foreign' });
  expect(parse(BASE + ONE + 'torn', NEW)).toEqual({ problem: 'foreign' });
  expect(parse(BASE + ONE + TWO + THREE + CHECKPOINT, 'a third')).toEqual({ problem: 'foreign' });
  expect(parse('torn', NEW).problem).toBeUndefined();
});
