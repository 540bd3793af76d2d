import { JSON_TYPE } from '../dialects/formats/json.ts';
import { CONSOLE_PATH, CONTROL_PATH } from '../model/addresses.ts';
import type { ApiResponse } from './api-messages.ts';
import { plainError } from './plain-error.ts';
import { type MountedRequest, splitUrl, type Target } from './target.ts';

/**
 * The answer to a request that a browser makes on its own, and no client of the API: someone opens the address, which leads to the
 * console, and the browser looks for an icon. Neither belongs into the journal of the requests under test.
 */
export function browserAnswer({ method, headers }: MountedRequest, { url, home }: Target): ApiResponse | undefined {
  if (method !== 'GET') return undefined;
  const [path] = splitUrl(url);
  if (path === '/favicon.ico') return plainError(404, 'No route matches GET /favicon.ico');
  if (path !== '/' || headers.accept?.includes('text/html') !== true) return undefined;
  const location = `${home}${CONTROL_PATH}${CONSOLE_PATH}`;
  return { status: 302, headers: { Location: location, Vary: 'Accept' }, type: JSON_TYPE, text: '' };
}
