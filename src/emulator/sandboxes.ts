import { ControlError } from '../control/control-error.ts';
import { CONTROL_PATH, isSandboxName, sandboxNameProblem } from '../model/addresses.ts';
import { DataFiles } from '../persistence/data-files.ts';
import { DataError } from '../persistence/disk.ts';
import { EvidenceCounts } from '../sandbox/evidence-counts.ts';
import type { InitialState } from '../sandbox/initial-state.ts';
import { Sandbox } from '../sandbox/sandbox.ts';
import { type Warning, Warnings } from '../sandbox/warnings.ts';
import { messageOf } from '../support/errors.ts';

/** A client that creates more sandboxes than this never deletes them. */
const MAX_SANDBOXES = 10_000;

/** The emulator's sandboxes with their data files. The emulator's own sandbox has the empty name. */
export class Sandboxes {
  readonly #initial: InitialState;
  readonly #sandboxes = new Map<string, Sandbox>();
  /** Sandboxes whose data files are being read. */
  readonly #opening = new Map<string, Promise<Sandbox>>();
  readonly #deleting = new Map<string, Promise<void>>();
  readonly #onDelete: (name: string) => void;
  #data: DataFiles | undefined;

  /** @param onDelete called with the name of a sandbox that has been deleted */
  constructor(initial: InitialState, onDelete: (name: string) => void = () => {}) {
    this.#initial = initial;
    this.#onDelete = onDelete;
  }

  /**
   * Locks the data files, and reads the emulator's own.
   * @param file of `--data`
   * @param upToDate whether people read and edit the files meanwhile
   * @param warn called with problems that the emulator can go on with
   * @throws DataError when the file is in use, or can't be read
   */
  async openData(file: string, upToDate: boolean, warn: (text: string) => void): Promise<void> {
    this.#data = await DataFiles.open(file, { fixtures: this.#initial.fixtures, upToDate, warn });
    await this.open('');
  }

