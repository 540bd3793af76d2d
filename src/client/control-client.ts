import type { LiveEvents } from '../control/live-events.ts';
import type {
  ApplicationInfo,
  ClockState,
  Coverage,
  EmulatorInfo,
  ExpiredSessions,
  GeneratedUsers,
  Health,
  ImportResult,
  Mail,
  NewSession,
  RunEvidence,
  SessionList,
  StateDiff,
  User,
  UserList,
} from '../control/results.ts';
import type { Fixture } from '../fixtures/types.ts';
import type { Settings } from '../model/records.ts';
import type { Stub, StubInput } from '../model/stubs.ts';
import type { EventType } from '../sandbox/event-feed.ts';
import type { Fault, FaultInput } from '../sandbox/faults.ts';
import type { Warning } from '../sandbox/warnings.ts';
import type { ApplicationScope, SettingChanges, Time, UserFields, UserPage } from './inputs.ts';
import type { RequestsClient } from './requests-client.ts';
import type { SandboxesClient } from './sandboxes-client.ts';

/**
 * Controls an emulator, or one of its sandboxes: in process (`createEmulator`) or over HTTP (`connect`). Every method is one
 * operation of the control plane. A refused call rejects with a `ControlError`: 422 for input that doesn't fit, 404 for
 * something that doesn't exist, 409 for a conflict.
 */
export interface ControlClient {
  /** The emulator's version, addresses and applications. */
  info(): Promise<EmulatorInfo>;

  /** Resolves once the emulator is ready to serve, its seed loaded. */
  health(): Promise<Health>;

  /**
   * Back to the initial state: users, sessions, settings, outbox, stubs, clock, faults, request journal and warnings. Snapshots stay.
   * @param to `'seed'` (default), or `'empty'`: the seed's applications without users
   */
  reset(to?: 'seed' | 'empty'): Promise<void>;

  /**
   * Saves the state under a name, replacing an older snapshot of that name: applications with their settings, users, sessions,
   * mails and stubs.
   * @param name 1 to 64 letters, digits, dots, dashes or underscores
   */
  snapshot(name: string): Promise<void>;

  /** Makes a snapshot the state again. The snapshot stays. @throws ControlError 404: no such snapshot */
  restore(name: string): Promise<void>;

  /**
   * The changes since a snapshot: users with their fields, sessions and mails by their number. A user's requests are no change.
   * @throws ControlError 404: no such snapshot
   */
  diff(snapshot: string): Promise<StateDiff>;

  /**
   * Returns the state to what it was before a request of the journal. Clock, faults, snapshots and journal stay as they are.
   * @param id of the request
   * @throws ControlError 404: it is not in the journal; 409: too much has changed since
   */
  rewind(id: number): Promise<void>;

  readonly snapshots: {
    /** The names of the snapshots. */
    list(): Promise<string[]>;

    /** Deletes a snapshot. @throws ControlError 404: no such snapshot */
    delete(name: string): Promise<void>;
  };

  /** The state as a fixture, which `import` and `--seed` read again. Passwords are hashed. */
  export(): Promise<Fixture>;

  /**
   * Loads a fixture: everything in it, or nothing.
   * @param fixture as in a seed file: `{ applications: […] }`, or a list of users for the default application
   * @param mode `'replace'` (default) makes it the state; `'merge'` adds its applications and users, and replaces users of the
   * same id
   * @throws ControlError 422 with every problem in `extensions.problems`
   */
  import(fixture: object, mode?: 'replace' | 'merge'): Promise<ImportResult>;

  readonly apps: {
    /** The applications, by id. */
    list(): Promise<ApplicationInfo[]>;

    /**
     * Registers an application.
     * @param app.dialect the default dialect if not given
     * @throws ControlError 409: the id or the key is taken
     */
    add(app: {
      readonly id: number;
      readonly auth_key: string;
      readonly auth_secret?: string;
      readonly dialect?: string;
      readonly owner_id?: number;
    }): Promise<ApplicationInfo>;
  };

  /** The admin settings of an application. */
  readonly settings: {
    /** The settings in force. */
    get(scope?: ApplicationScope): Promise<Settings>;

    /**
     * Changes settings: all of those given, or none.
     * @param scope the application; without it, all applications
     * @returns the settings in force afterwards
     * @throws ControlError 422: an unknown setting, or a value that doesn't fit
     */
    set(settings: SettingChanges, scope?: ApplicationScope): Promise<Settings>;
  };

  /** Users, without the API's access rules. */
  readonly users: {
    /** A page of users. */
    list(page?: UserPage): Promise<UserList>;

    /** A user by id or login. @throws ControlError 404: no such user */
    get(id: number | string, scope?: ApplicationScope): Promise<User>;

    /** Creates a user by the rules of sign-up. @throws ControlError 422: `extensions.keys` has the keys of the API's errors */
    create(user: UserFields, scope?: ApplicationScope): Promise<User>;

    /** Changes a user. A new password needs no old one. @throws ControlError 404: no such user; 422: as for `create` */
    update(id: number | string, user: UserFields, scope?: ApplicationScope): Promise<User>;

    /** Deletes a user and ends its sessions. @throws ControlError 404: no such user */
    delete(id: number | string, scope?: ApplicationScope): Promise<void>;

    /**
     * Creates users with made-up names; the password of each is `password`.
     * @param count 1 to 1,000,000
     * @throws ControlError 409: a login is taken; then none is created
     */
    generate(count: number, scope?: ApplicationScope): Promise<GeneratedUsers>;
  };

