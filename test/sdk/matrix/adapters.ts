import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Expectations } from './expectations.ts';

type Params = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: eight releases without common types
type Any = any;

export interface Session {
  readonly token: string;
  readonly application_id: number | string;
  /** Null, undefined or 0 for a session of the application. */
  readonly user_id?: number | null;
  readonly user?: Params;
}

/** An SDK's hook for an expired session: give up, or repeat the call with another session. */
export type SessionExpired = (giveUp: () => void, retry: (session: Session) => void) => void;

/** The calls that the SDKs have in common. Each resolves with the SDK's result, or fails with an SdkError. */
export interface Sdk {
  /** Initialises the SDK again, without a session or with a token. */
  init(options?: { token?: string; hash?: 'sha256'; sessionExpired?: SessionExpired }): void;
  createSession(params?: Params): Promise<Session>;
  getSession(): Promise<Session>;
  destroySession(): Promise<unknown>;
  login(params: Params): Promise<Params>;
  logout(): Promise<unknown>;
  signUp(user: Params): Promise<Params>;
  /** Updates the session's own user. */
  update(user: { readonly id: number }, changes: Params): Promise<Params>;
  deleteUser(user: { readonly id: number }): Promise<unknown>;
  resetPassword(email: string): Promise<unknown>;
  /** A look-up: the id of the user found, or the ids of a list. */
  find(params: number | Params): Promise<number | number[]>;
  list(params: Params): Promise<number[]>;
  listV2(params: Params): Promise<number[]>;
  /** The ids of the users who are online. */
  online(): Promise<number[]>;
  onlineCount(): Promise<number>;
  /** The keys of the account's settings, as the SDK requests them where its endpoints are its defaults. */
  accountSettings(): Promise<string[]>;
  connectChat(params: { readonly userId: number; readonly password: string }): Promise<unknown>;
  disconnectChat(): Promise<unknown>;
  /** The digest that the SDK is configured to sign with. */
  hash(): unknown;
  /** Calls a module that is not emulated. */
  callUnemulated(): Promise<unknown>;
}

/** An answer that the SDK reported as an error. */
export class SdkError extends Error {
  readonly code: unknown;
  readonly body: unknown;
  constructor(code: unknown, body: unknown) {
    super(`refused: ${code} ${JSON.stringify(body)}`);
    this.code = code;
    this.body = body;
  }
}

/**
 * Loads an SDK, unmodified.
 * @param api host, port and sandbox, to which the SDKs prepend `https://`; undefined: the addresses that are built in
 */
export const ADAPTERS: Record<
  'connectycube' | 'quickblox',
  (module: string, api: string | undefined, credentials: Expectations['credentials']) => Sdk
