import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { Call } from '../../src/sweep/calls.ts';
import { planCases, SWEEP_FAULT_NAMES, type SweepCase, selectCases } from '../../src/sweep/cases.ts';
import { type CaseResult, caseLine, junit, markdown } from '../../src/sweep/report.ts';
import { differences, type Run } from '../../src/sweep/run.ts';
import { judge, VERDICTS } from '../../src/sweep/verdict.ts';
import { readDocument } from '../support/documents.ts';

/** Calls as `operation at hit?`: `users.create 20 !`. */
function callsOf(...lines: readonly string[]): Call[] {
  const counts = new Map<string, number>();
  return lines.map((line) => {
    const [operation = '', at = '0', hit] = line.split(' ');
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    return {
      operation,
      nth,
      method: operation === 'users.show' ? 'GET' : 'POST',
      key: `POST /${operation}`,
      at: Number(at),
      needsSession: operation === 'users.show',
      isHit: hit === '!',
      status: 200,
      hasBody: operation !== 'logout',
    };
  });
}

const ENDED: Run = { calls: [], users: [], duration: 100, exitCode: 0, signal: null, isHung: false, output: '' };
const run = (lines: readonly string[], rest: Partial<Run> = {}): Run => ({
  ...ENDED,
  calls: callsOf(...lines),
  ...rest,
});
const swept = (fault: SweepCase['fault'], nth = 1): SweepCase => ({
  id: `users.create#${nth}/${fault}`,
  operation: 'users.create',
  nth,
  fault,
});
const BASELINE = run(['users.create 10', 'users.show 20'], { users: ['mia'] });
const every = (ms: number, count: number) => Array.from({ length: count }, (_, at) => `users.create ${10 + at * ms}`);

describe('verdicts', () => {
  test.each<
    [string, Partial<Run> & { readonly lines: readonly string[]; readonly fault?: SweepCase['fault'] }, string, string]
  >([
    ['nothing else', { lines: ['users.create 10 !', 'users.show 20'] }, 'passed', 'users.create was not repeated'],
    ['a repeated call', { lines: ['users.create 10 !', 'users.create 60'] }, 'passed', 'users.create repeated once'],
    [
      'a lost user that the command does not miss',
      { lines: ['users.create 10 !'], users: [] },
      'passed',
      'users.create was not repeated; 1 user fewer than in the baseline',
    ],
    [
      'an exit code',
      { lines: ['users.create 10 !'], exitCode: 1 },
      'failed',
      'exit code 1; users.create was not repeated',
    ],
    [
      'an exit code after repeats',
      { lines: ['users.create 10 !', 'users.create 60', 'users.create 90'], exitCode: 3 },
      'failed',
      'exit code 3; users.create repeated 2 times',
    ],
    ['a call that was not made', { lines: ['users.show 20'] }, 'not reached', 'the run called users.create 0 times'],
    [
      'one call too few',
      { lines: ['users.create 20'], exitCode: 1 },
      'not reached',
      'the run called users.create once; exit code 1',
    ],
    ['a signal', { lines: ['users.create 10 !'], exitCode: null, signal: 'SIGSEGV' }, 'crashed', 'ended by SIGSEGV'],
    ['a signal, by way of a shell', { lines: ['users.create 10 !'], exitCode: 139 }, 'crashed', 'exit code 139'],
    [
      'no end',
      { lines: ['users.create 10 !'], exitCode: null, signal: 'SIGTERM', isHung: true, duration: 30_050 },
      'hung',
      'no end within 30.1 s',
    ],
    [
      'one user more',
      { lines: ['users.create 10 !', 'users.create 60'], users: ['mia', 'mia-2'] },
      'duplicate',
      '2 users where the baseline has 1: mia, mia-2',
    ],
    [
      'many users more, and a failure',
      { lines: ['users.create 10 !'], users: ['a', 'b', 'c', 'd', 'e', 'f'], exitCode: 1 },
      'duplicate',
      '6 users where the baseline has 1: …, b, c, d, e, f',
    ],
    [
      'ten repeats within a second',
      { lines: ['users.create 0 !', ...every(99, 10)] },
      'passed',
      'users.create repeated 10 times',
    ],
    [
      'more of them',
      { lines: ['users.create 0 !', ...every(90, 11)] },
      'storm',
      '12 calls of users.create within a second',
    ],
    [
      'many, with pauses',
      { lines: ['users.create 0 !', ...every(200, 30)] },
      'passed',
      'users.create repeated 30 times',
    ],
    [
      'a storm without end',
      { lines: ['users.create 0 !', ...every(1, 5000)], isHung: true },
      'storm',
      '1001 calls of users.create within a second',
    ],
    [
      'a storm of other calls',
      { lines: ['users.create 0 !', ...every(1, 20).map((line) => line.replace('users.create', 'session.create'))] },
      'storm',
      '20 calls of session.create within a second',
    ],
    [
      'an early repeat despite Retry-After',
      { fault: '429', lines: ['users.create 10 !', 'users.create 40 !', 'users.create 1400'] },
      'storm',
      'repeated after 30 ms, although Retry-After asks for 1 s',
    ],
    [
      'a repeat when Retry-After allows it',
      { fault: '429', lines: ['users.create 10 !', 'users.create 1010'] },
      'passed',
      'users.create repeated once',
    ],
  ])('%s', (_name, { lines, fault = '503', users = ['mia'], ...rest }, verdict, detail) => {
    expect(judge(swept(fault), BASELINE, run(lines, { users, ...rest }))).toEqual({ verdict, detail });
  });

  test('calls that the baseline makes as quickly are no storm', () => {
    const lines = every(1, 20);
    const busy = run(lines, { users: ['mia'] });
    expect(judge(swept('503'), busy, run([`${lines[0]} !`, ...lines.slice(1)], { users: ['mia'] })).verdict).toBe(
      'passed',
    );
    expect(
      judge(
        swept('429'),
        busy,
        run(
          lines.map((line) => `${line} !`),
          { users: ['mia'] },
        ),
      ).verdict,
    ).toBe('passed');
  });
});

