import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/support/random.ts';
import { CrashWorld } from '../support/crash-world.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Send, sender } from '../support/http.ts';
import { startCommand } from '../support/running.ts';

/**
 * Kills the server repeatedly while clients write to it, and checks every confirmed change. In full (500 times) with
 * `node bench/crash.mjs`, which sets CRASHES.
 */
const CRASHES = Number(process.env.CRASHES ?? 6);
const WRITERS = 8;
const SANDBOXES = 3;
const temporary = temporaryFolder();
/** Enough users to make the file and its change log large, few enough to check all of them after each crash. */
const MAX_USERS = 60;

/** A client's knowledge of one of its users. A change that was sent but not answered has happened completely or not at all. */
interface KnownUser {
  readonly id: number;
  readonly login: string;
  /** `custom_data`; undefined: deleted. */
  confirmed: string | undefined;
  sent: { readonly value: string | undefined } | undefined;
  /** A confirmed token. */
  token: string | undefined;
}

/** Errors of a request to a killed server. */
const CONNECTION_ERRORS: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Writes until the server is gone. @param done called after each answer */
async function writeAll(step: () => Promise<void>, done: () => void): Promise<void> {
  for (;;) {
    try {
      await step();
      done();
    } catch (error) {
      if (CONNECTION_ERRORS.has((error as NodeJS.ErrnoException).code)) return;
      throw error;
    }
  }
}

class Client {
  readonly users: KnownUser[] = [];
  /** Logins of unanswered sign-ups. */
  readonly unanswered = new Set<string>();
  readonly #name: string;
  readonly #chance: () => number;
  #count = 0;

  constructor(number: number) {
    this.#name = `client${number}`;
    this.#chance = createRandom(String(number)).fraction;
  }

  /** One change. Throws when the server is gone. */
  async step(send: Send, app: string): Promise<void> {
    const alive = this.users.filter(({ confirmed, sent }) => confirmed !== undefined && !sent);
    const user = alive[Math.floor(this.#chance() * alive.length)];
    const action = this.#chance();
    if (!user || (action < 0.3 && this.users.length < MAX_USERS)) return this.#signUp(send, app);
    if (!user.token) {
      const { id } = user;
      const { status, json } = await send('POST /_emulator/sessions', { body: { user: id } });
      expect(status).toBe(200);
      user.token = json.token;
    } else if (action < 0.4) {
      await this.#change(send, user, undefined, `DELETE /users/${user.id}`);
      this.users.splice(this.users.indexOf(user), user.confirmed === undefined ? 1 : 0);
    } else {
      const value = this.#text();
      await this.#change(send, user, value, `PUT /users/${user.id}`, { user: { custom_data: value } });
    }
  }

  async #signUp(send: Send, token: string): Promise<void> {
    const login = `${this.#name}_${this.#count++}`;
    const custom_data = this.#text();
    this.unanswered.add(login);
    const { status, json } = await send('POST /users', {
      token,
      body: { user: { login, password: login, custom_data } },
    });
    expect(status).toBe(201);
    this.unanswered.delete(login);
    this.users.push({ id: json.user.id, login, confirmed: custom_data, sent: undefined, token: undefined });
  }

  async #change(send: Send, user: KnownUser, value: string | undefined, route: string, body?: object): Promise<void> {
    user.sent = { value };
    const { status } = await send(route, { token: user.token, ...(body && { body }) });
    expect(status).toBe(200);
    user.sent = undefined;
    user.confirmed = value;
  }

  /** Mostly short; long ones cause frequent checkpoints. */
  #text(): string {
    return `${this.#count}:${'x'.repeat(this.#chance() < 0.2 ? 20_000 * this.#chance() : 20)}`;
  }
}

interface FoundState {
  readonly applications: {
    readonly id: number;
    readonly next_user_id: number;
    readonly users: {
      readonly id: number;
      readonly login: string;
      readonly custom_data: string;
      readonly password_hash: string;
    }[];
  }[];
  readonly sessions: { readonly token: string; readonly user_id: number | null }[];
}

