import { ENDPOINTS, type Endpoint } from '../../api/endpoints.ts';
import type { OperationName } from '../../api/operation-names.ts';
import type { OutputKind } from '../../core/context.ts';
import { evidenceText } from '../../model/evidence.ts';
import { isUserField } from '../../model/fields.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { type COMPONENTS, OBJECT, TEXT, typeOf, XML_CONTENT } from './components.ts';
import { type Json, ref } from './schema.ts';

/** The schemas of answers that have a body. */
const SCHEMAS: Readonly<Record<OutputKind, keyof typeof COMPONENTS.schemas | undefined>> = {
  user: 'User',
  page: 'Page',
  slice: 'Slice',
  session: 'Session',
  online: 'OnlineUsers',
  count: 'Count',
  account_settings: 'AccountSettings',
  blank: undefined,
};

/** The parameters that an operation can't do without. doc: the tables of the pages name them. */
const REQUIRED: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  'session.create': ['application_id', 'auth_key'],
  'users.create': ['user'],
  'users.update': ['user'],
  'users.by_login': ['login'],
  'users.by_full_name': ['full_name'],
  'users.by_facebook_id': ['facebook_id'],
  'users.by_twitter_id': ['twitter_id'],
  'users.by_email': ['email'],
  'users.by_phone': ['phone'],
  'users.by_tags': ['tags'],
  'users.password_reset': ['email'],
};

/** The documents' paths, with an operation for each method. */
export function emulatedPaths(credentials: ControlledServer['credentials']): Record<string, Record<string, Json>> {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeEndpoint(endpoint, credentials) };
  }
  return paths;
}

function describeEndpoint(endpoint: Endpoint, credentials: ControlledServer['credentials']): Json {
  const { operation, path, method, status, answers, params, deprecated, alias, evidence } = endpoint;
  const inBody = method === 'POST' || method === 'PUT';
  const schemas = answers.flatMap((kind) => SCHEMAS[kind] ?? []).map((name) => ref('schemas', name));
  const schema = schemas.length > 1 ? { anyOf: schemas } : schemas[0];
  return {
    // an alias is named after the end of its path
    operationId: alias ? `${operation}.${path.replace(/.*[/:]/, '')}` : operation,
    tags: ['emulated'],
    description: `Evidence: ${evidenceText(evidence)}`,
    ...(deprecated && { deprecated }),
    security: securityOf(endpoint, credentials),
    parameters: [
      ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: TEXT }] : []),
      ...(inBody ? [] : params.map((name) => queryParameter(operation, name))),
    ],
    ...(inBody && params.length > 0 ? { requestBody: bodyOf(operation, params) } : {}),
    responses: {
      [status]: {
        description: schema ? 'Done' : 'Done. The body is empty, one blank or `null`, depending on the service',
        ...(schema && { content: { 'application/json': { schema }, ...XML_CONTENT } }),
      },
      ...(method === 'GET' && { 304: ref('responses', 'NotModified') }),
      default: ref('responses', 'Error'),
    },
  };
}

/** The access of operations that also accept an API key. Others act on a session or on its user, and so need a token. */
const TAKES_API_KEY: ReadonlySet<Endpoint['access']> = new Set(['key', 'caller', 'editor']);

function securityOf({ access }: Endpoint, credentials: ControlledServer['credentials']): Json[] {
  if (access === 'anyone' || access === 'application') return [];
  const schemes = credentials.flatMap(({ dialect, authKey, apiKeys }) => [
    `${dialect}_token`,
    ...(access === 'key' && authKey !== undefined ? [`${dialect}_key`] : []),
    ...(TAKES_API_KEY.has(access) && apiKeys ? [`${dialect}_api_key`] : []),
  ]);
  return schemes.map((scheme) => ({ [scheme]: [] }));
}

function queryParameter(operation: OperationName, name: string): Json {
  const schema = typeOf(name);
  const list = name === 'filter';
  const required = REQUIRED[operation]?.includes(name) ?? false;
  // in the V2 list, a field takes a value, or operators with values: `id[gt]=7`
  if (operation !== 'users.list_v2' || !isUserField(name))
    return { name: list ? `${name}[]` : name, in: 'query', required, schema };
  return { name, in: 'query', style: 'deepObject', explode: true, schema: { anyOf: [schema, OBJECT] } };
}

/** A body, which may be JSON or a form. `user[login]` is a property of the object `user`. */
function bodyOf(operation: OperationName, names: readonly string[]): Json {
  const properties: Record<string, Json> = {};
  const user: Record<string, Json> = {};
  for (const name of names) {
    const inside = /^user\[(\w+)\]$/.exec(name)?.[1];
    if (inside) user[inside] = typeOf(inside);
    else properties[name] = typeOf(name);
  }
  if (Object.keys(user).length > 0) properties.user = { type: 'object', properties: user };
  const required = REQUIRED[operation]?.filter((name) => name in properties) ?? [];
  const schema = { type: 'object', properties, required };
  return {
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  };
}