describe('cases', () => {
  const calls = callsOf('users.create', 'users.show', 'logout', 'users.create');
  const ids = (cases: readonly SweepCase[]) => cases.map(({ id }) => id);

  test('each fault at each call, where it can happen', () => {
    const all = ids(planCases(calls, 3));
    expect(all.filter((id) => id.startsWith('users.create#2/'))).toEqual(
      ['429', '503', 'reset', 'answer-lost', 'hang', 'truncated', 'html'].map((fault) => `users.create#2/${fault}`),
    );
    expect(all.filter((id) => id.startsWith('users.show#1/'))).toEqual(
      ['429', '503', 'session-ended', 'reset', 'hang', 'truncated', 'html'].map((fault) => `users.show#1/${fault}`),
    );
    expect(all).not.toContain('logout#1/truncated');
    expect(all).toHaveLength(7 + 7 + 6 + 7);
  });

  test('only the first calls of each operation', () => {
    expect(ids(planCases(calls, 1)).some((id) => id.startsWith('users.create#2'))).toBe(false);
  });

  test.each([
    ['users.create', 14],
    ['users.create#2', 7],
    ['hang', 4],
    ['users.*/hang', 3],
    ['users.create#1/answer-lost', 1],
    ['user', 0],
  ])('%s selects %i', (pattern, count) => {
    expect(selectCases(planCases(calls, 3), pattern)).toHaveLength(count);
  });

  test('two baselines differ by how often they call an operation', () => {
    expect(differences(run(['users.show', 'logout']), run(['logout', 'users.show']))).toEqual([]);
    expect(differences(run(['users.show', 'logout']), run(['users.show', 'users.show']))).toEqual([
      'users.show once, then 2 times',
      'logout once, then 0 times',
    ]);
  });
});

test.each([...SWEEP_FAULT_NAMES, ...VERDICTS])('the guide explains %s', (name) => {
  expect(readDocument('docs/guides/sweep.md')).toContain(`\n| \`${name}\` | `);
});

describe('reports', () => {
  const base = { ...swept('503'), detail: '', counts: false, duration: 1234, output: '' };
  const cases: CaseResult[] = [
    { ...base, verdict: 'passed' },
    { ...base, verdict: 'failed', detail: 'exit code 1', output: 'a <b> & "c" \u0000\u001b[31m\ud800' },
    {
      ...base,
      id: 'stub:GET /a|b#1/503',
      operation: 'stub:GET /a|b',
      verdict: 'hung',
      counts: true,
      detail: 'no <end>',
    },
  ];
  const report = {
    command: ['npm', 'test'],
    baseline: { calls: { a: 1 }, duration: 500 },
    differences: ['a once, then 2 times'],
    planned: 3,
    cases,
  };

  test('JUnit: failures count, other findings are skipped, and any output is well-formed', () => {
    const elements: unknown[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ name, attributes }) => elements.push([name, attributes]));
    let text = '';
    parser.on('text', (part) => {
      text += part.trim();
    });
    parser.write(junit(report)).close();
    expect(elements).toEqual([
      ['testsuites', {}],
      ['testsuite', { name: 'users-emulator sweep', tests: '3', failures: '1', skipped: '1', time: '4.202' }],
      ['testcase', { classname: 'users.create#1', name: '503', time: '1.234' }],
      ['testcase', { classname: 'users.create#1', name: '503', time: '1.234' }],
      ['skipped', { message: 'failed: exit code 1' }],
      ['system-out', {}],
      ['testcase', { classname: 'stub:GET /a|b#1', name: '503', time: '1.234' }],
      ['failure', { type: 'hung', message: 'no <end>' }],
    ]);
    expect(text).toBe('a <b> & "c" \ufffd\ufffd[31m\ufffd');
  });

  test('the summary of a step has the cases that did not pass, and what is not repeatable', () => {
    expect(markdown(report)).toBe(
      [
        '### users-emulator sweep',
        '',
        '3 cases: 1 passed, 1 failed, 1 hung',
        '',
        '| case | verdict | |',
        '|---|---|---|',
        '| users.create#1/503 | failed | exit code 1 |',
        '| stub:GET /a\\|b#1/503 | **hung** | no &lt;end> |',
        '',
        '- not repeatable: a once, then 2 times',
        '',
      ].join('\n'),
    );
  });

  test('lines of the table: aligned, in capitals if the case counts', () => {
    expect(cases.map((each) => caseLine(each, 20))).toEqual([
      'users.create#1/503    passed',
      'users.create#1/503    failed       exit code 1',
      'stub:GET /a|b#1/503   HUNG         no <end>',
    ]);
  });
});
