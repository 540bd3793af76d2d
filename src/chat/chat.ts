import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHAT_CONNECT, CHAT_LOGIN } from '../api/chat.ts';
import { ControlError } from '../control/control-error.ts';
import { DIALECTS } from '../dialects/index.ts';
import { dropSocket, hasAnswer } from '../http/fault-injection.ts';
import type { RequestLogEntry } from '../http/request-log.ts';
import { chooseSandbox } from '../http/sandbox-choice.ts';
import { refuseConnection } from '../http/server.ts';
import { splitUrl } from '../http/target.ts';
import type { Upgrade } from '../http/upgrades.ts';
import { isSandboxName, sandboxNameIn, sandboxNameProblem } from '../model/addresses.ts';
import { ERRORS, type ErrorKey } from '../model/error-catalogue.ts';
import { ApiError } from '../model/errors.ts';
import { behavioursOf, faultBehaviours } from '../sandbox/behaviours.ts';
import type { Fault, FaultEffect } from '../sandbox/faults.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type AddressedUser, addressedUser, checkCredentials } from './login.ts';
import type { LoginResult, XmppStream } from './xmpp-stream.ts';

/** More open connections than this come from a client that leaves them behind. */
const MAX_CONNECTIONS = 10_000;

/** The parts of the server that the chat needs. */
export interface ChatDeps {
  /** `--no-chat` turns it off. */
  readonly enabled: boolean;
  /** Opens a sandbox on first use. Rejects with a ControlError when it can't be created or read. */
  openSandbox(name: string): Promise<Sandbox>;
  /** The sandbox for one answer, which doesn't create it. Rejects like `openSandbox`. */
  visitSandbox(name: string): Promise<Sandbox>;
  /** The sandbox with a session of this token, if there is exactly one. */
  sandboxOfToken(token: string): Sandbox | undefined;
  /** Called after each login. */
  readonly log: ((entry: RequestLogEntry) => void) | undefined;
  /** The delay of the next answer, in ms: `--latency`. */
  latency(): number;
  /** Called with errors of the emulator itself. */
  onError(error: unknown): void;
}

/** Answers the request for a websocket with an HTTP error. */
type Refuse = (status: number, reason: string) => void;

/** The outcome of a login, for the journal. */
interface Outcome {
  /** As of an HTTP answer; 0: the connection was dropped. */
  readonly status: number;
  readonly errors?: readonly ErrorKey[];
  readonly fault?: Fault | undefined;
}

/**
 * The chat, as far as its login: many applications open it right after their own login, and show nothing before. Messages are
 * accepted, and go nowhere.
 */
export class Chat {
  readonly #server: ChatDeps;
  /** All connections, with their streams once they have one. */
  readonly #connections = new Map<Upgrade, XmppStream | undefined>();
  #count = 0;
  #stopping = false;

  constructor(server: ChatDeps) {
    this.#server = server;
  }

