import { type Evidence, type Source, WEAKEST_FIRST, weakestSource } from '../model/evidence.ts';
import type { Behaviour } from '../sandbox/behaviours.ts';
import type { EvidenceCounts, FirstRequest } from '../sandbox/evidence-counts.ts';

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
  readonly first_request: FirstRequest;
}

/** What counts of an error: its wording and its rule, or the rule alone, for tests that read no wordings. */
export type JudgedEvidence = 'wording' | 'rule';

/** Whether a level is as weak as a limit, or weaker. */
export function isAsWeak(level: Source, limit: Source): boolean {
  return WEAKEST_FIRST.indexOf(level) <= WEAKEST_FIRST.indexOf(limit);
}

/** The counts of a sandbox as they are shown. */
export function presentEvidence(counts: EvidenceCounts, judged: JudgedEvidence): RunEvidence {
  const items = counts.list().map(({ behaviour, count, first }): EvidenceItem => {
    const { of, dialect } = behaviour;
    return { of, ...(dialect !== undefined && { dialect }), ...judge(behaviour, judged), count, first_request: first };
  });
  // sorting is stable: those of a level stay in the order of their first requests
  items.sort((a, b) => WEAKEST_FIRST.indexOf(a.level) - WEAKEST_FIRST.indexOf(b.level));
  const levels = { doc: 0, log: 0, sdk: 0, guess: 0, own: 0 };
  for (const { level } of items) levels[level]++;
  return { levels, items };
}

/** The level of a behaviour, with the notes that put it there. */
function judge({ evidence, wording }: Behaviour, judged: JudgedEvidence): Pick<EvidenceItem, 'level' | 'note'> {
  const counted = judged === 'rule' ? evidence : [...evidence, ...wording];
  const level = weakestSource(counted);
  const ofRule = notesOf(evidence, level);
  const ofWording = judged === 'rule' ? '' : notesOf(wording, level);
  if (ofWording === '' || ofWording === ofRule) return { level, note: ofRule };
  return { level, note: [ofRule, `wording: ${ofWording}`].filter(Boolean).join('; ') };
}

function notesOf(evidence: readonly Evidence[], level: Source): string {
  return evidence
    .filter(({ source }) => source === level)
    .map(({ note }) => note)
    .join('; ');
}
