import { readEvents } from '../client/read-events.ts';
import type { LiveEvents } from '../control/live-events.ts';
import { CONSOLE_PATH, CONTROL_PATH, DOCS_PATH, sandboxPath, splitSandboxPath } from '../model/addresses.ts';

/** The path of the emulator, or of the sandbox, that this console shows. */
const base = location.pathname.replace(/\/?$/, '').slice(0, -`${CONTROL_PATH}${CONSOLE_PATH}`.length);
const [root, segment] = splitSandboxPath(base);

/** The name of the sandbox in the console's address; empty without one. */
export const sandboxInPath = decodeURIComponent(segment);
/** The address of the emulated API, for clients; and its parts, as SDKs want them. */
export const apiUrl = location.origin + base;
export const apiHost = location.hostname;
export const apiWithoutScheme = location.host + base;
const TOKEN_KEY = 'users-emulator admin token';

/** The user closed the dialog for the admin token without entering one. */
export class Locked extends Error {}

/** A refusal of the control plane. */
export class Refusal extends Error {
  readonly status: number;
  /** One text for each problem: `password: is too short`. */
  readonly problems: readonly string[];

  constructor(status: number, message: string, problems: readonly string[]) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** Prompts for the admin token. @throws Locked when the user enters none */
export type TokenPrompt = (rejected: boolean) => Promise<string>;

let promptForToken: TokenPrompt = () => Promise.reject(new Locked());
let pendingPrompt: Promise<void> | undefined;

export function setTokenPrompt(prompt: TokenPrompt): void {
  promptForToken = prompt;
}

async function obtainToken(rejected: boolean): Promise<void> {
  try {
    sessionStorage.setItem(TOKEN_KEY, await promptForToken(rejected));
    pendingPrompt = undefined;
  } catch (error) {
    // later calls fail at once: asking again each second would not help
    throw error instanceof Locked ? error : new Locked();
  }
}

/**
 * Calls the control plane; prompts for the admin token when the emulator requires one.
 * @throws Refusal with the problem's detail
 */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return response.json();
}

/** Opens the stream of events. @param after the id of the last known one: those after it come first */
export async function openEvents(after: string | undefined): Promise<LiveEvents> {
  return readEvents(await send(`/events${query({ after })}`, {}));
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  const headers = { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${base}${CONTROL_PATH}${path}`, { ...init, headers }).catch(() => {
    throw new Error('The emulator does not answer: was it stopped?');
  });
  if (response.ok) return response;
  if (response.status === 401) {
    pendingPrompt ??= obtainToken(token !== null);
    await pendingPrompt;
    return send(path, init);
  }
  const { detail, problems = [] } = await response.json();
  throw new Refusal(response.status, detail ?? `${response.status}`, problems);
}

/** `?app=230&search=mia`; leaves out empty and undefined parameters. */
export function query(params: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

/** The address of a sandbox's console; that of the emulator's own state without a name. */
export function consoleOf(name: string): string {
  return root + sandboxPath(name) + CONTROL_PATH + CONSOLE_PATH;
}

export const docsUrl = `${base}${CONTROL_PATH}${DOCS_PATH}`;
export const openApiUrl = `${base}${CONTROL_PATH}/openapi.json`;
