import { type Evidence, type Source, WEAKEST_FIRST, weakestSource } from '../model/evidence.ts';
import type { Behaviour } from '../sandbox/behaviours.ts';
import type { EvidenceCounts } from '../sandbox/evidence-counts.ts';
import type { EvidenceItem, JudgedEvidence, RunEvidence } from './run-evidence.ts';

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
