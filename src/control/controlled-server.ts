import type { Context } from '../core/context.ts';
import type { ErrorKey, ErrorRow } from '../model/errors.ts';
import type { Application, Session, Settings } from '../model/records.ts';
import type { Faults } from '../sandbox/faults.ts';
import type { RequestJournal } from '../sandbox/request-journal.ts';
import type { Warnings } from '../sandbox/warnings.ts';
import type { State } from '../store/state.ts';
import type { Clock } from '../support/clock.ts';
import type { Random } from '../support/random.ts';

/** A sandbox, as the control plane sees it. */
export interface World {
  readonly name: string;
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly journal: RequestJournal;
  readonly warnings: Warnings;
  /** Named snapshots: states that are never changed. */
  readonly snapshots: ReadonlyMap<string, State>;
  /** Called after every request of the emulated API: something may have changed. */
  readonly watchers: Set<() => void>;
  /** Removes what has ended. */
  removeExpired(): void;
  /** Keeps what has changed; undefined: nothing to wait for. */
  commit(): Promise<void> | undefined;
  contextOf(app: Application, session?: Session | null): Context;
  settingsOf(app: Application): Settings;
  reset(to: 'seed' | 'empty'): void;
  replaceState(state: State): void;
  saveSnapshot(name: string): void;
  /** @returns false when there is none of this name */
  deleteSnapshot(name: string): boolean;
}

/** The whole emulator, as the control plane sees it. */
export interface ControlledServer {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly httpsUrl: string;
  /** Names of the dialects; the first is the default. */
  readonly dialects: readonly string[];
  /** The id of the application that calls are about when they name none, while it is there. */
  readonly defaultApplication: number;
  /** The request headers that say who calls, by dialect. */
  readonly credentials: readonly {
    readonly dialect: string;
    readonly token: string;
    readonly authKey: string | undefined;
  }[];
  /** The errors that a dialect has otherwise than the catalogue. */
  errorsOf(dialect: string): Readonly<Partial<Record<ErrorKey, ErrorRow>>>;
  sandboxNames(): string[];
  /** @returns false when there is none of this name */
  deleteSandbox(name: string): Promise<boolean>;
  /** The certificate authority's certificate, PEM. */
  ca(): Promise<string>;
}