  /**
   * Writes the emulator's own data file, if it is new or the options change it. So a start fails if it can't be written, and not the
   * first change.
   * @throws DataError
   */
  async writeData(): Promise<void> {
    if (!this.#data) return;
    const own = await this.open('');
    try {
      await (this.#data.has('') ? own.commit() : own.writeInitial());
    } catch (error) {
      throw new DataError(messageOf(error));
    }
  }

  /** Writes everything to the data files, and unlocks them. @param write false: leaves them as they are */
  async close(write = true): Promise<void> {
    const data = this.#data;
    this.#data = undefined;
    if (!data) return;
    await Promise.allSettled(this.#opening.values());
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.close(write)));
    data.close();
  }

  /** The open sandboxes. */
  opened(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  /** A sandbox that is open. */
  get(name: string): Sandbox | undefined {
    return this.#sandboxes.get(name);
  }

  /** The open sandbox with a session of this token, if there is exactly one: sandboxes of the same seed may repeat each other's. */
  ofToken(token: string): Sandbox | undefined {
    const [found, another] = [...this.#sandboxes.values()].filter(({ state }) => state.sessions.get(token));
    return another ? undefined : found;
  }

  /** A sandbox by name, created on first use, from its data file if it has one. @throws ControlError 400, 429, 503 */
  async open(name: string): Promise<Sandbox> {
    const known = this.#sandboxes.get(name) ?? this.#opening.get(name);
    if (known) return known;
    if (name !== '') this.#checkNew(name);
    const opening = this.#create(name);
    this.#opening.set(name, opening);
    return opening;
  }

  /**
   * A sandbox for one answer: the one of this name or, if there is none, one that is discarded afterwards. So requests that
   * match no route, or that any web page can send without CORS, create no sandboxes.
   * @throws ControlError 400, 429, 503
   */
  async visit(name: string): Promise<Sandbox> {
    if (name === '' || this.#exists(name)) return this.open(name);
    this.#checkNew(name);
    return new Sandbox(name, this.#initial);
  }

  async #create(name: string): Promise<Sandbox> {
    try {
      const content = { state: this.#initial.seed.fork(), snapshots: new Map() };
      const sandbox = new Sandbox(name, this.#initial, await this.#data?.open(name, content));
      this.#sandboxes.set(name, sandbox);
      this.#announce(name, 'created');
      return sandbox;
    } catch (error) {
      // the other sandboxes go on; clients of this one learn what is wrong with its file
      if (error instanceof DataError && name !== '') throw new ControlError(503, error.message);
      throw error;
    } finally {
      this.#opening.delete(name);
    }
  }

  #checkNew(name: string): void {
    if (!isSandboxName(name)) throw new ControlError(400, sandboxNameProblem(name));
    const unnamed = this.#sandboxes.has('') || this.#opening.has('') ? 1 : 0;
    const named = this.#sandboxes.size + this.#opening.size - unnamed;
    if (named < MAX_SANDBOXES) return;
    throw new ControlError(
      429,
      `there are ${MAX_SANDBOXES} sandboxes: delete one with DELETE ${CONTROL_PATH}/sandboxes/{name}, or all without the name`,
    );
  }

  /** The names of the sandboxes in use and of those in data files. */
  names(): string[] {
    const names = new Set([...this.#sandboxes.keys(), ...(this.#data?.names() ?? [])]);
    names.delete('');
    return [...names];
  }

  /** Whether a named sandbox is in use or has a data file. */
  #exists(name: string): boolean {
    return isSandboxName(name) && (this.#sandboxes.has(name) || this.#data?.has(name) === true);
  }

  /** Deletes a sandbox and its data file. @returns false when there is none of this name */
  async delete(name: string): Promise<boolean> {
    for (let other = this.#deleting.get(name); other; other = this.#deleting.get(name)) await other.catch(() => {});
    if (!this.#exists(name)) return false;
    const deleting = this.#remove(name);
    this.#deleting.set(name, deleting);
    try {
      await deleting;
    } finally {
      this.#deleting.delete(name);
    }
    return true;
  }

  async #remove(name: string): Promise<void> {
    await this.#opening.get(name)?.catch(() => {});
    const sandbox = this.#sandboxes.get(name);
    try {
      await (sandbox ? sandbox.remove() : this.#data?.remove(name));
    } catch (error) {
      throw error instanceof DataError ? new ControlError(503, error.message) : error;
    }
    if (sandbox) {
      this.#initial.warnings.addAll(sandbox.requests.warnings);
      this.#initial.evidence.addAll(sandbox.requests.evidence);
      sandbox.events.close();
    }
    this.#sandboxes.delete(name);
    this.#announce(name, 'deleted');
    this.#onDelete(name);
  }

  /** Ends all readers of events. */
  endEvents(): void {
    for (const { events } of this.#sandboxes.values()) events.close();
  }

  /** Emits the event of a sandbox in all of them. */
  #announce(name: string, change: 'created' | 'deleted'): void {
    if (name === '') return;
    for (const { events } of this.#sandboxes.values()) events.emit('sandbox', { name, change });
  }

  /** Deletes all sandboxes but the emulator's own. @returns how many */
  async deleteAll(): Promise<number> {
    let count = 0;
    for (const name of this.names()) if (await this.delete(name)) count++;
    return count;
  }

  /** The warnings of all sandboxes since the start, deleted ones included. */
  warnings(): Warning[] {
    const all = new Warnings();
    all.addAll(this.#initial.warnings);
    for (const { requests } of this.#sandboxes.values()) all.addAll(requests.warnings);
    return all.list();
  }

  /** The behaviours that all answers since the start rest on, those of deleted sandboxes included. */
  evidence(): EvidenceCounts {
    const all = new EvidenceCounts();
    all.addAll(this.#initial.evidence);
    for (const { requests } of this.#sandboxes.values()) all.addAll(requests.evidence);
    return all;
  }
}
