// The types that users of the package meet. No package is imported here: their projects need not have it.
import type { Fixture } from '../fixtures/types.ts';
import type { Mail, Settings, UserField, User as UserRecord } from '../model/records.ts';
import type { Stub } from '../model/stubs.ts';
import type { Fault } from '../sandbox/faults.ts';
import type { JournalEntry } from '../sandbox/journal-entry.ts';
import type { Warning } from '../sandbox/warnings.ts';
import type { Coverage } from './coverage.ts';
import type { Har } from './har.ts';
import type { LiveEvents } from './live-events.ts';
import type { EVENT_STREAM, RawResponse } from './raw-response.ts';
import type { RunEvidence } from './run-evidence.ts';

export type { Coverage, EndpointCoverage, ErrorCoverage, SettingCoverage, StubCoverage } from './coverage.ts';
export type { EvidenceItem, RunEvidence } from './run-evidence.ts';

/** The running emulator: its version, address and applications. */
export interface EmulatorInfo {
  readonly name: string;
  readonly version: string;
  readonly ready: true;
  /** The sandbox's name; null for the emulator itself. */
  readonly sandbox: string | null;
  readonly url: string;
  readonly https_url: string;
  /** The address of the emulator itself, outside of its sandboxes. */
  readonly emulator_url: string;
  /** The id of its process. */
  readonly pid: number;
  readonly started_at: string;
  /** The path of the CA certificate that https clients have to trust. */
  readonly ca_file: string;
  /** The path of the data file; null: the state is only in memory. */
  readonly data_file: string | null;
  readonly applications: ApplicationSummary[];
}

export interface ApplicationSummary {
  readonly id: number;
  readonly dialect: string;
  readonly auth_key: string;
  /** The number of its users. */
  readonly users: number;
}

export interface ApplicationInfo extends ApplicationSummary {
  /** null: the emulator can't verify signatures. */
  readonly auth_secret: string | null;
  /** The account that owns the application's users, where the dialect shows one: by default, that of its documents. */
  readonly owner_id: number | null;
  /** The setting `rate_limit`: `off`, or requests/seconds such as `10/1`. */
  readonly rate_limit: string;
}

export interface ApplicationList {
  readonly apps: ApplicationInfo[];
  /** The id of the application that calls refer to when they name none; null when there are no applications. */
  readonly default: number | null;
}

/** 'ok' once the seed is loaded. */
export interface Health {
  readonly status: 'ok';
}

export interface ResetResult {
  readonly reset: 'seed' | 'empty';
}

export interface ImportResult {
  readonly mode: 'replace' | 'merge';
  /** All applications after the import, each with the number of its users. */
  readonly applications: { readonly id: number; readonly users: number }[];
}

export interface SnapshotList {
  readonly snapshots: string[];
}

export interface SandboxList {
  /** The names. */
  readonly sandboxes: string[];
  readonly items: SandboxInfo[];
}

/** A sandbox. Numbers and times are null while a sandbox with a data file hasn't been used since the start. */
export interface SandboxInfo {
  readonly name: string;
  /** Where clients reach it: below the emulator's address or, with a port of its own, at that port. */
  readonly url: string;
  readonly https_url: string;
  /** null: it has no port of its own. */
  readonly port: number | null;
  readonly users: number | null;
  /** Since the last reset. */
  readonly requests: number | null;
  /** The time of the last request, ISO with milliseconds, of the sandbox's clock; null without one. */
  readonly last_request_at: string | null;
}

/** The snapshot or sandbox that an operation was applied to. */
export interface NameResult {
  readonly name: string;
}

/** The differences between a snapshot and the current state. */
export interface StateDiff {
  readonly users: {
    readonly created: { readonly app: number; readonly user: User }[];
    readonly changed: ChangedUser[];
    readonly deleted: { readonly app: number; readonly user: User }[];
  };
  readonly sessions: DiffCounts;
  readonly mails: DiffCounts;
}

export interface ChangedUser {
  readonly app: number;
  readonly id: number;
  /** By their names; null: the field had or has no value. `last_request_at` is left out. */
  readonly fields: Readonly<
    Record<string, { readonly before: string | number | null; readonly after: string | number | null }>
  >;
}

