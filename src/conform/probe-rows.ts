// Short forms for the rows of the probes.
import type { OperationName } from '../api/operation-names.ts';
import type { ErrorKey } from '../model/error-catalogue.ts';
import type { Call, Probe, World } from './calls.ts';
import * as needs from './needs.ts';

export const GOOD_PASSWORD = 'Conform-2026-x';
/** An id that no user has. */
export const NOBODY = 2_000_000_000;

export type Params = Readonly<Record<string, unknown>>;
type Details = Partial<Omit<Probe, 'of' | 'call'>>;

export const get = (path: string, params?: Params): Call => ({ method: 'GET', path, ...(params && { params }) });
export const remove = (path: string): Call => ({ method: 'DELETE', path });
export const post = (path: string, params: Params): Call => ({ method: 'POST', path, params });
export const put = (path: string, params: Params): Call => ({ method: 'PUT', path, params });
export const inXml = (call: Call): Call => ({ ...call, format: 'xml' });

/** A question whose answer is a success. @param part a route in parentheses, or a use, that has evidence of its own */
export function success(name: OperationName, call: Probe['call'], details: Details = {}, part = ''): Probe {
  return {
    of: `operation:${name}${part}`,
    as: 'a',
    call,
    ...details,
    needs: [needs.operation(name), ...(details.needs ?? [])],
  };
}

/** A question whose answer is an error. @param key with the field, where the evidence may speak of that alone: `taken:login` */
export function error(key: ErrorKey | `${ErrorKey}:${string}`, call: Probe['call'], details: Details = {}): Probe {
  return { of: `error:${key}`, as: 'a', call, ...details };
}

/** Asked by the application, without a need of users and changes. */
export const READ: Details = { as: 'app', readOnly: true };
/** The same without a session. */
export const NO_SESSION: Details = { as: 'nobody', readOnly: true };

/** A sign-up with a wrong field. @param name of the user, if it is accepted all the same */
export function signUp(
  key: Parameters<typeof error>[0],
  name: string,
  fields: (world: World) => Params,
  details: Details = {},
): Probe {
  const call = (world: World) =>
    post('/users', { user: { login: world.newName(name), password: GOOD_PASSWORD, ...fields(world) } });
  return error(key, call, { as: 'app', ...details });
}
