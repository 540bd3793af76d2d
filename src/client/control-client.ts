import type { OperationName } from '../api/endpoints.ts';
import type { Fixture } from '../fixtures/types.ts';
import type { Settings, UserField } from '../model/records.ts';
import type { Fault, FaultInput } from '../sandbox/faults.ts';
import type { JournalEntry } from '../sandbox/request-journal.ts';
import type { Warning } from '../sandbox/warnings.ts';

/** Calls an operation of the control plane by name, in process or over HTTP. */
export type Transport = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

type Of = { readonly app?: number };
/** Admin settings by name; a value may also be its text. */
export type SettingChanges = { readonly [N in keyof Settings]?: Settings[N] | string };
export type UserFields = Partial<Record<Exclude<UserField, 'user_tags'>, string | number | null>> & {
  readonly password?: string;
  readonly user_tags?: string | readonly string[] | null;
};
export type ShownUser = Partial<Record<UserField, unknown>> & { readonly id: number; readonly has_password: boolean };
export interface ShownMail {
  readonly id: string;
  readonly type: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly link: string;
  readonly created_at: string;
}
/** An ISO time, ms since 1970, or a Date. */
export type Time = string | number | Date;
export interface ClockState {
  readonly now: string;
  readonly frozen: boolean;
}
export interface RequestMatch {
  readonly operation?: OperationName;
  readonly method?: string;
  readonly path?: string;
  readonly tag?: string;
  readonly status?: number;
  readonly user?: number;
  readonly app?: number;
  readonly params?: Readonly<Record<string, unknown>>;
}

/**
 * What can be done with an emulator, or with one sandbox of it: the same names in process (`createEmulator`) and over HTTP
 * (`connect`). Every method is one operation of the control plane; errors are ControlErrors with its problem document.
 */
export function createControlClient(call: Transport) {
  // biome-ignore lint/suspicious/noExplicitAny: each method names the type that its operation's row returns
  const ask = (operation: string, input: object = {}): Promise<any> =>
    call(operation, input as Record<string, unknown>);
  return {
    info: (): Promise<Record<string, unknown>> => ask('info'),
    health: (): Promise<{ status: string }> => ask('health'),
    reset: (to: 'seed' | 'empty' = 'seed'): Promise<void> => ask('reset', { to }).then(nothing),
    snapshot: (name: string): Promise<void> => ask('snapshots.save', { name }).then(nothing),
    restore: (name: string): Promise<void> => ask('snapshots.restore', { name }).then(nothing),
    snapshots: {
      list: (): Promise<string[]> => ask('snapshots.list').then(({ snapshots }) => snapshots),
      delete: (name: string): Promise<void> => ask('snapshots.delete', { name }).then(nothing),
    },
    export: (): Promise<Fixture> => ask('export'),
    import: (
      fixture: object,
      mode: 'replace' | 'merge' = 'replace',
    ): Promise<{ applications: { id: number; users: number }[] }> => ask('import', { mode, fixture }),
    apps: {
      list: (): Promise<Record<string, unknown>[]> => ask('apps.list').then(({ apps }) => apps),
      add: (app: {
        id: number;
        auth_key: string;
        auth_secret?: string;
        dialect?: string;
        owner_id?: number;
      }): Promise<Record<string, unknown>> => ask('apps.add', app),
    },
    settings: {
      get: (of: Of = {}): Promise<Settings> => ask('settings.get', of),
      set: (settings: SettingChanges, of: Of = {}): Promise<Settings> => ask('settings.set', { ...of, settings }),
    },
    users: {
      list: (
        page: Of & { offset?: number; limit?: number; search?: string } = {},
      ): Promise<{ total: number; users: ShownUser[] }> => ask('users.list', page),
      get: (id: number, of: Of = {}): Promise<ShownUser> => ask('users.get', { ...of, id }),
      create: (user: UserFields, of: Of = {}): Promise<ShownUser> => ask('users.create', { ...of, user }),
      update: (id: number, user: UserFields, of: Of = {}): Promise<ShownUser> =>
        ask('users.update', { ...of, id, user }),
      delete: (id: number, of: Of = {}): Promise<void> => ask('users.delete', { ...of, id }).then(nothing),
      generate: (count: number, of: Of = {}): Promise<{ count: number; first_id: number; last_id: number }> =>
        ask('users.generate', { ...of, count }),
    },
    sessions: {
      create: (
        of: Of & { user?: number | string | null } = {},
      ): Promise<{ token: string; user_id: number | null; expires_at: string }> => ask('sessions.create', of),
      expire: (which: Of & { token?: string; user?: number | string; all?: boolean }): Promise<{ expired: number }> =>
        ask('sessions.expire', which),
    },
    clock: {
      now: (): Promise<string> => ask('clock.get').then(({ now }) => now),
      get: (): Promise<ClockState> => ask('clock.get'),
      set: (now: Time): Promise<ClockState> => ask('clock.set', { now: plain(now) }),
      freeze: (now?: Time): Promise<ClockState> =>
        ask('clock.set', { ...(now === undefined ? {} : { now: plain(now) }), frozen: true }),
      advance: (by: string | number): Promise<ClockState> => ask('clock.advance', { by }),
      resume: (): Promise<ClockState> => ask('clock.set', { frozen: false }),
    },
    faults: {
      list: (): Promise<Fault[]> => ask('faults.list').then(({ items }) => items),
      get: (id: string): Promise<Fault> => ask('faults.get', { id }),
      add: (fault: FaultInput): Promise<Fault> => ask('faults.add', fault),
      remove: (id: string): Promise<void> => ask('faults.remove', { id }).then(nothing),
      clear: (): Promise<void> => ask('faults.clear').then(nothing),
    },
    outbox: {
      list: (of: { to?: string } = {}): Promise<ShownMail[]> => ask('outbox.list', of).then(({ items }) => items),
      get: (id: string): Promise<ShownMail> => ask('outbox.get', { id }),
      /** The newest mail to an address, as soon as there is one. @param timeout ms or a span such as `5s` */
      waitFor: async ({ to, timeout = '5s' }: { to?: string; timeout?: string | number } = {}): Promise<ShownMail> => {
        const { items } = await ask('outbox.list', { ...(to === undefined ? {} : { to }), wait: timeout });
        if (items.length > 0) return items[0];
        throw new Error(`no mail${to === undefined ? '' : ` to ${to}`} arrived within ${timeout}`);
      },
      clear: (): Promise<void> => ask('outbox.clear').then(nothing),
    },
    requests: {
      list: (match: Omit<RequestMatch, 'params'> = {}): Promise<JournalEntry[]> =>
        ask('requests.list', match).then(({ items }) => items),
      verify: (expectation: { match: RequestMatch; times?: number }): Promise<{ matched: number }> =>
        ask('requests.verify', expectation),
      clear: (): Promise<void> => ask('requests.clear').then(nothing),
    },
    warnings: (): Promise<Warning[]> => ask('warnings.list').then(({ items }) => items),
    coverage: (): Promise<Record<string, unknown>> => ask('coverage'),
    sandboxes: {
      list: (): Promise<string[]> => ask('sandboxes.list').then(({ sandboxes }) => sandboxes),
      delete: (name: string): Promise<void> => ask('sandboxes.delete', { name }).then(nothing),
    },
  };
}

/** Everything that `createEmulator`, `connect` and their sandboxes have in common. */
export type ControlClient = ReturnType<typeof createControlClient>;

function nothing(): void {}

function plain(time: Time): string | number {
  return time instanceof Date ? time.getTime() : time;
}
