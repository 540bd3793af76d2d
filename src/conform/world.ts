import type { Dialect } from '../dialects/dialect.ts';
import { escapePattern } from '../support/printable.ts';
import type { Answer, ProbeApplication, ProbeUser, UserName, World } from './calls.ts';
import { parseBody } from './http.ts';

/** An error without the ids, names and keys of the run, which no row may hold. Short ids could be any number. */
export function withoutValues(answer: Answer, { users, app, newName }: World): Answer {
  if (answer.status < 400) return answer;
  const ids = Object.values(users).map(({ id }) => String(id));
  const { auth_key, auth_secret, account_key } = app;
  const keys = [auth_key, auth_secret ?? '', account_key ?? ''].map(escapePattern);
  const text = Object.entries({
    user: [newName('[\\w-]*'), ...ids.filter(isLong)],
    application: [String(app.id)].filter(isLong),
    key: keys.filter(isLong),
  }).reduce((rest, [name, values]) => {
    const pattern = new RegExp(`(?<!\\w)(?:${values.join('|')})(?!\\w)`, 'gi');
    return values.length > 0 ? rest.replace(pattern, `{${name}}`) : rest;
  }, answer.text);
  return { ...answer, text, body: parseBody(answer.headers['content-type'], text) };
}

function isLong(text: string): boolean {
  return text.length > 4;
}

/** The facts that a run's names, numbers and sessions follow from. */
export interface WorldFacts {
  readonly dialect: Dialect;
  readonly app: ProbeApplication;
  /** Signs the parameters of a session. */
  readonly sign: (params: Readonly<Record<string, unknown>>, secret: string) => string;
  /** Random letters and digits that begin the names of the run's users. */
  readonly random: string;
}

/** @param started ms since 1970: the worlds of a run have the same names, numbers and timestamps */
export function worldOf({ dialect, app, random, sign }: WorldFacts, started: number): World {
  const prefix = `ue-conform-${random}`;
  const user = (name: UserName, at: number): ProbeUser => {
    const number = (started % 100_000_000) * 10 + at;
    return {
      login: `${prefix}-${name}`,
      password: `Conform-${random}`,
      email: `${prefix}-${name}@example.com`,
      full_name: `Conform ${random} ${name}`,
      phone: `1${String(number).padStart(9, '0')}`,
      external_user_id: number,
      facebook_id: String(number),
      twitter_id: String(number),
      user_tags: `conform${random}`,
      id: 0,
    };
  };
  let nonce = 0;
  const timestamp = Math.floor(started / 1000);
  const unsignedSession = () => ({
    application_id: app.id,
    auth_key: app.auth_key,
    ...(app.auth_secret !== null && { timestamp, nonce: ++nonce }),
  });
  return {
    dialect,
    app,
    sessions: {},
    users: { a: user('a', 1), b: user('b', 2), c: user('c', 3), d: user('d', 4), e: user('e', 5) },
    newName: (suffix) => `${prefix}-${suffix.replaceAll('_', '-')}`.slice(0, 48),
    unsignedSession,
    session: (more = {}) => {
      const params = { ...unsignedSession(), ...more };
      return app.auth_secret === null ? params : { ...params, signature: sign(params, app.auth_secret) };
    },
  };
}
