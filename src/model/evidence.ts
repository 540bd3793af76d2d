/** Where knowledge of the services comes from, surest first. Where two disagree, the surer one wins. */
export type Source =
  /** The vendors' documents. */
  | 'doc'
  /** Answers of the real services, logged. */
  | 'log'
  /** Requests that the vendors' SDKs and samples send, and answers that they depend on. */
  | 'sdk'
  /** Nothing but analogy and plausibility. */
  | 'guess'
  /** Not the services' behaviour at all, but the emulator's own. */
  | 'own';

/**
 * One piece of evidence. The note says where to look and, when it carries only a part of a row, which part.
 *
 * - `doc`: page/section. `users`, `auth`, `faq` and `statuses` are pages of the current service's server API; `legacy-users`,
 *   `legacy-auth` and `legacy-errors` are its ancestor's.
 * - `log`: the public issue that quotes the answer, by repository and number, such as `flutter-samples#300`.
 * - `sdk`: the SDK or sample by its name.
 * - `guess`: what the guess follows.
 */
export interface Evidence {
  readonly source: Source;
  readonly note: string;
}

/** One piece of evidence, or several for different parts of a row: then the row is no surer than its weakest piece. */
export type EvidenceInput = Evidence | readonly Evidence[];

const from =
  (source: Source) =>
  (note: string): Evidence => ({ source, note });
export const doc = from('doc');
export const log = from('log');
export const sdk = from('sdk');
export const guess = from('guess');
export const own = from('own');

/** A list, also of a single piece. */
export function evidenceList(given: EvidenceInput): readonly Evidence[] {
  return 'source' in given ? [given] : given;
}

/** Evidence as one line: `doc: auth; log: flutter-samples#93, the body`. */
export function evidenceText(evidence: readonly Evidence[]): string {
  return evidence.map(({ source, note }) => `${source}: ${note}`).join('; ');
}
