import type { Source } from '../model/evidence.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';

/** The evidence for the answers of a sandbox, or of a run. */
export interface RunEvidence {
  /** The number of behaviours of each level; `own` are faults, stubs and routes that aren't emulated, which prove nothing. */
  readonly levels: Readonly<Record<Source, number>>;
  /** The behaviours that answers rest on, the least certain first. */
  readonly items: readonly EvidenceItem[];
}

/** A behaviour that answers rest on. */
export interface EvidenceItem {
  /** `operation:users.create`, `error:taken`, `error:taken:login` (of one field), `setting:rate_limit`, `fault:login`, `stub:dialogs`. */
  readonly of: string;
  /** The dialect whose own error it is; undefined for an error that all share. */
  readonly dialect?: string | undefined;
  /** Its weakest evidence. */
  readonly level: Source;
  /** The pieces of evidence of this level. */
  readonly note: string;
  /** How many answers rest on it. */
  readonly count: number;
  readonly first_request: Pick<JournalEntry, 'id' | 'method' | 'path'>;
}

/** What counts of an error: its wording and its rule, or the rule alone, for tests that read no wordings. */
export type JudgedEvidence = 'wording' | 'rule';
