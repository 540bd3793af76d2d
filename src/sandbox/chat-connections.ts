import type { ChatConnection } from '../core/context.ts';
import type { State } from '../store/state.ts';

/** How often (ms) connections are checked on their own: sessions expire without a request. */
const CHECK_INTERVAL = 1000;

/** A user's connection to the chat, while it is open. */
export interface OpenConnection extends ChatConnection {
  /** The session whose token was the password; undefined where it was the user's own password. */
  readonly token: string | undefined;
  /** Ends the connection, since its user or session is gone. */
  readonly end: () => void;
}

/** The users of a sandbox who are connected to the chat. Each connection ends with its session, its user, and the state of both. */
export class ChatConnections implements Iterable<ChatConnection> {
  readonly #connections = new Map<OpenConnection, State>();
  readonly #check: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param check calls `endStale` */
  constructor(check: () => void) {
    this.#check = check;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** @param state in which the user was found */
  add(connection: OpenConnection, state: State): void {
    this.#connections.set(connection, state);
    this.#timer ??= setInterval(this.#check, CHECK_INTERVAL).unref();
  }

  remove(connection: OpenConnection): void {
    this.#connections.delete(connection);
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.iterator](): Iterator<ChatConnection> {
    return this.#connections.keys();
  }

  /** Ends the connections whose user or session is gone. @param now ms */
  endStale(state: State, now: number): void {
    for (const [connection, itsState] of this.#connections)
      if (itsState !== state || !isAlive(connection, state, now)) this.#end(connection);
  }

  endAll(): void {
    for (const connection of this.#connections.keys()) this.#end(connection);
  }

  #end(connection: OpenConnection): void {
    this.remove(connection);
    connection.end();
  }
}

function isAlive({ application_id, user_id, token }: OpenConnection, state: State, now: number): boolean {
  if (!state.users(application_id).get(user_id)) return false;
  if (token === undefined) return true;
  const session = state.sessions.get(token);
  return session !== undefined && session.user_id === user_id && session.expires_at > now;
}
