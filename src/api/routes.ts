import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { NOT_EMULATED } from './modules.ts';

/** The endpoint for a method and a path. */
export interface Route {
  readonly endpoint: Endpoint;
  /** The path's `:id`; empty when it has none. */
  readonly id: string;
}

/** `GET /users/v2` → its route. */
const exact = new Map<string, Route>();
/** `GET /users`, the part in front of the id → the endpoint. */
const withId = new Map<string, Endpoint>();
for (const endpoint of ENDPOINTS) {
  const key = `${endpoint.method} ${endpoint.path}`;
  if (endpoint.path.endsWith('/:id')) withId.set(key.slice(0, -'/:id'.length), endpoint);
  else exact.set(key, { endpoint, id: '' });
}
/** Among them are paths that look like one with an id (sdk: `/users/online`). */
const notEmulated = new Set(NOT_EMULATED);

/** Finds the endpoint for a method and a path. @param path decoded, except `%2F` and `%25` */
export function findRoute(method: string, path: string): Route | undefined {
  const key = `${method} ${path}`;
  const found = exact.get(key);
  if (found || notEmulated.has(path)) return found;
  const slash = key.lastIndexOf('/');
  const endpoint = withId.get(key.slice(0, slash));
  return endpoint && slash < key.length - 1 ? { endpoint, id: decodeId(key.slice(slash + 1)) } : undefined;
}

/** Decodes the escapes that a decoded path still has: `%2F` and `%25`. */
export function decodeId(segment: string): string {
  return segment.replaceAll('%2F', '/').replaceAll('%25', '%');
}
