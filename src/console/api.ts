import { CONSOLE_PATH, CONTROL_PATH, splitSandboxPath } from '../model/addresses.ts';
import { dialog, field, form, h } from './dom.ts';

/** Where this console is below: the emulator, or one of its sandboxes. */
const base = location.pathname.replace(/\/?$/, '').slice(0, -`${CONTROL_PATH}${CONSOLE_PATH}`.length);
const [root, segment] = splitSandboxPath(base);

export { root };
export const sandbox = decodeURIComponent(segment);
const TOKEN = 'users-emulator admin token';

/** The admin token was asked for, and not given. */
export class Locked extends Error {}

let asking: Promise<void> | undefined;

/**
 * Calls the control plane; asks for the admin token where that is needed.
 * @throws Error with the problem's detail
 */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(`${base}${CONTROL_PATH}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The emulator does not answer: was it stopped?');
  });
  if (response.status === 401) {
    asking ??= askForToken(token !== null);
    await asking;
    return api(method, path, body);
  }
  const value = await response.json();
  if (!response.ok) throw new Error(value.detail ?? `${response.status}`);
  return value;
}

/** `?app=230&search=mia` of what is there. */
export function query(params: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

function askForToken(again: boolean): Promise<void> {
  return new Promise((done, cancelled) => {
    const input = h('input', { name: 'token', type: 'password', required: true, autocomplete: 'off' });
    const box = dialog('Admin token', (close) => [
      h('p', {}, again ? 'That token is not the right one.' : 'The emulator was started with --admin-token.'),
      form(
        ({ token }) => {
          sessionStorage.setItem(TOKEN, token!);
          asking = undefined;
          done();
          close();
        },
        'Use it',
        field('Token', input),
      ),
    ]);
    box.addEventListener('close', () => {
      asking = undefined;
      cancelled(new Locked('Without its admin token the emulator shows nothing: reload to be asked again'));
    });
  });
}
