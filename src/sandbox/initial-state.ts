import type { Dialect } from '../dialects/dialect.ts';
import type { FixtureOptions } from '../fixtures/load.ts';
import type { Settings } from '../model/records.ts';
import type { State } from '../store/state.ts';
import type { EvidenceCounts } from './evidence-counts.ts';
import type { FaultInput } from './faults.ts';
import type { JournalLimits } from './journal-limits.ts';
import type { MailRelay } from './mail-relay.ts';
import type { Warnings } from './warnings.ts';

/** The state with which every sandbox starts, and to which a reset returns: the seed and the start options. */
export interface InitialState {
  /** Never changes: sandboxes take forks of it. */
  readonly seed: State;
  /** The applications of the seed, without their users. */
  readonly empty: State;
  /** `--freeze-time`: ms. */
  readonly frozenAt: number | undefined;
  /** `--deterministic`: the seed of ids and tokens. */
  readonly randomSeed: string | undefined;
  /** `--fault` */
  readonly faults: readonly FaultInput[];
  /** The id of the application that control operations address by default: the seed's only one, or a built-in one. */
  readonly defaultApplication: number;
  /** `--any-app`: unknown applications are registered on first use, each with a copy of the seed's users. */
  readonly anyApp: boolean;
  /** `--set`, for applications that `--any-app` registers. */
  readonly newApplicationSettings: Partial<Settings>;
  /** Applies `--app`, `--set` and `--stub` to a state that was read from disk, or that runs while `--watch` reads them again. */
  readonly configure: (state: State) => void;
  /** Dialects with the rows of `--learned`, by name. */
  readonly learned: ReadonlyMap<string, Dialect>;
  /** How data files are read. */
  readonly fixtures: FixtureOptions;
  /** `--journal` */
  readonly journal: JournalLimits;
  /** `--smtp` */
  readonly relay: MailRelay | undefined;
  /** Collects the warnings from before resets and of deleted sandboxes, for the summary at the end. */
  readonly warnings: Warnings;
  /** The same for the evidence of answers. */
  readonly evidence: EvidenceCounts;
}
