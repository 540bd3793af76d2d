import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';

/** The time at which tests freeze the clock. */
export const NOW = '2026-01-01T00:00:00Z';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed text; undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes
  readonly json: any;
}

/** Sends a request to the emulated API, with a token of one of its users (or with other headers). */
export type Send = (
  route: string,
  options?: {
    readonly token?: string | undefined;
    readonly headers?: Readonly<Record<string, string>>;
    /** An object is sent as JSON, a text as a form. */
    readonly body?: unknown;
  },
) => Promise<Answer>;

/** `send('GET /users/51941', { token })` against a base address. `fetch` refuses bodies on GET: see `raw.ts` for those. */
export function sender(url: string): Send {
  return async (route, { token, headers = {}, body } = {}) => {
    const [method, path] = route.split(/ (.*)/s) as [string, string];
    const sent: Record<string, string> = { ...headers };
    if (token !== undefined) sent['CB-Token'] = token;
    if (typeof body === 'string') sent['Content-Type'] ??= 'application/x-www-form-urlencoded';
    else if (body !== undefined) sent['Content-Type'] ??= 'application/json';
    const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers: sent, ...payload });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A seeded emulator on a free port, and a function that sends requests to it. */
export async function seeded(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; send: Send }> {
  const emulator = await createEmulator({ seed: true, ...options });
  return { emulator, send: sender(emulator.url) };
}
