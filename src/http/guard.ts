import type { IncomingHttpHeaders } from 'node:http';
import { ControlError } from '../control/control-error.ts';
import { sameText } from '../model/passwords.ts';

/** How the control plane is guarded. */
export interface GuardOptions {
  readonly adminToken: string | undefined;
  /** Host names of this machine. */
  readonly allowedHosts: ReadonlySet<string>;
}

/**
 * Lets a request use the control plane, or refuses it. With an admin token, the request must have it. Without one, it must come to
 * a host name of this machine (a foreign name that resolves to this machine is how a page gets past the browser's checks) and not
 * from a page of another origin.
 * @param isPublic the operation needs no token: it is opened from a link, or before a token is known
 * @throws ControlError 401, 403
 */
export function guard(
  { adminToken, allowedHosts }: GuardOptions,
  { authorization = '', host = '', origin }: IncomingHttpHeaders,
  isPublic: boolean,
): void {
  if (adminToken !== undefined) {
    const given = /^Bearer (.+)$/i.exec(authorization)?.[1];
    if (isPublic || (given !== undefined && sameText(given, adminToken))) return;
    throw new ControlError(401, 'the control plane needs the admin token: send Authorization: Bearer <token>');
  }
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!allowedHosts.has(name) && !name.endsWith('.localhost')) {
    throw new ControlError(
      403,
      `the control plane is not reached as '${name}': use localhost, or start with --admin-token`,
    );
  }
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new ControlError(403, `pages of ${origin} may not use the control plane`);
  }
}
