import { ENDPOINTS, type Endpoint, NOT_EMULATED } from '../api/endpoints.ts';

/** What a path stands for. */
export interface Route {
  readonly endpoint: Endpoint;
  /** The path's `:id`. */
  readonly id: string;
}

const fixed = new Map<string, Route>();
/** Single routes that look like one with an id, and aren't (sdk: `/users/online`). */
const leftOut = new Set(NOT_EMULATED);
/** Method and all of the path before its id → the endpoint. */
const withId = new Map<string, Endpoint>();
for (const endpoint of ENDPOINTS) {
  const key = `${endpoint.method} ${endpoint.path}`;
  if (endpoint.path.endsWith('/:id')) withId.set(key.slice(0, -'/:id'.length), endpoint);
  else fixed.set(key, { endpoint, id: '' });
}

/** The endpoint that a method and a path lead to; undefined: none. */
export function findRoute(method: string, path: string): Route | undefined {
  const key = `${method} ${path}`;
  const found = fixed.get(key);
  if (found || leftOut.has(path)) return found;
  const slash = key.lastIndexOf('/');
  const endpoint = withId.get(key.slice(0, slash));
  return endpoint && slash < key.length - 1 ? { endpoint, id: decodeId(key.slice(slash + 1)) } : undefined;
}

/** What `decode` has left encoded. */
function decodeId(segment: string): string {
  return segment.replaceAll('%2F', '/').replaceAll('%25', '%');
}

/** Whether a path belongs to a module of the vendors that is left out on purpose. */
export function isLeftOut(path: string): boolean {
  return NOT_EMULATED.some((left) => path === left || path.startsWith(`${left}/`));
}
