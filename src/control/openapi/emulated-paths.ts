import { PARAMETERS } from '../../api/documented-parameters.ts';
import { ENDPOINTS, type Endpoint } from '../../api/endpoints.ts';
import { USER_FIELDS } from '../../model/fields.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { OBJECT, TEXT, typeOf } from './components.ts';
import { type Json, ref } from './schema.ts';

/** What answers look like; an operation that isn't here has none. Lists are the first service's: others may differ in keys. */
const ANSWERS: Readonly<Record<string, string>> = {
  'session.create': 'Session',
  'session.show': 'Session',
  login: 'User',
  'users.create': 'User',
  'users.list': 'Page',
  'users.list_v2': 'Slice',
  'users.show': 'User',
  'users.update': 'User',
  'users.by_login': 'User',
  'users.by_email': 'User',
  'users.by_facebook_id': 'User',
  'users.by_twitter_id': 'User',
  'users.by_phone': 'User',
  'users.by_full_name': 'Page',
  'users.by_tags': 'Page',
  'users.external.show': 'User',
};

/** Paths as the documents have them → method → operation. */
export function emulatedPaths(credentials: ControlledServer['credentials']): Record<string, Record<string, Json>> {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describe(endpoint, credentials) };
  }
  return paths;
}

function describe(endpoint: Endpoint, credentials: ControlledServer['credentials']): Json {
  const { operation, path, method, status, deprecated, alias, evidence } = endpoint;
  const names = PARAMETERS[operation] ?? [];
  const inBody = method === 'POST' || method === 'PUT';
  const answer = ANSWERS[operation];
  return {
    operationId: alias ? `${operation}.alias` : operation,
    tags: ['emulated'],
    description: `Evidence: ${evidence}`,
    ...(deprecated && { deprecated }),
    security: securityOf(endpoint, credentials),
    parameters: [
      ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: TEXT }] : []),
      ...(inBody ? [] : names.map((name) => queryParameter(operation, name))),
    ],
    ...(inBody && names.length > 0 ? { requestBody: bodyOf(names) } : {}),
    responses: {
      [status]: {
        description: 'Done',
        ...(answer && { content: { 'application/json': { schema: ref('schemas', answer) } } }),
      },
      default: ref('responses', 'Error'),
    },
  };
}

function securityOf({ access }: Endpoint, credentials: ControlledServer['credentials']): Json[] {
  if (access === 'application') return [];
  const tokens = credentials.map(({ dialect }) => ({ [`${dialect}_token`]: [] }));
  if (access !== 'key') return tokens;
  const keys = credentials.filter(({ authKey }) => authKey !== undefined);
  return [...tokens, ...keys.map(({ dialect }) => ({ [`${dialect}_key`]: [] }))];
}

function queryParameter(operation: string, name: string): Json {
  const schema = typeOf(name);
  const list = schema.type === 'array';
  // the second list's fields take a value, or operators with values: `id[gt]=7`
  if (operation !== 'users.list_v2' || !(name in USER_FIELDS))
    return { name: list ? `${name}[]` : name, in: 'query', schema };
  return { name, in: 'query', style: 'deepObject', explode: true, schema: { anyOf: [schema, OBJECT] } };
}

/** The same as JSON and as a form; `user[login]` is a property of the object `user`. */
function bodyOf(names: readonly string[]): Json {
  const properties: Record<string, Json> = {};
  const user: Record<string, Json> = {};
  for (const name of names) {
    const inside = /^user\[(\w+)\]$/.exec(name)?.[1];
    if (inside) user[inside] = typeOf(inside);
    else properties[name] = typeOf(name);
  }
  if (Object.keys(user).length > 0) properties.user = { type: 'object', properties: user };
  const schema = { type: 'object', properties };
  return {
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  };
}
