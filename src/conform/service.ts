import { isObject, parseInteger } from '../support/values.ts';
import type { Answer, Call, CallerName, Probe, ProbeUser, UserName, World } from './calls.ts';
import { USER_NAMES } from './calls.ts';
import { answerOf, CLOSED, requestOf, type Send } from './http.ts';

/** A service can't be queried: it doesn't answer, or refuses what every run needs. */
export class CannotAsk extends Error {}

/** The longest wait (ms) for an answer. */
const TIMEOUT = 30_000;
/** How often a call is repeated that the service answers with 429, and the longest pause (s) before that. */
const MAX_REPEATS = 3;
const MAX_PAUSE = 60;
export interface ServiceOptions {
  readonly url: string;
  readonly send: Send;
  /** Waits until the next request may be sent. */
  readonly pace: () => Promise<void>;
  /** Waits as long as the service asks for, within bounds. Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Once it aborts, the run makes no further calls, and deletes its users. */
  readonly signal: AbortSignal;
}

/** A user whom a request may have created, with the password to delete it by. */
interface SignedUp {
  readonly login: Readonly<Record<string, unknown>>;
  readonly password: string;
}

/** A guest, who has no password: its own session deletes it. */
interface Guest {
  readonly id: number;
  readonly token: string;
}

/** A service under question: the real one or the emulator, with the sessions and users that a run has there. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #tokens = new Map<CallerName, string>();
  #created: SignedUp[] = [];
  readonly #guests: Guest[] = [];
  /** Users whom the service has signed up without a password, or without a login and email; guests without an id. */
  readonly #undeletable: string[] = [];
  #world: World;
  #isCleaningUp = false;

  constructor(world: World, options: ServiceOptions) {
    this.#world = world;
    this.#options = options;
  }

  get world(): World {
    return this.#world;
  }

  /** Opens the application's session. @throws CannotAsk */
  async open(): Promise<void> {
    await this.#openSession('app');
  }

  /**
   * Signs up the users of the run.
   * @param few with login, email and password alone
   * @returns the refusal of a sign-up with all fields: then the users have few
   * @throws CannotAsk
   */
  async signUpUsers(few = false): Promise<Answer | undefined> {
    for (const name of USER_NAMES) {
      const { id: _, user_tags, ...user } = this.#world.users[name];
      const { login, email, password } = user;
      const fields = few ? { login, email, password } : { ...user, tag_list: user_tags };
      const call = { method: 'POST', path: '/users', params: { user: fields } } as const;
      const answer = await (few ? this.#must('a sign-up', call, 'app') : this.#ask(call, this.#tokens.get('app')));
      if (answer.status >= 300) {
        await this.signUpUsers(true);
        return answer;
      }
      const id = idOf(answer);
      if (typeof id !== 'number') throw new CannotAsk('a sign-up has no id in its answer');
      this.#world = { ...this.#world, users: { ...this.#world.users, [name]: { ...this.#world.users[name], id } } };
    }
    return undefined;
  }

  /** The answer to a question. @throws CannotAsk when there is none */
  async ask({ as, call: callIn, mayBreak }: Pick<Probe, 'as' | 'call' | 'mayBreak'>): Promise<Answer> {
    const token = await this.#tokenOf(as);
    // after that: a session has an id now
    const call = callIn(this.#world);
    const answer = await this.#ask(call, token).catch((error: unknown) => {
      if (mayBreak && error instanceof CannotAsk && !this.#options.signal.aborted) return CLOSED;
      throw error;
    });
    const user = userNamed(this.#world, as);
    const changes = call.method === 'PUT' && answer.status < 300 ? call.params?.user : undefined;
    if (user && isObject(changes) && typeof changes.password === 'string')
      this.#created.push({ login: { login: user.login }, password: changes.password });
    const guest = guestOf(call, answer);
    if (guest?.id !== undefined && guest.token !== undefined) this.#guests.push({ id: guest.id, token: guest.token });
    else if (guest) this.#undeletable.push('a guest');
    if (call.path === '/users' && answer.status === 201 && !createdBy(call))
      this.#undeletable.push(`user ${idOf(answer)}`);
    return answer;
  }

  /** Deletes the users whom the run has created. @returns the logins of those that are still there */
  async cleanUp(): Promise<string[]> {
    this.#isCleaningUp = true;
    const left = new Set(this.#undeletable);
    // their own sessions delete users also after a change of login or password
    for (const name of USER_NAMES) {
      const [token, { id }] = [this.#tokens.get(name), this.#world.users[name]];
      const isDeleted = token !== undefined && id > 0 && (await this.#delete(id, token).catch(() => false));
      const { login } = this.#world.users[name];
      if (isDeleted) this.#created = this.#created.filter((each) => each.login.login !== login);
    }
    // the newest first: a later entry may have the user's newer password
    for (const created of [...this.#created].reverse()) {
      const login = Object.values(created.login).join();
      const outcome = await this.#deleteUser(created).catch(() => 'left' as const);
      if (outcome === 'left') left.add(login);
      else if (outcome === 'deleted') left.delete(login);
    }
    for (const { id, token } of this.#guests)
      if (!(await this.#delete(id, token).catch(() => false))) left.add(`guest ${id}`);
    return [...left];
  }

  async #deleteUser({ login, password }: SignedUp): Promise<'deleted' | 'absent' | 'left'> {
    const { token } = await this.#newSession();
    // a login never creates a user, as a session may
    const answer = await this.#ask({ method: 'POST', path: '/login', params: { ...login, password } }, token);
    const id = idOf(answer);
    if (answer.status === 401 || answer.status === 404) return 'absent';
    if (typeof id !== 'number') return 'left';
    return (await this.#delete(id, token)) ? 'deleted' : 'left';
  }

  async #delete(id: number, token: string): Promise<boolean> {
    return (await this.#ask({ method: 'DELETE', path: `/users/${id}` }, token)).status < 300;
  }

  async #tokenOf(as: CallerName): Promise<string | undefined> {
    if (as === 'nobody') return undefined;
    if (as === 'unknown') return '0'.repeat(40);
    return this.#tokens.get(as) ?? this.#openSession(as);
  }

  async #openSession(as: Exclude<CallerName, 'nobody' | 'unknown'>): Promise<string> {
    const { token, id } = await this.#newSession();
    this.#tokens.set(as, token);
    const user = userNamed(this.#world, as);
    if (user) {
      const params = { login: user.login, password: user.password };
      await this.#must('a login', { method: 'POST', path: '/login', params }, as);
    }
    const sessionId = user && this.#world.dialect.rules.sessionIdIsUserId ? user.id : id;
    this.#world = { ...this.#world, sessions: { ...this.#world.sessions, [as]: sessionId } };
    return token;
  }

  async #newSession(): Promise<{ token: string; id: number }> {
    const call = { method: 'POST', path: '/session', params: this.#world.session() } as const;
    const { body } = await this.#must('a session of the application', call, 'nobody');
    const { token, id } = (isObject(body) && isObject(body.session) && body.session) || {};
    if (typeof token !== 'string') throw new CannotAsk('a session has no token in its answer');
    return { token, id: Number(id) };
  }

  /** Makes a call without which nothing can be asked. @throws CannotAsk */
  async #must(what: string, call: Call, as: CallerName): Promise<Answer> {
    const answer = await this.#ask(call, as === 'nobody' ? undefined : this.#tokens.get(as));
    if (answer.status < 300) return answer;
    const needsSecret = as === 'nobody' && this.#world.app.auth_secret === null && /signature/.test(answer.text);
    const hint = needsSecret ? ' (it needs the secret: --app id:key:secret)' : '';
    throw new CannotAsk(`${what} is refused: ${answer.status} ${answer.text.slice(0, 200)}${hint}`);
  }

  async #ask(call: Call, token: string | undefined): Promise<Answer> {
    const created = createdBy(call);
    // before the answer: if it is lost, the user may be there all the same
    if (created) this.#created.push(created);
    const answer = await this.#send(call, token);
    if (created && answer.status >= 400 && answer.status < 500) this.#created.splice(this.#created.indexOf(created), 1);
    return answer;
  }

  async #send(call: Call, token: string | undefined): Promise<Answer> {
    const { url, send, pace, sleep, signal } = this.#options;
    for (let repeats = 0; ; repeats++) {
      await pace();
      const interruption = this.#isCleaningUp ? undefined : signal;
      let answer: Answer;
      try {
        interruption?.throwIfAborted();
        const ends = [AbortSignal.timeout(TIMEOUT), ...(interruption ? [interruption] : [])];
        answer = await answerOf(
          await send(requestOf(call, token, { url, dialect: this.#world.dialect, signal: AbortSignal.any(ends) })),
        );
      } catch (error) {
        if (interruption?.aborted) throw new CannotAsk('interrupted');
        throw new CannotAsk(`no answer to ${call.method} ${call.path}`, { cause: error });
      }
      if (answer.status !== 429 || repeats === MAX_REPEATS) return answer;
      const pause = 1000 * Math.min(MAX_PAUSE, parseInteger(answer.headers['retry-after'] ?? '') ?? 1);
      // an interruption is found at the next attempt
      await sleep(pause, interruption).catch(() => {});
    }
  }
}

function userNamed({ users }: World, name: string): ProbeUser | undefined {
  const known = USER_NAMES.find((each): each is UserName => each === name);
  return known && users[known];
}

/** The user whom a call creates or gives a new password, if it is accepted. */
function createdBy({ method, path, params }: Call): SignedUp | undefined {
  const user = params?.user;
  if (!isObject(user) || typeof user.password !== 'string' || method === 'GET') return undefined;
  if (path !== '/users' && path !== '/session') return undefined;
  const { login, email, password } = user;
  if (typeof login === 'string') return { login: { login }, password };
  return typeof email === 'string' ? { login: { email }, password } : undefined;
}

/** The id of the user in an answer. */
function idOf({ body }: Answer): unknown {
  return isObject(body) && isObject(body.user) ? body.user.id : undefined;
}

/** The guest whose session a call has opened. @returns the id undefined: the answer doesn't show it */
function guestOf({ params }: Call, { status, body }: Answer): Partial<Guest> | undefined {
  const isGuest = isObject(params?.user) && params.user.guest !== undefined;
  if (!isGuest || status !== 201 || !isObject(body) || !isObject(body.session)) return undefined;
  const { user_id, token } = body.session;
  // a service without guests ignores the parameter
  if (user_id === 0 || user_id === null) return undefined;
  return typeof user_id === 'number' && typeof token === 'string' ? { id: user_id, token } : {};
}
