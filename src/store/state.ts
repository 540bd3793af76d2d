import { INDEXED_FIELDS, USER_FIELDS } from '../model/fields.ts';
import type { Application, Mail, Session, User } from '../model/records.ts';
import { foldPrefix } from '../query/compile.ts';
import { Collection, type CollectionOptions, type Indexes } from './collection.ts';

const userIndexes: Indexes<User> = {
  ...Object.fromEntries(
    INDEXED_FIELDS.map((field) => [field, { read: (user: User) => user[field], fold: USER_FIELDS[field].fold }]),
  ),
  guest: { read: (user) => (user.guest_until === null ? null : 'guest') },
};

const TABLES = {
  applications: {
    key: 'id',
    keyOf: (app: Application) => app.id,
    indexes: { auth_key: { read: (app: Application) => app.auth_key } },
  },
  sessions: {
    key: 'token',
    keyOf: (session: Session) => session.token,
    indexes: { user_id: { read: (session: Session) => session.user_id } },
  },
  mails: {
    key: 'id',
    keyOf: (mail: Mail) => mail.id,
    indexes: { reset_token: { read: (mail: Mail) => mail.reset_token } },
  },
  users: {
    key: 'id',
    keyOf: (user: User) => user.id,
    indexes: userIndexes,
    lists: new Set(INDEXED_FIELDS.filter((field) => USER_FIELDS[field].type === 'tags')),
  },
} as const;

const collection = <K extends number | string, T extends object>(
  options: Omit<CollectionOptions<K, T>, 'foldPrefix'>,
) => new Collection<K, T>({ ...options, foldPrefix });

/** Told of every change: which table (users: of which application), the record before it, and whether it may wait. */
export type StateListener = (
  table: TableName,
  application: number,
  key: number | string,
  before: object | undefined,
  lazy: boolean,
) => void;
export type TableName = keyof typeof TABLES;

/** Everything a sandbox keeps. Records are immutable, so that copies share them until one side changes. */
export class State {
  #applications = collection<number, Application>(TABLES.applications);
  #sessions = collection<string, Session>(TABLES.sessions);
  #mails = collection<string, Mail>(TABLES.mails);
  #users = new Map<number, Collection<number, User>>();
  #listener: StateListener | undefined;
  #lazy = false;

  get applications(): Collection<number, Application> {
    return this.#applications;
  }

  get sessions(): Collection<string, Session> {
    return this.#sessions;
  }

  get mails(): Collection<string, Mail> {
    return this.#mails;
  }

  /** The users of an application. */
  users(application: number): Collection<number, User> {
    let users = this.#users.get(application);
    if (!users) {
      users = collection<number, User>(TABLES.users);
      this.#users.set(application, users);
      this.#listen();
    }
    return users;
  }

  /** A table by its name. @param application of users */
  table(name: TableName, application: number): Collection<number | string, object> {
    const tables = { applications: this.#applications, sessions: this.#sessions, mails: this.#mails };
    return (name === 'users' ? this.users(application) : tables[name]) as unknown as Collection<
      number | string,
      object
    >;
  }

  /** Puts a record, or removes the one with its key. */
  set(name: TableName, application: number, key: number | string, record: object | undefined): void {
    const table = this.table(name, application);
    if (record) table.put(record);
    else table.delete(key);
  }

  /** Changes what no answer has to wait for: it is kept with the next change, and little is lost without it. */
  deferred<R>(change: () => R): R {
    this.#lazy = true;
    try {
      return change();
    } finally {
      this.#lazy = false;
    }
  }

  /** The same state, to be changed apart. The cost doesn't depend on its size. */
  fork(): State {
    const fork = new State();
    fork.#applications = this.#applications.fork();
    fork.#sessions = this.#sessions.fork();
    fork.#mails = this.#mails.fork();
    for (const [application, users] of this.#users) fork.#users.set(application, users.fork());
    return fork;
  }

  set onChange(listener: StateListener | undefined) {
    this.#listener = listener;
    this.#listen();
  }

  #listen(): void {
    const listener = this.#listener;
    const to = (table: TableName, application = 0) =>
      listener &&
      ((key: number | string, before: object | undefined) => listener(table, application, key, before, this.#lazy));
    this.#applications.onChange = to('applications');
    this.#sessions.onChange = to('sessions');
    this.#mails.onChange = to('mails');
    for (const [application, users] of this.#users) users.onChange = to('users', application);
  }
}
