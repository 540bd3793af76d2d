import type { ApplicationContext, CallerContext } from '../core/context.ts';
import { sweep } from '../core/sessions.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialectOf } from '../dialects/index.ts';
import type { Application, MailRecord, Session, Settings } from '../model/records.ts';
import { readRate } from '../model/settings.ts';
import type { PersistedState } from '../persistence/database.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { State, StateChange } from '../store/state.ts';
import { deleteLostFunctions } from '../store/stubs.ts';
import { Clock } from '../support/clock.ts';
import { createRandom, type Random } from '../support/random.ts';
import { announceChanges } from './changes.ts';
import { ChatConnections } from './chat-connections.ts';
import { EventFeed, type ResetCause } from './event-feed.ts';
import { type Fault, Faults } from './faults.ts';
import type { InitialState } from './initial-state.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { registerUnknown } from './register-unknown.ts';
import { RequestRecords } from './request-records.ts';
import { StateHistory } from './state-history.ts';

/** How often (ms) expired sessions are removed. Until then they are refused. */
const SWEEP_INTERVAL = 60_000;

/** One isolated world: a state with its own clock, random values, faults, request journal and warnings. */
export class Sandbox {
  readonly name: string;
  readonly clock = new Clock();
  /** Journal, warnings and evidence since the last reset. */
  requests: RequestRecords;
  readonly events = new EventFeed();
  readonly history: StateHistory;
  readonly chatConnections = new ChatConnections(() => this.#endStaleChat());
  readonly #initial: InitialState;
  readonly #persistence: Persistence | undefined;
  readonly #content: PersistedState;
  readonly #settings = new WeakMap<object, Settings>();
  random: Random;
  faults: Faults;
  #limiter = new RateLimiter();
  #nonces = new Set<string>();
  #sweepAt = 0;
  #stubIds = 0;
  readonly #sendMail = (mail: MailRecord) => {
    this.state.mails.put(mail);
    this.#initial.relay?.(mail);
  };

  /**
   * Starts with the stored content, if there is any, otherwise with the seed. Applications, users, sessions, mails and snapshots
   * are stored; clock, faults and request journal belong to a run and start again.
   * @param persistence opened with a fork of the seed as its initial content
   */
  constructor(name: string, initial: InitialState, persistence?: Persistence) {
    this.name = name;
    this.requests = new RequestRecords(initial.journal);
    this.history = new StateHistory(() => this.requests.oldestPosition ?? this.history.position);
    this.#initial = initial;
    this.#persistence = persistence;
    this.#content = persistence?.content ?? { state: initial.seed.fork(), snapshots: new Map() };
    const [stored, { randomSeed }] = [persistence?.storedVersion, initial];
    // not the sequence that the stored tokens came from: it would repeat them
    this.random = createRandom(stored && randomSeed ? `${randomSeed} ${stored}` : randomSeed);
    this.faults = this.#newFaults();
    if (stored !== undefined) {
      deleteLostFunctions(this.state);
      initial.configure(this.state);
    }
    this.state.observer = this.history.observe;
    this.#applyStartOptions();
  }

  get state(): State {
    return this.#content.state;
  }

  get snapshots(): ReadonlyMap<string, State> {
    return this.#content.snapshots;
  }

