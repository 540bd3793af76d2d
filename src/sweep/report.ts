import { counted } from '../support/counted.ts';
import { html } from '../support/html.ts';
import { printable } from '../support/printable.ts';
import type { SweepCase } from './cases.ts';
import { type Judgement, seconds, VERDICTS, type Verdict } from './verdict.ts';

/** The result of one case. */
export interface CaseResult extends SweepCase, Judgement {
  /** It makes the sweep fail. */
  readonly counts: boolean;
  /** ms */
  readonly duration: number;
  /** The last part of the command's output; empty if it passed. */
  readonly output: string;
}

/** The result of a sweep. */
export interface SweepReport {
  readonly command: readonly string[];
  /** The baseline: how often each operation was called, and how long (ms) it took. */
  readonly baseline: { readonly calls: Readonly<Record<string, number>>; readonly duration: number };
  /** How two baselines differed, in words; empty: the command is repeatable. */
  readonly differences: readonly string[];
  /** The number of planned cases. */
  readonly planned: number;
  /** Those that were run: fewer, if the sweep was interrupted. */
  readonly cases: readonly CaseResult[];
}

/** One line of the table. @param width that of the longest id @param emphasize colours the verdict */
export function caseLine(
  { id, verdict, counts, detail }: CaseResult,
  width: number,
  emphasize: (text: string, verdict: 'bad' | 'good') => string = (text) => text,
): string {
  const shown = counts ? verdict.toUpperCase() : verdict;
  const painted = counts ? emphasize(shown, 'bad') : verdict === 'passed' ? emphasize(shown, 'good') : shown;
  const end = detail && `${' '.repeat(11 - shown.length)}  ${printable(detail, 500)}`;
  return `${printable(id).padEnd(width)}  ${painted}${end}`;
}

/** `42 cases: 39 passed, 2 failed, 1 hung` */
export function totals(cases: readonly CaseResult[]): string {
  const parts = countVerdicts(cases);
  return `${counted(cases.length, 'case')}${parts.length > 0 ? ': ' : ''}${parts.join(', ')}`;
}

/** The failures that don't make the sweep fail: `not counted: 2 failed`; empty: there are none. */
export function notCounted(cases: readonly CaseResult[]): string {
  const parts = countVerdicts(cases.filter((each) => isSkipped(each)));
  return parts.length > 0 ? `not counted: ${parts.join(', ')}; with --expect passed, the sweep fails` : '';
}

/** `39 passed`, `2 failed`: the best first. */
function countVerdicts(cases: readonly CaseResult[]): string[] {
  const counts = VERDICTS.map((verdict): [Verdict, number] => [
    verdict,
    cases.filter((each) => each.verdict === verdict).length,
  ]);
  return counts
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .reverse();
}

/** A JUnit file. Characters that XML can't contain are replaced. */
export function junit({ cases, baseline }: SweepReport): string {
  const failures = cases.filter(({ counts }) => counts).length;
  const skipped = cases.filter((each) => isSkipped(each)).length;
  const time = ((baseline.duration + cases.reduce((sum, { duration }) => sum + duration, 0)) / 1000).toFixed(3);
  const rows = cases.map((each) => {
    const { operation, nth, fault, verdict, detail, counts, duration, output } = each;
    const text = xmlText(detail);
    const outcome = counts
      ? html`<failure type="${verdict}" message="${text}"/>`
      : isSkipped(each)
        ? html`<skipped message="${`${verdict}: ${text}`}"/>`
        : '';
    const name = xmlText(`${operation}#${nth}`);
    return html`  <testcase classname="${name}" name="${fault}" time="${(duration / 1000).toFixed(3)}">${outcome}${output && html`<system-out>${xmlText(output)}</system-out>`}</testcase>
`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="users-emulator sweep" tests="${cases.length}" failures="${failures}" skipped="${skipped}" time="${time}">\n${rows.join('')}</testsuite>\n</testsuites>\n`;
}

function isSkipped({ counts, verdict }: CaseResult): boolean {
  return !counts && verdict !== 'passed';
}

function xmlText(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** A section for the summary of a step in GitHub Actions: the totals, and the cases that didn't pass. */
export function markdown(report: SweepReport): string {
  const rows = report.cases
    .filter(({ verdict }) => verdict !== 'passed')
    .map(({ id, verdict, counts, detail }) => {
      const cells = [id, counts ? `**${verdict}**` : verdict, detail];
      return `| ${cells.map((cell) => printable(cell, 500).replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
    });
  const lines = rows.length === 0 ? [] : ['', '| case | verdict | |', '|---|---|---|', ...rows];
  const notes = report.differences.map((difference) => `- not repeatable: ${difference}`);
  return [
    '### users-emulator sweep',
    '',
    totals(report.cases),
    ...lines,
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n');
}

/** The first line of the report: what the baseline has called. */
export function baselineLine({ baseline, planned }: Pick<SweepReport, 'baseline' | 'planned'>): string {
  const calls = Object.entries(baseline.calls).map(([operation, count]) =>
    count === 1 ? operation : `${operation} ×${count}`,
  );
  return `baseline: ${calls.join(', ')} in ${seconds(baseline.duration)}; ${counted(planned, 'case')}`;
}
