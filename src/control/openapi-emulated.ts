import { ENDPOINTS, type Endpoint } from '../api/endpoints.ts';
import { ERRORS, type ErrorRow } from '../api/errors.ts';
import { PARAMETERS } from '../api/parameters.ts';
import { USER_FIELDS, type UserField } from '../core/model.ts';
import { type Json, ref } from './openapi-schema.ts';
import type { Host } from './world.ts';

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

const INTEGER = { type: 'integer' };
const TEXT = { type: 'string' };
const OBJECT = { type: 'object' };

/** Parameters that are no fields of users and no texts. */
const PARAMETER_TYPES: Readonly<Record<string, Json>> = {
  application_id: INTEGER,
  timestamp: INTEGER,
  nonce: INTEGER,
  page: INTEGER,
  per_page: INTEGER,
  limit: INTEGER,
  offset: INTEGER,
  guest: { type: ['boolean', 'integer'] },
  keys: OBJECT,
  twitter_digits: OBJECT,
  firebase_phone: OBJECT,
  firebase_email: OBJECT,
  filter: { type: 'array', items: TEXT },
  order: TEXT,
  tag_list: { type: ['string', 'array'], items: TEXT },
};

/** Paths as the documents have them → method → operation. */
export function emulatedPaths(credentials: Host['credentials']): Record<string, Record<string, Json>> {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describe(endpoint, credentials) };
  }
  return paths;
}

function describe(endpoint: Endpoint, credentials: Host['credentials']): Json {
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

function securityOf({ access }: Endpoint, credentials: Host['credentials']): Json[] {
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

function typeOf(name: string): Json {
  const { type } = USER_FIELDS[name as UserField] ?? {};
  return PARAMETER_TYPES[name] ?? (type === 'integer' ? INTEGER : TEXT);
}

/** A user as answers print it: which keys there are, the service and the operation decide. */
function userSchema(): Json {
  const properties = Object.entries(USER_FIELDS).map(([name, { type, system }]): [string, Json] => {
    const json = type === 'integer' ? 'integer' : 'string';
    const always = system && name !== 'last_request_at';
    return [name, { type: always ? json : [json, 'null'], ...(type === 'date' && { format: 'date-time' }) }];
  });
  return { type: 'object', properties: Object.fromEntries(properties), required: ['id'] };
}

const listOf = (items: Json, ...numbers: readonly string[]): Json => ({
  type: 'object',
  properties: {
    ...Object.fromEntries(numbers.map((name) => [name, INTEGER])),
    items: { type: 'array', items },
  },
  required: [...numbers, 'items'],
});

const inside = (name: string, schema: Json): Json => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
});

const texts = { type: 'array', items: TEXT };
const USER_INPUTS = PARAMETERS['users.create']!.map((name) => name.slice('user['.length, -1));

export const COMPONENTS = {
  schemas: {
    UserFields: userSchema(),
    User: inside('user', ref('schemas', 'UserFields')),
    Page: listOf(ref('schemas', 'User'), 'current_page', 'per_page', 'total_entries'),
    Slice: listOf(ref('schemas', 'UserFields'), 'limit', 'skip', 'total_entries'),
    Session: inside('session', {
      type: 'object',
      properties: {
        id: INTEGER,
        application_id: INTEGER,
        user_id: { type: ['integer', 'null'] },
        token: TEXT,
        nonce: { type: ['integer', 'string', 'null'] },
        ts: INTEGER,
        created_at: { ...TEXT, format: 'date-time' },
        updated_at: { ...TEXT, format: 'date-time' },
        user: ref('schemas', 'UserFields'),
      },
      required: ['id', 'application_id', 'user_id', 'token', 'ts', 'created_at', 'updated_at'],
    }),
    UserInput: {
      type: 'object',
      properties: Object.fromEntries(USER_INPUTS.map((name) => [name, typeOf(name)])),
    },
    Error: {
      anyOf: [
        inside('errors', { anyOf: [texts, { type: 'object', additionalProperties: texts }] }),
        { ...inside('message', TEXT), properties: { code: { type: 'null' }, message: TEXT } },
      ],
    },
  },
  responses: {
    Error: {
      description:
        'An error. The examples are the catalogue; a service may have its own words, and a status of its own.',
      content: { 'application/json': { schema: ref('schemas', 'Error'), examples: errorExamples() } },
    },
  },
};

function errorExamples(): Json {
  return Object.fromEntries(
    Object.entries(ERRORS as Record<string, ErrorRow>).map(([key, { status, shape, text, evidence }]) => {
      const texts = [text].flat();
      const errors = shape === 'list' ? texts : { [shape === 'base' ? 'base' : '{field}']: texts };
      const value = shape === 'message' ? { code: null, message: texts[0] } : { errors };
      return [key, { summary: `${status}, ${evidence}`, value }];
    }),
  );
}
