/** How much a journal holds. */
export interface JournalLimits {
  readonly entries: number;
  /** Of addresses, headers and bodies, about. */
  readonly bytes: number;
}

export const JOURNAL_LIMITS: JournalLimits = { entries: 1000, bytes: 16_000_000 };