/** Compares the stored state with the clients' knowledge, and completes that with the outcome of unanswered changes. */
function check(found: FoundState, clients: readonly Client[], app: string): void {
  const { users, next_user_id } = found.applications.find(({ id }) => id === 230)!;
  const byId = new Map(users.map((user) => [user.id, user]));
  const tokens = new Map(found.sessions.map(({ token, user_id }) => [token, user_id]));
  expect(tokens.has(app)).toBe(true);
  const known = new Set<number>();
  for (const client of clients) {
    for (const user of client.users) {
      known.add(user.id);
      const now = byId.get(user.id)?.custom_data;
      if (user.sent && now === user.sent.value) user.confirmed = now;
      expect(now, `${user.login}, ${user.sent ? 'sent' : 'confirmed'}`).toBe(user.confirmed);
      user.sent = undefined;
      if (now === undefined) user.token = undefined;
      else if (user.token !== undefined) expect(tokens.get(user.token)).toBe(user.id);
    }
    client.users.splice(0, Infinity, ...client.users.filter(({ confirmed }) => confirmed !== undefined));
  }
  // partial changes: a sign-up without its id or its password, a session of a deleted user
  for (const { id, login, password_hash } of users) {
    expect(id).toBeLessThan(next_user_id);
    expect(password_hash, login).toMatch(/^\w{16}\$/);
    expect(known.has(id) || clients.some(({ unanswered }) => unanswered.has(login)), login).toBe(true);
  }
  for (const user of tokens.values()) expect(user === null || byId.has(user)).toBe(true);
}

/** Makes the server write the whole file, over and over, until it is gone. */
async function save(send: Send, saved: { confirmed: boolean }): Promise<void> {
  for (;;) {
    const answer = await send('PUT /_emulator/snapshots/s', { body: {} }).catch(() => undefined);
    if (!answer) return;
    saved.confirmed = true;
  }
}

test(
  `${CRASHES} times SIGKILL under ${WRITERS} writers and changes of ${SANDBOXES} whole sandboxes: every confirmed change is stored, and none partially`,
  async () => {
    const file = join(temporary, 'state.json');
    const args = ['--data', file, '--port', '0', '--json', '--log', 'silent'];
    const clients = Array.from({ length: WRITERS }, (_, number) => new Client(number));
    const worlds = Array.from({ length: SANDBOXES }, (_, number) => new CrashWorld(`w${number}`));
    const chance = createRandom('4711').fraction;
    const saved = { confirmed: false };
    let app = '';
    let changes = 0;
    for (let crash = 0; crash <= CRASHES; crash++) {
      const server = await startCommand(args);
      const send = sender(server.ready.url);
      if (app === '') app = (await send('POST /_emulator/sessions', { body: {} })).json.token;
      check((await send('GET /_emulator/export')).json, clients, app);
      for (const world of worlds) await world.check(send);
      if (saved.confirmed) expect((await send('GET /_emulator/snapshots')).json.snapshots).toEqual(['s']);
      if (crash === CRASHES) {
        expect(await server.stop()).toBe(0);
        break;
      }
      const before = changes;
      const enough = 200 * chance();
      const patience = Date.now() + 2000;
      const steps = [
        ...clients.map((client) => () => client.step(send, app)),
        ...worlds.map((world) => () => world.step(send)),
      ];
      const writing = Promise.all(steps.map((step) => writeAll(step, () => changes++)));
      writing.catch(() => {});
      const saving = crash % 3 === 1 ? save(send, saved) : undefined;
      while (changes - before < enough && Date.now() < patience) await sleep(3 * chance());
      await server.stop('SIGKILL');
      await writing;
      await saving;
    }
    expect(changes).toBeGreaterThan(CRASHES * 5);
    expect(readdirSync(temporary)).toEqual(['state.json', 'state.json.sandboxes']);
    check(JSON.parse(readFileSync(file, 'utf8')), clients, app);
    const totals: Record<string, number> = {};
    for (const { done } of worlds) for (const [what, count] of done) totals[what] = (totals[what] ?? 0) + count;
    process.stdout.write(`${CRASHES} kills, ${changes} changes confirmed; of sandboxes: ${JSON.stringify(totals)}\n`);
  },
  20_000 + CRASHES * 5_000,
);
