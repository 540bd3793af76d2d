import { expect } from 'vitest';
import { createRandom } from '../../src/support/random.ts';
import type { Send } from './http.ts';

/** The contents of a sandbox. */
interface Content {
  readonly logins: readonly string[];
  readonly snapshots: Readonly<Record<string, readonly string[]>>;
}

const EMPTY: Content = { logins: [], snapshots: {} };

/**
 * A client that changes a whole sandbox: sign-ups, snapshots, restore, reset, import, deletion of the sandbox. It knows what the
 * sandbox holds: what was confirmed and, if the last change was not answered, what that would have made of it.
 */
export class CrashWorld {
  readonly #path: string;
  readonly #chance: () => number;
  #confirmed = EMPTY;
  #sent: Content | undefined;
  #count = 0;
  readonly done = new Map<string, number>();

  constructor(name: string) {
    this.#path = `/sandbox/${name}/_emulator`;
    this.#chance = createRandom(name).fraction;
  }

  /** One change. Throws when the server is gone. */
  async step(send: Send): Promise<void> {
    const { logins, snapshots } = this.#confirmed;
    const name = this.#chance() < 0.5 ? 'a' : 'b';
    const saved = snapshots[name];
    const { [name]: _, ...others } = snapshots;
    const action = this.#chance();
    if (action < 0.5) {
      const login = this.#login();
      const custom_data = 'x'.repeat(this.#chance() < 0.2 ? 200_000 * this.#chance() : 20);
      const password = 'secret123';
      return this.#change(send, 'sign-up', { logins: [...logins, login], snapshots }, 'POST /users', {
        body: { login, password, custom_data },
      });
    }
    if (action < 0.65)
      return this.#change(
        send,
        'snapshot',
        { logins, snapshots: { ...others, [name]: logins } },
        `PUT /snapshots/${name}`,
      );
    if (action < 0.7 && saved)
      return this.#change(send, 'deletion of a snapshot', { logins, snapshots: others }, `DELETE /snapshots/${name}`);
    if (action < 0.8 && saved)
      return this.#change(send, 'restore', { logins: saved, snapshots }, `POST /snapshots/${name}/restore`);
    if (action < 0.85) return this.#change(send, 'reset', { logins: [], snapshots }, 'POST /reset');
    if (action < 0.95) {
      const imported = Array.from({ length: 1 + 300 * this.#chance() }, () => this.#login());
      const body = imported.map((login) => ({ login }));
      const merge = this.#chance() < 0.5;
      const content = { logins: merge ? [...logins, ...imported] : imported, snapshots };
      return this.#change(send, 'import', content, `POST /import?mode=${merge ? 'merge' : 'replace'}`, { body });
    }
    return this.#change(send, 'deletion of the sandbox', EMPTY, undefined);
  }

  async #change(
    send: Send,
    what: string,
    after: Content,
    route: string | undefined,
    { body = {} as object } = {},
  ): Promise<void> {
    this.#sent = after;
    const [method, path] = route?.split(' ') ?? [];
    const sandbox = this.#path.split('/')[2];
    const { status, text } = await (route
      ? send(`${method} ${this.#path}${path}`, method === 'DELETE' ? {} : { body })
      : send(`DELETE /_emulator/sandboxes/${sandbox}`));
    // nothing was written yet, so that there is no sandbox to delete
    if (!(route === undefined && status === 404))
      expect([what, status, status === 200 ? '' : text]).toEqual([what, 200, '']);
    this.#confirmed = after;
    this.#sent = undefined;
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  /** Compares what a server has found with what it has confirmed. A change without an answer has happened wholly or not at all. */
  async check(send: Send): Promise<void> {
    const { applications } = (await send(`GET ${this.#path}/export`)).json as {
      applications: { users: { login: string }[] }[];
    };
    const { snapshots } = (await send(`GET ${this.#path}/snapshots`)).json as { snapshots: string[] };
    const found = textOf(
      applications.flatMap(({ users }) => users.map(({ login }) => login)),
      snapshots,
    );
    const possible = [this.#confirmed, ...(this.#sent ? [this.#sent] : [])];
    const texts = possible.map((content) => textOf(content.logins, Object.keys(content.snapshots)));
    expect(texts, this.#path).toContain(found);
    // if both differ only in what the snapshots hold, the next restore would show a mistake of either; save them again
    const index = texts.lastIndexOf(found);
    this.#confirmed = possible[index] ?? this.#confirmed;
    const isUnclear = this.#sent !== undefined && texts[0] === texts[1];
    this.#sent = undefined;
    if (!isUnclear) return;
    for (const name of Object.keys(this.#confirmed.snapshots))
      await this.#change(
        send,
        'snapshot',
        { ...this.#confirmed, snapshots: { ...this.#confirmed.snapshots, [name]: this.#confirmed.logins } },
        `PUT /snapshots/${name}`,
      );
  }

  #login(): string {
    return `user${this.#count++}`;
  }
}

function textOf(logins: readonly string[], snapshots: readonly string[]): string {
  return `${[...logins].sort().join(' ')} | ${[...snapshots].sort().join(' ')}`;
}
