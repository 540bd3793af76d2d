import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { FailLevel } from '../config/evidence-options.ts';
import type { Config } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { isAsWeak } from '../control/present-evidence.ts';
import type { EvidenceItem, RunEvidence } from '../control/run-evidence.ts';
import { parseJson } from '../fixtures/parse-json.ts';
import { SOURCES, type Source } from '../model/evidence.ts';
import { reasonOf } from '../support/errors.ts';
import { printable } from '../support/printable.ts';
import { isObject } from '../support/values.ts';
import type { Io } from './io.ts';

/** The exit code of a run whose answers rest on weaker evidence than it accepts. */
const WEAK_EVIDENCE = 6;
/** How many behaviours the end of a run lists, and its GitHub summary. */
const MAX_LINES = 10;
const MAX_ROWS = 100;

/** A behaviour that a baseline accepts, at this level or a surer one. */
type Accepted = Pick<EvidenceItem, 'of' | 'level'> & { readonly dialect: string };

/**
 * Prepares the end of a run: reads the baseline.
 * @returns reports the evidence of the run, and returns the exit code, which is the command's unless that is 0 and the evidence is
 * too weak
 * @throws UsageError (exit code 4) when the baseline can't be used
 */
export function concludeEvidence(config: Config, io: Io): (evidence: RunEvidence, exitCode: number) => number {
  const { evidenceBaseline, evidenceOut, quiet, log } = config;
  const failOn = config.failOn ?? (evidenceBaseline === undefined ? undefined : 'guess');
  const accepted = evidenceBaseline === undefined ? [] : readBaseline(evidenceBaseline);
  return (evidence, exitCode) => {
    const weak = failOn === undefined ? [] : weakItems(evidence, failOn, accepted);
    if (!quiet && evidence.items.length > 0)
      io.stderr.write(log === 'json' ? `${JSON.stringify({ event: 'evidence', ...evidence })}\n` : summary(evidence));
    writeTo(evidenceOut, (file) => writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`), io);
    if (evidence.items.length > 0)
      writeTo(io.env.GITHUB_STEP_SUMMARY || undefined, (file) => appendFileSync(file, markdown(evidence)), io);
    if (weak.length === 0) return exitCode;
    const baseline = evidenceBaseline === undefined ? '' : `, which ${printable(evidenceBaseline)} lacks`;
    io.stderr.write(
      `users-emulator: --fail-on ${failOn}: the answers of this run rest on these behaviours${baseline}:\n${lines(weak)}`,
    );
    return exitCode === 0 ? WEAK_EVIDENCE : exitCode;
  };
}

function weakItems({ items }: RunEvidence, failOn: FailLevel, accepted: readonly Accepted[]): readonly EvidenceItem[] {
  return items.filter(
    ({ of, dialect = '', level }) =>
      isAsWeak(level, failOn) &&
      !accepted.some((each) => each.of === of && each.dialect === dialect && isAsWeak(each.level, level)),
  );
}

function summary({ levels, items }: RunEvidence): string {
  const parts = SOURCES.filter((source) => source !== 'own' && levels[source] > 0).map(
    (source) => `${levels[source]} ${source}`,
  );
  const own = items.filter(({ level }) => level === 'own').reduce((sum, { count }) => sum + count, 0);
  const rest = parts.length === 0 ? [] : [`the answers of this run rest on ${joined(parts)}`];
  const proven = own === 0 ? [] : [`${own} × a fault, a stub or 501, which prove nothing`];
  return `users-emulator: ${[...rest, ...proven].join('; ')}\n${lines(items.filter(({ level }) => level === 'guess'))}`;
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** A line for each behaviour, up to a bound. */
function lines(items: readonly EvidenceItem[]): string {
  const shown = items.slice(0, MAX_LINES).map((item) => {
    const { level, note, count, first_request: first } = item;
    return `  ${level.padEnd(5)}  ${nameOf(item)}, ${count} ×, first ${first.method} ${first.path}: ${note}`;
  });
  const more = items.length - shown.length;
  if (more > 0) shown.push(`  … and ${more} more (--evidence-out writes all of them)`);
  return shown.map((line) => `${printable(line)}\n`).join('');
}

function nameOf({ of, dialect }: EvidenceItem): string {
  return dialect === undefined ? of : `${of} (${dialect})`;
}

/** A table for the summary of a job. */
function markdown({ levels, items }: RunEvidence): string {
  const cell = (text: string) => printable(text).replaceAll('|', '\\|');
  const rows = items.slice(0, MAX_ROWS).map((item) => {
    const { level, note, count, first_request: first } = item;
    return `| ${level} | \`${cell(nameOf(item))}\` | ${count} | \`${cell(`${first.method} ${first.path}`)}\` | ${cell(note)} |`;
  });
  const more = items.length - rows.length;
  return [
    '### Evidence of the emulated answers',
    '',
    SOURCES.map((source) => `${levels[source]} ${source}`).join(', '),
    '',
    '| level | behaviour | answers | first request | evidence |',
    '|---|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `… and ${more} more`] : []),
    '',
    '',
  ].join('\n');
}

/** Writes a file, if one is wanted; a run doesn't fail because of it. */
function writeTo(file: string | undefined, write: (file: string) => void, io: Io): void {
  if (file === undefined) return;
  try {
    write(file);
  } catch (error) {
    io.stderr.write(`users-emulator: ${printable(file)} can't be written: ${reasonOf(error)}\n`);
  }
}

/** @throws UsageError (exit code 4) */
function readBaseline(file: string): Accepted[] {
  const hint = 'exec --evidence-out writes such a file';
  let content: unknown;
  try {
    content = parseJson(readFileSync(file));
  } catch (error) {
    throw new UsageError(`--evidence-baseline ${file} can't be read: ${reasonOf(error)} (${hint})`, 4);
  }
  const items = isObject(content) ? content.items : undefined;
  if (!Array.isArray(items)) throw new UsageError(`--evidence-baseline ${file}: must have a list 'items' (${hint})`, 4);
  return items.map((item: unknown, at) => {
    const { of, dialect = '', level } = isObject(item) ? item : {};
    const source = SOURCES.find((each): each is Source => each === level);
    if (typeof of === 'string' && typeof dialect === 'string' && source) return { of, dialect, level: source };
    throw new UsageError(
      `--evidence-baseline ${file}: items[${at}] must have 'of' and a 'level', one of ${SOURCES.join(', ')}`,
      4,
    );
  });
}