  /** Answers a websocket. */
  accept(upgrade: Upgrade): void {
    const refuse: Refuse = (status, reason) =>
      refuseConnection(upgrade.request.socket, status, JSON.stringify({ errors: { base: [reason] } }));
    this.#accept(upgrade, refuse).catch((error) => {
      if (error instanceof ControlError) return refuse(error.status, error.message);
      this.#server.onError(error);
      upgrade.request.socket.destroy();
    });
  }

  /** Ends all connections: at once those that are still there after a time. @param grace ms */
  close(grace: number): void {
    this.#stopping = true;
    for (const stream of this.#connections.values()) stream?.end('system-shutdown');
    setTimeout(() => {
      for (const { request } of this.#connections.keys()) request.socket.destroy();
    }, grace).unref();
  }

  /** The parser and the protocol are loaded for the first one. */
  async #accept(upgrade: Upgrade, refuse: Refuse): Promise<void> {
    const { request } = upgrade;
    const { socket } = request;
    const [path] = splitUrl(request.url ?? '');
    const name = chooseSandbox(sandboxNameIn(path), request.headers, upgrade.sandboxOfPort);
    if (name !== '' && !isSandboxName(name)) return refuse(400, sandboxNameProblem(name));
    if (!this.#server.enabled) {
      const sandbox = await this.#server.visitSandbox(name);
      this.#record(sandbox, request, performance.now(), {}, { status: 501, errors: ['not_emulated'] });
      return refuse(501, 'this is a connection to the chat, which is turned off (--no-chat)');
    }
    const offered = request.headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? [];
    if (!offered.includes('xmpp')) return refuse(400, "the chat speaks XMPP: offer the websocket subprotocol 'xmpp'");
    if (this.#connections.size >= MAX_CONNECTIONS)
      return refuse(503, `there are ${this.#connections.size} connections to the chat already`);
    this.#connections.set(upgrade, undefined);
    socket.once('close', () => this.#connections.delete(upgrade));
    const { acceptWebSocket } = await import('./xmpp-stream.ts');
    if (socket.destroyed) return;
    if (this.#stopping) return void socket.destroy();
    const host = {
      id: `chat-${++this.#count}`,
      logIn: (user: string, password: string) => this.#logIn(upgrade, name, user, password),
      onError: this.#server.onError,
    };
    this.#connections.set(
      upgrade,
      acceptWebSocket(upgrade, host, (reason) => refuse(400, reason)),
    );
  }

  async #logIn(upgrade: Upgrade, sandboxName: string, name: string, password: string): Promise<LoginResult> {
    const started = performance.now();
    const sandbox = await this.#sandboxOf(sandboxName, password).catch((error) => {
      if (!(error instanceof ControlError)) throw error;
    });
    if (!sandbox) return { failure: 'temporary-auth-failure' };
    const caller = addressedUser(sandbox, name);
    const { app, user } = caller;
    const [path] = splitUrl(upgrade.request.url ?? '');
    const facts = { operation: CHAT_CONNECT, method: 'GET', path, app: app?.id };
    const caught = { ...facts, user: user ? [user.id, user.login ?? user.id] : [] };
    const fault = sandbox.faults.hit(caught, (effect) => failsLogin(effect) || effect.delay !== undefined);
    const delay = (fault ? sandbox.faults.delayOf(fault.delay) : 0) + this.#server.latency();
    if (delay > 0) await sleep(delay, undefined, { ref: false });
    const record = (outcome: Outcome) => this.#record(sandbox, upgrade.request, started, caller, { ...outcome, fault });
    if (fault?.drop) {
      record({ status: 0 });
      if (fault.drop !== 'hang') dropSocket(upgrade.request.socket, fault.drop);
      return { hangs: true };
    }
    if (fault && hasAnswer(fault)) {
      const status = fault.status ?? ERRORS[fault.error ?? 'fault'].status;
      record({ status, errors: fault.error ? [fault.error] : [] });
      return { failure: status < 429 ? 'not-authorized' : 'temporary-auth-failure' };
    }
    try {
      const login = checkCredentials(sandbox, addressedUser(sandbox, name), password);
      const stream = this.#connections.get(upgrade);
      if (stream?.isOpen) {
        // Without an error, after which SDKs connect again, and are refused then. sdk: chat widget 0.43 doesn't disconnect when it
        // logs out, and an error of the stream becomes an uncaught error in the page.
        const connection = { ...login, end: () => stream.end() };
        sandbox.chatConnections.add(connection, sandbox.state);
        upgrade.request.socket.once('close', () => sandbox.chatConnections.remove(connection));
      }
      record({ status: 101 });
      return { address: name };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      record({ status: 401, errors: error.problems.map(({ key }) => key) });
      return { failure: 'not-authorized' };
    }
  }

  /** sdk: in most releases the chat's address is a host without a path, so that the token has to say whose sandbox is meant. */
  async #sandboxOf(name: string, password: string): Promise<Sandbox> {
    const named = await this.#server.openSandbox(name);
    if (name !== '' || named.state.sessions.get(password)) return named;
    return this.#server.sandboxOfToken(password) ?? named;
  }

  /** Adds a login to the sandbox's journal, and to the log. */
  #record(
    sandbox: Sandbox,
    request: IncomingMessage,
    started: number,
    { app, user }: AddressedUser,
    { status, errors = [], fault }: Outcome,
  ): void {
    const { url = '', headers } = request;
    const [path] = splitUrl(url);
    const entry = {
      method: 'GET',
      path,
      operation: CHAT_CONNECT,
      status,
      duration_ms: Math.round((performance.now() - started) * 1000) / 1000,
      errors,
    };
    sandbox.recordRequest({
      ...entry,
      at: sandbox.clock.now(),
      application: app?.id ?? null,
      user_id: user?.id ?? null,
      tag: undefined,
      params: {},
      fault: fault?.id,
      findings: [],
      changes: [],
      position: sandbox.history.position,
      sentMethod: 'GET',
      scheme: 'ws',
      mount: '',
      url,
      headers,
      headSize: request.rawHeaders.join('').length,
      bodySize: 0,
      behaviours:
        fault && failsLogin(fault)
          ? faultBehaviours(CHAT_CONNECT)
          : behavioursOf({
              row: CHAT_LOGIN,
              params: {},
              problems: errors.map((key) => ({ key, params: {} })),
              dialect: sandbox.dialectOf(app ? app.dialect : DIALECTS[0].name),
              settings: app?.settings,
              hasApiKey: false,
            }),
      sentHeaders: status === 0 ? undefined : {},
      type: '',
      text: '',
    });
    this.#server.log?.({ ...entry, sandbox: sandbox.name, query: '', hint: undefined });
  }
}

/** Whether a login doesn't succeed with a fault, whose other effects are for HTTP. A login changes nothing, so `when` makes no difference. */
function failsLogin(effect: FaultEffect): boolean {
  return effect.drop !== undefined || hasAnswer(effect);
}