export interface DiffCounts {
  readonly created: number;
  readonly deleted: number;
}

/** The request before which the state is now. */
export interface RewindResult {
  readonly id: number;
}

/** How many mails, faults, requests or sandboxes were deleted. */
export interface DeletedResult {
  readonly deleted: number;
}

/** Tags are one text, separated by commas. */
type ShownFields = {
  readonly [F in UserField]?: F extends 'user_tags' ? string : NonNullable<UserRecord[F]>;
};

/** A user. Fields without a value are left out; tags are one text, such as `vip,new`. */
export interface User extends ShownFields {
  readonly id: number;
  /** When a guest will be deleted: ms since 1970. */
  readonly guest_until?: number;
  readonly has_password: boolean;
}

export interface UserList {
  /** The number of users that match, on all pages. */
  readonly total: number;
  readonly users: User[];
}

export interface DeletedUser {
  readonly id: number;
}

/** The ids of generated users, which follow each other. */
export interface GeneratedUsers {
  readonly count: number;
  readonly first_id: number;
  readonly last_id: number;
}

export interface NewSession {
  readonly token: string;
  /** null: a session of the application alone. */
  readonly user_id: number | null;
  /** ISO time; each request with the token moves it. */
  readonly expires_at: string;
}

export interface SessionInfo {
  readonly token: string;
  readonly id: number;
  /** null: a session of the application alone. */
  readonly user_id: number | null;
  /** The user's; null without one. */
  readonly login: string | null;
  /** Times are ISO, with milliseconds, of the sandbox's clock. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly expires_at: string;
}

export interface SessionList {
  /** The number of sessions that match, those over the limit included. */
  readonly total: number;
  readonly sessions: SessionInfo[];
}

export interface ExpiredSessions {
  /** How many sessions were ended. */
  readonly expired: number;
}

export interface ClockState {
  /** ISO time with milliseconds, UTC. */
  readonly now: string;
  readonly frozen: boolean;
}

export interface FaultList {
  readonly items: Fault[];
}

export interface DeletedFault {
  readonly id: string;
}

export interface StubList {
  readonly items: Stub[];
}

export interface DeletedStub {
  readonly id: number;
}

export type { Mail };

export interface MailList {
  readonly items: Mail[];
}

export interface RequestList {
  /** How many requests match, those over the limit included; without any filter also those that the journal no longer holds. */
  readonly total: number;
  readonly items: JournalEntry[];
}

export interface Verification {
  readonly matched: number;
}

export interface WarningList {
  readonly items: Warning[];
}

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** The answers of operations, by the name in their row: the name of the schema in the OpenAPI document, or a media type. */
export interface Results extends Record<RawResponse['type'], RawResponse> {
  [EVENT_STREAM]: LiveEvents;
  ApplicationInfo: ApplicationInfo;
  ApplicationList: ApplicationList;
  ClockState: ClockState;
  Coverage: Coverage;
  DeletedFault: DeletedFault;
  DeletedResult: DeletedResult;
  DeletedStub: DeletedStub;
  DeletedUser: DeletedUser;
  EmulatorInfo: EmulatorInfo;
  ExpiredSessions: ExpiredSessions;
  Fault: Fault;
  FaultList: FaultList;
  Fixture: Fixture;
  GeneratedUsers: GeneratedUsers;
  Har: Har;
  Health: Health;
  ImportResult: ImportResult;
  Mail: Mail;
  MailList: MailList;
  NameResult: NameResult;
  NewSession: NewSession;
  OpenApiDocument: OpenApiDocument;
  JournalEntry: JournalEntry;
  RequestList: RequestList;
  ResetResult: ResetResult;
  RewindResult: RewindResult;
  RunEvidence: RunEvidence;
  SandboxInfo: SandboxInfo;
  SandboxList: SandboxList;
  SessionList: SessionList;
  Settings: Settings;
  ShownUser: User;
  SnapshotList: SnapshotList;
  StateDiff: StateDiff;
  Stub: Stub;
  StubList: StubList;
  UserList: UserList;
  Verification: Verification;
  WarningList: WarningList;
}
