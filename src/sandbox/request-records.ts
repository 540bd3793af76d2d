import { EvidenceCounts } from './evidence-counts.ts';
import type { JournalLimits } from './journal-limits.ts';
import { RequestJournal } from './request-journal.ts';
import { Warnings } from './warnings.ts';

/** The records of a sandbox's requests since its last reset. */
export class RequestRecords {
  readonly journal: RequestJournal;
  readonly warnings = new Warnings();
  /** The behaviours that the answers rest on. */
  readonly evidence = new EvidenceCounts();

  constructor(limits: JournalLimits) {
    this.journal = new RequestJournal(limits);
  }

  /** The sandbox's position before the oldest request that is still there. */
  get oldestPosition(): number | undefined {
    return this.journal.get(this.journal.first)?.position;
  }

  /** Adds later requests; their ids follow those that are there. */
  addAll({ journal, warnings, evidence }: RequestRecords): void {
    for (const id of journal.ids()) {
      const request = journal.get(id);
      if (request) this.journal.add(request);
    }
    this.warnings.addAll(warnings);
    this.evidence.addAll(evidence);
  }
}