  /**
   * Returns to the seed, or to no users, with an empty journal. Requests that come before that is stored are the first ones after the
   * reset. Then clock and faults start again, except faults that were added and a clock that was moved meanwhile. Rejects as `commit` does.
   */
  async reset(to: 'seed' | 'empty'): Promise<void> {
    const [known, { changes }] = [this.faults.list().map(({ id }) => id), this.clock];
    this.history.recordReplacement(this.state);
    this.#replace((content) => {
      content.state = this.#initial[to].fork();
    });
    const [before, replaced] = [this.requests, this.history.position];
    this.requests = new RequestRecords(this.#initial.journal);
    const stored = this.commit();
    if (stored)
      await stored.catch((error) => {
        before.addAll(this.requests);
        this.requests = before;
        throw error;
      });
    this.#initial.warnings.addAll(before.warnings);
    this.#initial.evidence.addAll(before.evidence);
    this.random = createRandom(this.#initial.randomSeed);
    this.faults = this.#newFaults(this.faults.list().filter(({ id }) => !known.includes(id)));
    this.#stubIds = 0;
    this.#stateReplaced('reset');
    this.history.forgetBefore(replaced);
    this.#applyStartOptions(this.clock.changes !== changes);
  }

  /** Saves the state under a name, as it is now. */
  saveSnapshot(name: string): void {
    this.#replace(({ snapshots, state }) => snapshots.set(name, state.fork()));
    this.events.emit('snapshot', { name, change: 'saved' });
  }

  deleteSnapshot(name: string): void {
    this.#replace(({ snapshots }) => snapshots.delete(name));
    this.events.emit('snapshot', { name, change: 'deleted' });
  }

  /** Puts another state in the place of this one, all of it, and other snapshots if there are any. */
  replaceState(state: State, cause: ResetCause, snapshots?: ReadonlyMap<string, State>): void {
    this.history.recordReplacement(this.state);
    this.#replace((content) => {
      content.state = state;
      if (snapshots) content.snapshots = new Map(snapshots);
    });
    this.#stateReplaced(cause);
  }

  /** Takes in the data file if another program has edited it: see `Persistence`. @throws DataError */
  takeInEdit() {
    return this.#persistence?.takeInEdit(({ state, snapshots }) => {
      this.replaceState(state, 'import', snapshots);
      this.#initial.configure(this.state);
    });
  }

  /** Makes the state again what it was at a position. @returns false when that is too far back */
  rewind(position: number): boolean {
    const state = this.history.undoTo(position, this.state);
    if (!state) return false;
    if (state === this.state) this.#stateReplaced('rewind');
    else this.replaceState(state, 'rewind');
    return true;
  }

  #stateReplaced(cause: ResetCause): void {
    this.#limiter = new RateLimiter();
    this.#nonces = new Set();
    this.#sweepAt = 0;
    this.history.take();
    this.events.emit('reset', { cause });
  }

  #replace(change: (content: PersistedState) => void): void {
    if (this.#persistence) this.#persistence.replaceAll(change);
    else change(this.#content);
    this.state.observer = this.history.observe;
  }

  #applyStartOptions(keepClock = false): void {
    const { frozenAt, faults } = this.#initial;
    if (!keepClock) this.clock.reset();
    if (!keepClock && frozenAt !== undefined) this.clock.freeze(frozenAt);
    for (const fault of faults) this.faults.add(fault);
  }

  /** One application's world, as it is now. */
  contextOf(app: Application): ApplicationContext {
    return this.#contextOf(app, null, undefined);
  }

  /** The same for a call with a session of the application, or (null) with its API key. */
  callerContextOf<S extends Session | null>(
    app: Application,
    session: S,
    resetPageUrl: CallerContext['resetPageUrl'],
  ): CallerContext & { readonly session: S } {
    return this.#contextOf(app, session, resetPageUrl);
  }

  /** One literal for both: to spread one context into the other would more than double the time of a GET in the pipeline (measured). */
  #contextOf<S extends Session | null, R>(app: Application, session: S, resetPageUrl: R) {
    const users = this.state.users(app.id);
    return {
      state: this.state,
      app,
      users,
      settings: this.settingsOf(app),
      rules: this.dialectOf(app.dialect).rules,
      clock: this.clock,
      random: this.random,
      nonces: this.#nonces,
      chatConnections: this.chatConnections,
      sendMail: this.#sendMail,
      session,
      user: session?.user_id != null ? (users.get(session.user_id) ?? null) : null,
      resetPageUrl,
    };
  }

  /** A dialect by its name, with the rows of `--learned`. */
  dialectOf(name: string): Dialect {
    return this.#initial.learned.get(name) ?? dialectOf(name);
  }

  /** The settings in force: the application's own over its dialect's defaults. */
  settingsOf(app: Application): Settings {
    let settings = this.#settings.get(app.settings);
    if (!settings) {
      settings = { ...this.dialectOf(app.dialect).settings, ...app.settings };
      this.#settings.set(app.settings, settings);
    }
    return settings;
  }

  /** The next number for `{{id}}` in the answers of stubs. */
  nextStubId(): number {
    return ++this.#stubIds;
  }

  /** Counts a request of an application against `rate_limit`. @returns 0, or the seconds until the next one is allowed */
  throttle(app: Application): number {
    const { rate_limit } = this.settingsOf(app);
    const rate = rate_limit === 'off' ? undefined : readRate(rate_limit);
    return rate ? this.#limiter.take(app.id, rate, this.clock.now()) : 0;
  }

  /** Adds a request to the journal, and emits its events. */
  recordRequest(recorded: RecordedRequest): void {
    const id = this.requests.journal.add(recorded);
    this.requests.evidence.add(id, recorded);
    if (!this.events.active) return;
    this.events.emit('request', id);
    announceChanges(this.events, recorded.changes, id);
  }

  /** Emits the events of changes that no request has made. */
  announce(changes: readonly StateChange[]): void {
    announceChanges(this.events, changes, null);
  }

  #newFaults(kept: readonly Fault[] = []): Faults {
    return new Faults(this.random, (id, change) => this.events.emit('fault', { id, change }), kept);
  }

  /**
   * Stores what has changed. Must be called in the same turn of the event loop as the change.
   * @returns undefined when there is nothing to wait for; rejects when the changes could not be stored and were rolled back
   */
  commit(): Promise<void> | undefined {
    if (this.chatConnections.size > 0) this.#endStaleChat();
    return this.#persistence?.commit();
  }

  /** Stores everything, even if nothing has changed yet. */
  writeInitial(): Promise<void> | undefined {
    return this.#persistence?.rewrite();
  }

  /** Stores everything and closes the files. @param write false: without what is not stored */
  async close(write = true): Promise<void> {
    await this.#persistence?.close(write);
  }

  #endStaleChat(): void {
    this.chatConnections.endStale(this.state, this.clock.now());
  }

  /** Ends the chat's connections, and removes the files. */
  async remove(): Promise<void> {
    this.chatConnections.endAll();
    await this.#persistence?.remove();
  }

  /** Removes expired sessions and guests, if any are due. Called before each request. */
  removeExpired(): void {
    // changes between two calls are those of a rollback
    this.announce(this.history.take());
    const now = this.clock.now();
    if (now < this.#sweepAt && now > this.#sweepAt - 2 * SWEEP_INTERVAL) return;
    const due = this.state.deferred(() => sweep(this.state, now));
    this.announce(this.history.take());
    this.#sweepAt = Math.min(due, now + SWEEP_INTERVAL);
  }

  /**
   * An application by its id. With `--any-app`, an unknown one is registered, with a copy of the seed's users.
   * @param authKey the key in the request, which the new application gets
   * @param dialect the name of the one that the request speaks
   */
  application(id: number, authKey: string | undefined, dialect: string): Application | undefined {
    const known = this.state.applications.get(id);
    const isToRegister = !known && this.#initial.anyApp && authKey;
    return isToRegister ? registerUnknown(this.state, this.#initial, id, authKey, dialect) : known;
  }
}
