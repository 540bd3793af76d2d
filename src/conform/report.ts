// The lines of `conform`.

import { errorEvidenceText, evidenceText } from '../model/evidence.ts';
import { cut, printable } from '../support/printable.ts';
import { redact, redactQuery } from '../support/secrets.ts';
import type { Call } from './calls.ts';
import type { Claim } from './claim.ts';
import type { Difference } from './compare.ts';
import type { Conformance, Finding, PlannedCall } from './conform.ts';
import { nameOf, type Outcome } from './verdict.ts';

/** @param claims those of the dialect, by name */
export function findingLine(finding: Finding, claims: ReadonlyMap<string, Claim>): string {
  const { of } = finding;
  switch (finding.kind) {
    case 'misplaced':
      return line('not asked', `${of}: ${finding.reason}`);
    case 'refused':
      return line(
        'differs',
        `${of}: the service refuses their fields with ${statusAndError(finding.answer)}, so they only have a login, an email and a password`,
      );
    case 'open':
      return line('not asked', `${of}: ${finding.reason}${guessNote(finding.guesses)}`);
    case 'setting': {
      const { ours, theirs } = finding;
      if (ours === theirs) return line('agrees', `${of}: ${ours}`);
      return line('differs', `${of}: the service has ${theirs}, the default is ${ours}`);
    }
    case 'row':
      return outcomeLine(finding, claims.get(of));
  }
}

function outcomeLine(outcome: Outcome, claim: Claim | undefined): string {
  const { of, probe, differences, guesses, theirs } = outcome;
  const name = nameOf(probe);
  const refuted = guesses.filter(({ isConfirmed }) => !isConfirmed).map(({ text }) => text);
  const confirmed = guesses.filter(({ isConfirmed }) => isConfirmed).map(({ text }) => text);
  if (differences.length === 0 && refuted.length > 0)
    return line('refuted', `${name}: the answer differs as those before about this row do${guessNote(refuted)}`);
  if (differences.length > 0) {
    const rest = confirmed.length > 0 ? `; confirmed${guessNote(confirmed)}` : '';
    return line(
      refuted.length > 0 ? 'refuted' : 'differs',
      `${name}: ${described(differences, outcome)}${guessNote(refuted)}${rest}`,
    );
  }
  if (confirmed.length > 0) {
    const answer = theirs.status >= 400 ? `: the service says ${statusAndError(theirs)}` : '';
    return line('confirmed', `${name}${answer}${guessNote(confirmed)}`);
  }
  // a variant is about more than the evidence of its row
  return line('agrees', claim && name === of ? `${name} (${evidenceOf(claim)})` : name);
}

/** The lines stand below each other. */
function line(word: string, text: string): string {
  return `${word.padEnd(10)} ${text}`;
}

function guessNote(guesses: readonly string[]): string {
  return guesses.length > 0 ? ` (guess: ${guesses.join('; ')})` : '';
}

function evidenceOf({ rule, wording }: Claim): string {
  return wording.length > 0 ? errorEvidenceText({ rule, wording }) : evidenceText(rule);
}

/** The parts of a difference that the whole answer of an error shows. */
const OF_ERROR: readonly string[] = ['status', 'shape', 'text', 'body'];

function described(differences: readonly Difference[], { ours, theirs }: Outcome): string {
  const isError = ours.status >= 400 || theirs.status >= 400 || theirs.status === 0;
  const isShown = ({ part }: Difference) => isError && OF_ERROR.includes(part);
  const said = theirs.status === 0 ? 'closes the connection' : `says ${statusAndError(theirs)}`;
  return [
    ...(differences.some(isShown) ? [`the service ${said}, the emulator ${statusAndError(ours)}`] : []),
    ...differences.filter((each) => !isShown(each)).map(describedPart),
  ].join('; ');
}

/** The bodies of successes are not shown: they have values of the service. */
function statusAndError({ status, text }: Outcome['ours']): string {
  return `${status} ${status >= 400 ? text.replace(/\s*\n\s*/g, '') : ''}`.trimEnd();
}

function describedPart({ part, ours, theirs }: Difference): string {
  if (part === 'body') return `body: the service has ${kindOf(theirs)}, the emulator ${kindOf(ours)}`;
  if (!part.startsWith('keys of ')) return `${part}: the service has ${theirs}, the emulator ${ours}`;
  const [own, other] = [ours.split(','), theirs.split(',')];
  const lacking = own.filter((key) => !other.includes(key)).join(', ');
  const additional = other.filter((key) => !own.includes(key)).join(', ');
  if (lacking && additional) return `${part}: the service lacks ${lacking}, and has ${additional} instead`;
  if (lacking) return `${part}: the service lacks ${lacking}`;
  return additional
    ? `${part}: the service also has ${additional}`
    : `${part}: the service has them in the order ${theirs}`;
}

/** A body without the values in it. @param json its text as JSON */
function kindOf(json: string): string {
  if (/^"\s*(null)?\s*"$/.test(json)) return json;
  return /^"\s*[[{]/.test(json) ? 'JSON' : /^"\s*</.test(json) ? 'markup' : 'a text';
}

/** The last lines of a run. */
export function summaryOf({ questions, rows, differing, settings, file: { guesses } }: Conformance): string {
  const ofSettings = settings === 0 ? '' : `; settings that differ: ${settings}`;
  const { confirmed, refuted, open } = guesses;
  return (
    `\n${questions} questions about ${rows} rows: ${rows - differing} agree, ${differing} differ${ofSettings}\n` +
    `guesses: ${confirmed.length} confirmed, ${refuted.length} refuted, ${open.length} not asked\n`
  );
}

/** The calls of a run, one a line, each with the name of its question. */
export function plannedLines(calls: readonly PlannedCall[], readOnly: boolean): string {
  const lines = calls.map(({ name, call }) => `${name.padEnd(40)} ${callText(call)}`);
  const users = readOnly ? '' : ', and signs up, logs in and deletes the users of these calls, whose ids are 0 here';
  lines.push(
    '',
    `These are all questions: which of them it sends depends on the application's settings. Besides, it opens sessions${users}.`,
  );
  return lines.map((each) => `${printable(each)}\n`).join('');
}

function callText({ method, path, params, raw, format }: Call): string {
  const suffix = format === 'xml' ? '.xml' : '';
  const isForm = raw?.type === 'application/x-www-form-urlencoded';
  const sent = isForm
    ? redactQuery(`?${raw.text}`).slice(1)
    : (raw?.text ?? (params && JSON.stringify(redact(params))));
  return `${method} ${path}${suffix} ${cut(sent ?? '', 160)}`.trimEnd();
}
