import type { StepName } from './journey.ts';

/** A release of a vendor's SDK: how to load it, and what it can't do. */
export interface SdkRow {
  readonly name: string;
  readonly version: string;
  /** The npm package or alias that it is installed as. */
  readonly module: string;
  readonly family: 'connectycube' | 'quickblox';
  /** For docs/guides/sdks.md: the settings that point it at the emulator. */
  readonly init: string;
  /** Steps that this release has no call for, or that its own code gets wrong, with what it does instead. */
  readonly unsupported: Partial<Record<StepName, string>>;
}

const HTTPS = "`endpoints: { api: 'localhost:4230', chat: 'localhost' }`";
const HTTP = "over http with `endpoints: { api_url: 'http://localhost:4230', api: 'localhost', chat: 'localhost' }`";

/** Why a release makes no chat connection here. */
const noChat = (reason: string) => ({
  "the chat, with a session's token": reason,
  "the chat, with a user's password": reason,
});
const UNSIGNED = { 'a session signed with SHA-256': 'does not sign sessions' };
const NO_KEY = { 'a sign-up without a session': 'needs a session before sign-up' };
const NO_FIREBASE = { 'a session through Firebase': "drops Firebase's parameters" };
const NO_GUESTS = { 'a guest': 'has no guest sessions' };
const NO_ONLINE = { 'users who are online': 'has no list of users who are online' };
const NO_ACCOUNT = { 'the settings of the account': 'requests no account settings' };
const NO_V2 = {
  'V2: in': 'has no V2',
  'V2: start_with, and a Date': 'has no V2',
  'V2: an invalid query': 'has no V2',
};

const cube = (version: string, module: string, init: string, unsupported: SdkRow['unsupported']): SdkRow => ({
  name: 'ConnectyCube',
  version,
  module,
  family: 'connectycube',
  init,
  unsupported: { ...unsupported, ...NO_ACCOUNT },
});
const blox = (version: string, module: string, unsupported: SdkRow['unsupported'] = {}): SdkRow => ({
  name: 'QuickBlox',
  version,
  module,
  family: 'quickblox',
  init: HTTPS,
  unsupported: { ...NO_KEY, ...NO_GUESTS, ...NO_ONLINE, ...NO_FIREBASE, ...NO_V2, ...unsupported },
});

const TCP = 'connects to the chat over plain TCP in Node.js';

/** The matrix: every generation of both vendors' JavaScript SDKs. */
export const SDKS: readonly SdkRow[] = [
  cube('2.1.7', 'connectycube-2', HTTPS, {
    ...NO_KEY,
    ...NO_GUESTS,
    ...NO_FIREBASE,
    ...NO_V2,
    ...NO_ONLINE,
    'an expired session: the hook repeats the call': 'never calls its session-expired hook',
  }),
  cube('3.35.3', 'connectycube-3', HTTPS, { ...NO_KEY, ...NO_FIREBASE, ...NO_ONLINE }),
  cube('4.7.32', 'connectycube-4', HTTPS, UNSIGNED),
  cube('5.0.2', 'connectycube-5', HTTPS, UNSIGNED),
  cube('6.1.2', 'connectycube', `${HTTPS}, or ${HTTP}`, UNSIGNED),
  blox('1.17.2', 'quickblox-1', {
    ...noChat('has no chat in Node.js'),
    'a session signed with SHA-256': 'signs with SHA-1 only',
    'a call without a session': 'sends nothing that identifies QuickBlox without a token',
    ...NO_ACCOUNT,
    'a user by phone': 'has no look-up by phone',
  }),
  blox('2.13.11', 'quickblox-2.13', noChat(TCP)),
  blox('2.23.0', 'quickblox-2.23', noChat(TCP)),
];
