import { INDEXED_FIELDS, USER_FIELDS } from '../model/fields.ts';
import type { Application, MailRecord, Session, User } from '../model/records.ts';
import type { Stub } from '../model/stubs.ts';
import type { Key } from '../query/keys.ts';
import { type ChangeListener, Collection, type CollectionOptions } from './collection.ts';
import { list, scalar } from './indexes.ts';

const APPLICATIONS: CollectionOptions<number, Application> = {
  key: 'id',
  keyOf: ({ id }) => id,
  indexes: { auth_key: scalar(({ auth_key }) => auth_key) },
};

const SESSIONS: CollectionOptions<string, Session> = {
  key: 'token',
  keyOf: ({ token }) => token,
  indexes: { user_id: scalar(({ user_id }) => user_id) },
};

const MAILS: CollectionOptions<string, MailRecord> = {
  key: 'id',
  keyOf: ({ id }) => id,
  indexes: { reset_token: scalar(({ reset_token }) => reset_token) },
};

const STUBS: CollectionOptions<number, Stub> = { key: 'id', keyOf: ({ id }) => id, indexes: {} };

const SCALAR_FIELDS = INDEXED_FIELDS.filter((field) => field !== 'user_tags');

const USERS: CollectionOptions<number, User> = {
  key: 'id',
  keyOf: ({ id }) => id,
  indexes: {
    ...Object.fromEntries(
      SCALAR_FIELDS.map((field) => [field, scalar((user: User) => user[field], USER_FIELDS[field].fold)]),
    ),
    user_tags: list(({ user_tags }) => user_tags),
    guest: scalar(({ guest_until }) => (guest_until === null ? null : 'guest')),
  },
};

export type CollectionName = 'applications' | 'sessions' | 'mails' | 'stubs' | 'users';

/** A record that changes: where it is, what it was and what it is. */
export interface StateChange {
  readonly collection: CollectionName;
  /** The application whose user it is; 0 for other records. */
  readonly application: number;
  readonly key: Key;
  /** undefined: there was no such record. */
  readonly before: object | undefined;
  /** undefined: there is none any more. */
  readonly after: object | undefined;
}

/** Hears of every change, in order. @param deferred no answer has to wait until this change is on disk */
export type StateListener = (change: StateChange, deferred: boolean) => void;

/** A collection that the change log names, so that the type of its records isn't known. */
interface AnyCollection {
  get(key: Key): object | undefined;
  put(record: object): void;
  delete(key: Key): boolean;
}

/** Everything a sandbox stores. Records are immutable, so forks share them until one side changes. */
export class State {
  readonly applications: Collection<number, Application>;
  readonly sessions: Collection<string, Session>;
  readonly mails: Collection<string, MailRecord>;
  readonly stubs: Collection<number, Stub>;
  readonly #users: Map<number, Collection<number, User>>;
  #listener: StateListener | undefined;
  #observer: StateListener | undefined;
  #deferred = false;

  /** @param from the state to fork */
  constructor(from?: State) {
    this.applications = from?.applications.fork() ?? new Collection(APPLICATIONS);
    this.sessions = from?.sessions.fork() ?? new Collection(SESSIONS);
    this.mails = from?.mails.fork() ?? new Collection(MAILS);
    this.stubs = from?.stubs.fork() ?? new Collection(STUBS);
    this.#users = new Map(from && [...from.#users].map(([application, users]) => [application, users.fork()]));
  }

  /** The users of an application. */
  users(application: number): Collection<number, User> {
    let users = this.#users.get(application);
    if (!users) {
      users = new Collection(USERS);
      users.onChange = this.#report('users', application);
      this.#users.set(application, users);
    }
    return users;
  }

  /** A collection by its name. @param application of users; ignored for other records */
  collection(name: CollectionName, application: number): AnyCollection {
    return name === 'users' ? this.users(application) : this[name];
  }

  /** Puts a record, or removes the one with its key. */
  set(name: CollectionName, application: number, key: Key, record: object | undefined): void {
    const collection = this.collection(name, application);
    if (record) collection.put(record);
    else collection.delete(key);
  }

  /** Makes changes that no answer has to wait for: they are written with the next one, and a crash may lose them. */
  deferred<R>(change: () => R): R {
    this.#deferred = true;
    try {
      return change();
    } finally {
      this.#deferred = false;
    }
  }

  /** The same state, changing independently. The cost doesn't depend on its size. */
  fork(): State {
    return new State(this);
  }

  /** Stores the changes. */
  set onChange(listener: StateListener | undefined) {
    this.#listener = listener;
    this.#attach();
  }

  /** Watches the changes. */
  set observer(observer: StateListener | undefined) {
    this.#observer = observer;
    this.#attach();
  }

  #attach(): void {
    this.applications.onChange = this.#report('applications');
    this.sessions.onChange = this.#report('sessions');
    this.mails.onChange = this.#report('mails');
    this.stubs.onChange = this.#report('stubs');
    for (const [application, users] of this.#users) users.onChange = this.#report('users', application);
  }

  /** Passes the changes of a collection on to the state's listeners. */
  #report(collection: CollectionName, application = 0): ChangeListener<Key, object> | undefined {
    const listener = this.#listener;
    const observer = this.#observer;
    if (!listener && !observer) return undefined;
    return (key, before, after) => {
      const change = { collection, application, key, before, after };
      listener?.(change, this.#deferred);
      observer?.(change, this.#deferred);
    };
  }
}
