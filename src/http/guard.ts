import type { IncomingHttpHeaders } from 'node:http';
import { ControlError } from '../control/control-error.ts';
import { sameText } from '../model/passwords.ts';

/** What the control plane is guarded with. */
export interface GuardOptions {
  readonly adminToken: string | undefined;
  /** Names by which this machine is reached. */
  readonly allowedHosts: ReadonlySet<string>;
}

/**
 * Who may use the control plane: whoever has the admin token; without one, clients on this machine that are not pages of other
 * origins and that came by a name of this machine (a foreign name that was made to point here is a page's way in).
 * @param open for operations that are reached by link or before a token is known: no token is asked for
 * @throws ControlError 401, 403
 */
export function guard(
  { adminToken, allowedHosts }: GuardOptions,
  { authorization = '', host = '', origin }: IncomingHttpHeaders,
  open: boolean,
): void {
  if (adminToken !== undefined) {
    const given = /^Bearer (.+)$/i.exec(authorization)?.[1];
    if (open || (given !== undefined && sameText(given, adminToken))) return;
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
