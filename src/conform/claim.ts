import type { Evidence } from '../model/evidence.ts';

/** A row of the tables, or the part of one that has evidence of its own, by the name that the evidence of a run has for it. */
export interface Claim {
  readonly of: string;
  readonly rule: readonly Evidence[];
  /** Of the text of an error. */
  readonly wording: readonly Evidence[];
}

/** The claim that a question is about: where the evidence doesn't speak of its field alone, that of the whole row. */
export function claimNamed(claims: ReadonlyMap<string, Claim>, of: string): Claim | undefined {
  return claims.get(of) ?? claims.get(of.replace(/:\w+$/, ''));
}
