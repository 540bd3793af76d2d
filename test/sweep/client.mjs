// A sample client of the Users API, for sweeps: it signs up a user, logs in and reads the user. `node client.mjs faulty` has four
// faults: its sign-up is duplicated after a lost answer, its login has no retry, and its reading floods the server and waits for ever.
import { setTimeout as sleep } from 'node:timers/promises';

const BASE = process.env.USERS_EMULATOR_URL;
const KEY = '29WfrNWdvkhmX6V';
const isFaulty = process.argv[2] === 'faulty';
const ATTEMPTS = 3;
/** After this time (ms) without an answer, the next attempt is made. */
const PATIENCE = 2000;

/** Sends a request until it is answered. @param plan.requestOf makes the request of an attempt, counted from 1 */
async function call({ requestOf, attempts = ATTEMPTS, isPatient = false, isRude = false }) {
  for (let count = 1; ; count++) {
    try {
      const { path, ...init } = requestOf(count);
      const answer = await fetch(BASE + path, {
        ...init,
        signal: isPatient ? undefined : AbortSignal.timeout(PATIENCE),
      });
      const text = await answer.text();
      if (answer.status !== 429 && answer.status < 500) return { status: answer.status, json: JSON.parse(text) };
      const seconds = answer.headers.get('Retry-After');
      throw Object.assign(new Error(`${path}: ${answer.status}`), seconds && { pause: seconds * 1000 });
    } catch (error) {
      if (count === attempts) throw error;
      await sleep(isRude ? 0 : (error.pause ?? 20 * count));
    }
  }
}

async function signUp() {
  let login = 'mia';
  const { status, json } = await call({
    requestOf: (count) => {
      // the fault: an attempt without an answer may have succeeded
      if (isFaulty && count > 1) login = `mia-${count}`;
      const body = new URLSearchParams({ 'user[login]': login, 'user[password]': 'secret123' });
      return { path: '/users', method: 'POST', headers: { 'CB-AuthKey': KEY }, body };
    },
  });
  const isMine = status === 422 && JSON.stringify(json).includes('login must be unique');
  if (status !== 201 && !isMine) throw new Error(`sign-up: ${status}`);
  return login;
}

async function logIn(login) {
  const { status, json } = await call({
    attempts: isFaulty ? 1 : ATTEMPTS,
    requestOf: () => {
      const user = { 'user[login]': login, 'user[password]': 'secret123' };
      const timestamp = Math.floor(Date.now() / 1000);
      const body = new URLSearchParams({ application_id: 230, auth_key: KEY, nonce: 1, timestamp, ...user });
      return { path: '/session', method: 'POST', body };
    },
  });
  if (status !== 201) throw new Error(`login: ${status}`);
  return json.session.token;
}

/** Reads the user; a session that has ended is replaced once. */
async function read(login) {
  for (const isLast of [false, true]) {
    const headers = { 'CB-Token': await logIn(login) };
    const { status, json } = await call({
      attempts: isFaulty ? 1000 : ATTEMPTS,
      isPatient: isFaulty,
      isRude: isFaulty,
      requestOf: () => ({ path: `/users/v2?login=${login}`, headers }),
    });
    if (status === 200) return json.items.length;
    if (isLast) throw new Error(`reading: ${status}`);
  }
}

const found = await read(await signUp());
if (found !== 1) throw new Error(`${found} users found`);