> = {
  connectycube(module, api, { appId, authKey, authSecret }) {
    const loaded = load(module);
    const client = new (loaded.default ?? loaded).ConnectyCube();
    const call = async <T>(answer: Promise<T>): Promise<T> =>
      answer.catch((error: Any) => {
        throw 'code' in error ? new SdkError(error.code, error.info) : error;
      });
    return {
      init({ token, hash = 'sha1', sessionExpired } = {}) {
        const settings = { ...addressesOf(api), debug: { mode: 0 }, on: { sessionExpired }, hash };
        client.init(token === undefined ? { appId, authKey, authSecret } : { appId, token }, settings);
      },
      createSession: (params) => call(client.createSession(params)),
      getSession: () => call(client.getSession()),
      destroySession: () => call(client.destroySession()),
      login: (params) => call(client.login(params)),
      logout: () => call(client.logout()),
      signUp: async (user) => ((await call(client.users.signup(user))) as Any).user,
      update: async (_, changes) => ((await call(client.users.update(changes))) as Any).user,
      deleteUser: ({ id }) => {
        // after a logout the SDK has no user, and would request `/users.json`
        client.service.setCurrentUserId(id);
        return call(client.users.delete());
      },
      resetPassword: (email) => call(client.users.resetPassword(email)),
      find: async (params) => idsOf(await call(client.users.get(params))),
      list: async (params) => idsOf(await call(client.users.get(params))) as number[],
      listV2: async (params) => idsOf(await call(client.users.getV2(params))) as number[],
      online: async () => ((await call(client.users.listOnline())) as Any).users.map(({ id }: Any) => id),
      onlineCount: async () => ((await call(client.users.getOnlineCount())) as Any).count,
      accountSettings: () => Promise.reject(new Error('no account settings')),
      connectChat: (params) => client.chat.connect(params),
      disconnectChat: async () => client.chat.disconnect(),
      hash: () => client.service.sdkInstance.config.hash,
      callUnemulated: () => call(client.addressbook ? client.addressbook.get('d') : client.createWebSession()),
    };
  },

  quickblox(module, api, { appId, authKey, authSecret }) {
    const sdk = load(module);
    const call = <T = Any>(run: (done: (error: Any, result: T) => void) => void): Promise<T> =>
      new Promise((resolve, reject) =>
        run((error, result) => (error ? reject(new SdkError(error.code, bodyOf(error.message))) : resolve(result))),
      );
    return {
      init({ token, hash = 'sha1', sessionExpired } = {}) {
        const settings = {
          ...addressesOf(api),
          on: { sessionExpired: sessionExpired ?? false },
          hash,
        };
        if (token === undefined) sdk.init(appId, authKey, authSecret, settings);
        else sdk.init(token, appId, null, settings);
      },
      createSession: (params = {}) => call((done) => sdk.createSession(params, done)),
      getSession: async () => (await call((done) => sdk.getSession(done))).session,
      destroySession: () => call((done) => sdk.destroySession(done)),
      login: (params) => call((done) => sdk.login(params, done)),
      logout: () => call((done) => sdk.logout(done)),
      signUp: (user) => call((done) => sdk.users.create(user, done)),
      update: ({ id }, changes) => call((done) => sdk.users.update(id, changes, done)),
      deleteUser: ({ id }) => call((done) => sdk.users.delete(id, done)),
      resetPassword: (email) => call((done) => sdk.users.resetPassword(email, done)),
      find: async (params) => idsOf(await call((done) => sdk.users.get(params, done))),
      list: async (params) => idsOf(await call((done) => sdk.users.listUsers(params, done))) as number[],
      listV2: () => Promise.reject(new Error('no V2')),
      online: () => Promise.reject(new Error('no online users')),
      onlineCount: () => Promise.reject(new Error('no online users')),
      accountSettings: async () => {
        const { endpoints, urls } = sdk.service.qbInst.config;
        const url = `https://${endpoints.api}/${urls.account}${urls.type}`;
        return Object.keys(await call((done) => sdk.service.ajax({ url }, done)));
      },
      connectChat: (params) => call((done) => sdk.chat.connect(params, done)),
      disconnectChat: async () => sdk.chat.disconnect(),
      hash: () => sdk.service.qbInst.config.hash,
      callUnemulated: () => call((done) => sdk.content.list({}, done)),
    };
  },
};

/** The settings for an emulator's address. Without `chatProtocol`, the chat has port 5291 and no path. */
function addressesOf(api: string | undefined): object {
  if (api === undefined) return {};
  return { endpoints: { api, chat: 'localhost' }, chatProtocol: { active: 2, websocket: `wss://${api}` } };
}

/** Resolves modules from the project's folder: the program itself comes from stdin. */
function load(module: string): Any {
  return createRequire(join(process.cwd(), 'package.json'))(module);
}

/** An error's body: a string if the call's answer would have been one. */
function bodyOf(message: unknown): unknown {
  return typeof message === 'string' ? JSON.parse(message) : message;
}

/** The id of one user, or all ids of a list: wrapped in `user` as the services do, or bare. */
function idsOf(answer: Any): number | number[] {
  if (Array.isArray(answer.items)) return answer.items.map((item: Any) => (item.user ?? item).id);
  return (answer.user ?? answer).id;
}
