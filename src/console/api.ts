import { CONSOLE_PATH, CONTROL_PATH, splitSandboxPath } from '../model/addresses.ts';
import { dialog, field, form, h } from './dom.ts';

/** The path of the emulator, or of the sandbox, that this console shows. */
const base = location.pathname.replace(/\/?$/, '').slice(0, -`${CONTROL_PATH}${CONSOLE_PATH}`.length);
const [root, segment] = splitSandboxPath(base);

export { root };
export const sandbox = decodeURIComponent(segment);
const TOKEN_KEY = 'users-emulator admin token';

/** The user closed the dialog for the admin token without entering one. */
export class Locked extends Error {}

let tokenPrompt: Promise<void> | undefined;

/**
 * Calls the control plane; prompts for the admin token when the emulator requires one.
 * @throws Error with the problem's detail
 */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  const response = await fetch(`${base}${CONTROL_PATH}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The emulator does not answer: was it stopped?');
  });
  if (response.status === 401) {
    tokenPrompt ??= promptForToken(token !== null);
    await tokenPrompt;
    return api(method, path, body);
  }
  const value = await response.json();
  if (!response.ok) throw new Error(value.detail ?? `${response.status}`);
  return value;
}

/** `?app=230&search=mia`; leaves out empty and undefined parameters. */
export function query(params: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

function promptForToken(rejected: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const input = h('input', { name: 'token', type: 'password', required: true, autocomplete: 'off' });
    const prompt = dialog('Admin token', (close) => [
      h('p', {}, rejected ? 'The emulator rejected that token.' : 'The emulator was started with --admin-token.'),
      form(
        ({ token }) => {
          sessionStorage.setItem(TOKEN_KEY, token!);
          tokenPrompt = undefined;
          resolve();
          close();
        },
        'Use token',
        field('Token', input),
      ),
    ]);
    prompt.addEventListener('close', () => {
      tokenPrompt = undefined;
      reject(new Locked('The console needs the admin token: reload the page to enter it.'));
    });
  });
}
