import type { Dialect } from '../dialects/dialect.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Answer, Probe } from './calls.ts';
import type { Claim } from './claim.ts';
import { type Difference, isOfHeader, NO_ANSWER, textsIn } from './compare.ts';
import { NEVER_SETTLED } from './probes.ts';

/** A question with the answers of both. */
export interface Outcome {
  /** The name of its claim. */
  readonly of: string;
  readonly probe: Probe;
  readonly ours: Answer;
  readonly theirs: Answer;
  /** Without those that an earlier question about its row has found. */
  readonly differences: readonly Difference[];
  /** The guesses that it has settled. */
  readonly guesses: readonly Guess[];
  /** It is the first question about its row: what was found out changes the row. */
  readonly teaches: boolean;
}

/** The row that a claim is about: `error:taken` of `error:taken:login`, `operation:login` of each of its routes. */
export function rowOf(of: string): string {
  return of.replace(/ \(.*/, '').split(':').slice(0, 2).join(':');
}

/** The name of a question for people: that of its row, and its variant. */
export function nameOf({ of, variant }: Pick<Probe, 'of' | 'variant'>): string {
  return variant === undefined ? of : `${of} (${variant})`;
}

/** A guess that an answer has confirmed or refuted. */
export interface Guess {
  /** `status and shape`, `wording: unrecorded`, `an order needs no type`. */
  readonly text: string;
  readonly isConfirmed: boolean;
}

/**
 * The guesses that an answer settles: the question's own, and those of the evidence.
 * @param claim undefined: an earlier question has settled its guesses
 * @param found all differences between the answers; those that an earlier question about the row has found don't touch the question's own
 */
export function settle(
  probe: Probe,
  claim: Claim | undefined,
  dialect: Dialect,
  found: { readonly all: readonly Difference[]; readonly added: readonly Difference[] },
): Guess[] {
  const own = ownGuess(probe, dialect);
  const isRight = {
    rule: found.all.every((each) => each.part === 'text' || isOfHeader(each)),
    wording: isWordingRight(found.all),
  };
  const isOwnRight = found.added.every(
    (each) => isOfHeader(each) && !probe.headers?.some((name) => each.part.endsWith(name)),
  );
  return [
    ...(own === undefined ? [] : [{ text: own, isConfirmed: isOwnRight }]),
    ...partsOf(claim, isRight.rule === isRight.wording).map(({ text, part }) => ({ text, isConfirmed: isRight[part] })),
  ];
}

/** The guess of a question itself, where it is one. */
export function ownGuess({ guess, guessIf }: Probe, dialect: Dialect): string | undefined {
  return guessIf?.(dialect) === false ? undefined : guess;
}

/** The guesses of a claim's evidence. */
export function guessesOf(claim: Claim): string[] {
  return partsOf(claim, true).map(({ text }) => text);
}

/** @param joined a guess of both rule and wording is listed once */
function partsOf(claim: Claim | undefined, joined: boolean): { text: string; part: 'rule' | 'wording' }[] {
  const rule = guessesIn(claim?.rule);
  const wording = guessesIn(claim?.wording).filter((text) => !joined || !rule.includes(text));
  return [
    ...rule.map((text) => ({ text: wording.includes(text) ? `rule: ${text}` : text, part: 'rule' as const })),
    ...wording.map((text) => ({ text: `wording: ${text}`, part: 'wording' as const })),
  ];
}

function guessesIn(evidence: readonly Evidence[] = []): string[] {
  return evidence.filter(({ source, note }) => source === 'guess' && !(note in NEVER_SETTLED)).map(({ note }) => note);
}

function isWordingRight(differences: readonly Difference[]): boolean {
  return differences.every(({ part, ours, theirs }) => {
    if (part === 'body' || theirs === NO_ANSWER) return false;
    if (part !== 'shape' && part !== 'text') return true;
    return textsIn(JSON.parse(ours)).join('\n') === textsIn(JSON.parse(theirs)).join('\n');
  });
}
