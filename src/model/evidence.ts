/** Where knowledge of the services comes from, surest first. Where two disagree, the surer one wins. */
export const SOURCES = ['doc', 'log', 'sdk', 'guess', 'own'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * One piece of evidence. The note says where to look and, when it carries only a part of a row, which part.
 *
 * - `doc`: the vendors' documents, by page and section. `users`, `auth`, `faq` and `statuses` are pages of the current service's
 *   server API; `legacy-users`, `legacy-auth` and `legacy-errors` are its ancestor's; `later-users` and `later-auth` the ancestor's of 2019 and
 *   after; `help` its knowledge base, by the number of the article.
 * - `log`: answers of the real services, by the public issue that quotes them: repository (without the vendor's name) and number,
 *   such as `flutter-samples#300`; or whatever else recorded them.
 * - `sdk`: requests that the vendors' SDKs and samples send and answers that they depend on, by the name of the SDK or sample.
 * - `guess`: analogy and plausibility.
 * - `own`: not a behaviour of the services at all, but of the emulator.
 */
export interface Evidence {
  readonly source: Source;
  readonly note: string;
  /**
   * Set where it speaks of a part alone: the fields of an error, the uses of an operation. `others`: those that no other piece of
   * the row names.
   */
  readonly of?: readonly string[] | 'others';
}

/** One piece of evidence, or several for different parts of a row: then the row is no surer than its weakest piece. */
export type EvidenceInput = Evidence | readonly Evidence[];

const from =
  (source: Source) =>
  (note: string, of?: Evidence['of']): Evidence => ({ source, note, ...(of !== undefined && { of }) });
export const doc = from('doc');
export const log = from('log');
export const sdk = from('sdk');
export const guess = from('guess');
export const own = from('own');

/** A list, also of a single piece. */
export function evidenceList(given: EvidenceInput): readonly Evidence[] {
  return 'source' in given ? [given] : given;
}

/** The pieces that speak of a part of a row, such as one field. @param part undefined: of none in particular */
export function evidenceOfPart(evidence: readonly Evidence[], part: string | undefined): readonly Evidence[] {
  const isNamed = part !== undefined && namesPart(evidence, part);
  return evidence.filter(({ of }) => {
    if (of === undefined) return true;
    return of === 'others' ? !isNamed : part !== undefined && of.includes(part);
  });
}

/** Whether a piece speaks of this part by its name. */
export function namesPart(evidence: readonly Evidence[], part: string): boolean {
  return evidence.some(({ of }) => of !== undefined && of !== 'others' && of.includes(part));
}

/** The least certain first. `own` says nothing about the services: it counts where there is nothing else. */
export const WEAKEST_FIRST: readonly Source[] = ['guess', 'sdk', 'log', 'doc', 'own'];

/** The source of the weakest piece. */
export function weakestSource(evidence: readonly Evidence[]): Source {
  return WEAKEST_FIRST.find((each) => evidence.some(({ source }) => source === each)) ?? 'own';
}

/** Evidence of an error. Its rule and its wording are judged apart, since most clients never read the wording. */
export interface ErrorEvidence {
  /** When the error comes, its status and its shape. */
  readonly rule: readonly Evidence[];
  readonly wording: readonly Evidence[];
}

/** Evidence as one line: `doc: auth; log: flutter-samples#93, the body`. */
export function evidenceText(evidence: readonly Evidence[]): string {
  return evidence.map(({ source, note }) => `${source}: ${note}`).join('; ');
}

/** Evidence of an error as one line; where rule and wording have the same, it stands once. */
export function errorEvidenceText({ rule, wording }: ErrorEvidence): string {
  const [ofRule, ofWording] = [evidenceText(rule), evidenceText(wording)];
  return ofRule === ofWording ? ofRule : `rule ${ofRule}; wording ${ofWording}`;
}