  readonly sessions: {
    /**
     * Creates a session without credentials, and without touching its user's `last_request_at`.
     * @param options.user id or login; null or none: a session of the application alone
     * @throws ControlError 404: no such user
     */
    create(options?: ApplicationScope & { readonly user?: number | string | null }): Promise<NewSession>;

    /** The sessions of an application, the newest first: all, or those of a user (id or login). */
    list(
      options?: ApplicationScope & { readonly user?: number | string; readonly limit?: number },
    ): Promise<SessionList>;

    /** Ends sessions, as if their time had passed: one by its token, those of a user (id or login), or all. */
    expire(
      which: ApplicationScope & { readonly token?: string; readonly user?: number | string; readonly all?: boolean },
    ): Promise<ExpiredSessions>;
  };

  /** The clock that sessions, timestamps and mails follow. */
  readonly clock: {
    /** The time, in ISO form with milliseconds. */
    now(): Promise<string>;

    get(): Promise<ClockState>;

    /** Sets the time. The clock runs on from there, or stays frozen. */
    set(now: Time): Promise<ClockState>;

    /** Stops the clock. @param now the time to stop at; the current time if not given */
    freeze(now?: Time): Promise<ClockState>;

    /** Moves the clock. @param by ms, or a duration such as `'2h1m'`, `'90s'` or `'-1d'` */
    advance(by: string | number): Promise<ClockState>;

    /** Lets a frozen clock run on. */
    resume(): Promise<ClockState>;
  };

  /** Deliberate failures: errors, delays and broken connections. */
  readonly faults: {
    /** The faults, with how many requests each has matched (`seen`) and failed (`hits`). */
    list(): Promise<Fault[]>;

    /** @throws ControlError 404: no such fault, or it has been used up */
    get(id: string): Promise<Fault>;

    /**
     * Adds a fault, with at least one effect: `status`, `error`, `delay` (ms), `drop`, `body`, `json`, `headers` or `trickle` (ms).
     * @param fault.match which requests: any, if not given
     * @param fault.times how many of them to fail: all, if not given
     * @param fault.after how many to let pass first
     * @param fault.probability 0 to 1
     * @param fault.when `'after'`: the request's change is made and stored first; then its answer is lost, late or another one
     */
    add(fault: FaultInput): Promise<Fault>;

    /** @throws ControlError 404: no such fault, or it has been used up */
    remove(id: string): Promise<void>;

    /** Removes all faults. */
    clear(): Promise<void>;
  };

  /** Answers for requests that aren't emulated. */
  readonly stubs: {
    /** The stubs, with how many requests each has answered (`hits`). Of those that match, the last one answers. */
    list(): Promise<Stub[]>;

    /** @throws ControlError 404: no such stub, or it has been used up */
    get(id: number): Promise<Stub>;

    /**
     * Adds a stub: it answers requests that match and aren't emulated.
     * @param stub.match such as `GET /chat/Dialog`; `:name` stands for one segment, `*` for any text
     * @param stub.answer a function, only in process
     * @param scope the application; without it, all applications
     * @throws ControlError 422: a match that an emulated operation shadows, an unknown template
     */
    add(stub: StubInput, scope?: ApplicationScope): Promise<Stub>;

    /** @throws ControlError 404: no such stub, or it has been used up */
    remove(id: number): Promise<void>;

    /** Removes all stubs. A reset brings back those of the start. */
    clear(): Promise<void>;
  };

  /** The mails that the service would have sent. */
  readonly outbox: {
    /** The mails, newest first. @param filter.to only mails to this address */
    list(filter?: { readonly to?: string }): Promise<Mail[]>;

    /** @throws ControlError 404: no such mail */
    get(id: string): Promise<Mail>;

    /**
     * The newest mail, as soon as there is one.
     * @param options.to only mails to this address
     * @param options.timeout ms, or a duration such as `'5s'` (default); four minutes at most
     * @throws Error when no mail has arrived by then
     */
    waitFor(options?: { readonly to?: string; readonly timeout?: string | number }): Promise<Mail>;

    /** Deletes all mails. The links in them stop working. */
    clear(): Promise<void>;
  };

  readonly requests: RequestsClient;

  /**
   * Everything that happens from now on: requests, mails, changes of records and of the clock, faults, stubs, settings, snapshots and sandboxes.
   * Iterate over it with `for await`; leave the loop, or call `close`, to end it.
   * @param selection.types only events of these types, and `reset`
   * @param selection.after first the events after the one with this id; `reset` with the cause `missed` if some are gone
   */
  events(selection?: { readonly types?: readonly EventType[]; readonly after?: string }): Promise<LiveEvents>;

  /** The deprecated or undocumented calls and fields that requests used, with their counts; the most frequent first. */
  warnings(): Promise<Warning[]>;

  /**
   * The evidence for the answers since the last reset: operations, errors and settings that decided, each with its weakest evidence and
   * the number of answers; the least certain first. Answers of faults and stubs, and 501, are the emulator's own.
   */
  evidence(): Promise<RunEvidence>;

  /** The endpoints, errors and settings that are emulated, each with its evidence. */
  coverage(): Promise<Coverage>;

  readonly sandboxes: SandboxesClient;
}
