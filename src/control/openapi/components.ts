import { USER_PARAMS } from '../../core/user-input.ts';
import { ERRORS } from '../../model/error-catalogue.ts';
import { errorEvidenceText } from '../../model/evidence.ts';
import { isUserField, USER_FIELDS } from '../../model/fields.ts';
import { type Json, ref } from './schema.ts';

export const INTEGER = { type: 'integer' };
export const TEXT = { type: 'string' };
export const OBJECT = { type: 'object' };

/** The types of parameters that aren't user fields. Those that are missing here are strings. */
export const PARAMETER_TYPES: Readonly<Record<string, Json>> = {
  application_id: INTEGER,
  timestamp: INTEGER,
  nonce: INTEGER,
  page: INTEGER,
  per_page: INTEGER,
  limit: INTEGER,
  offset: INTEGER,
  count: { type: 'boolean' },
  guest: { type: ['boolean', 'integer'] },
  keys: OBJECT,
  twitter_digits: OBJECT,
  firebase_phone: OBJECT,
  firebase_email: OBJECT,
  filter: { type: 'array', items: TEXT },
  tag_list: { type: ['string', 'array'], items: TEXT },
};

/** The type of a parameter by its name. A user field's parameter has the field's type. */
export function typeOf(name: string): Json {
  if (isUserField(name) && USER_FIELDS[name].type === 'integer') return INTEGER;
  return PARAMETER_TYPES[name] ?? TEXT;
}

/** A user in an answer. Which keys an answer has depends on the service and the operation. */
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

const listIn = (name: string, items: Json): Json => inside(name, { type: 'array', items });

const texts = { type: 'array', items: TEXT };

export const COMPONENTS = {
  schemas: {
    UserFields: userSchema(),
    User: inside('user', ref('schemas', 'UserFields')),
    Page: listOf(ref('schemas', 'User'), 'current_page', 'per_page', 'total_entries'),
    Slice: listOf(ref('schemas', 'UserFields'), 'limit', 'skip', 'total_entries'),
    OnlineUsers: listIn('users', ref('schemas', 'UserFields')),
    Count: inside('count', INTEGER),
    AccountSettings: {
      type: 'object',
      properties: {
        account_id: { type: ['integer', 'null'] },
        api_endpoint: TEXT,
        chat_endpoint: TEXT,
        turnserver_endpoint: TEXT,
        s3_bucket_name: TEXT,
      },
      required: ['account_id', 'api_endpoint', 'chat_endpoint'],
    },
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
      properties: Object.fromEntries(USER_PARAMS.map((name) => [name, typeOf(name)])),
    },
    Fixture: {
      description: 'The state as a file. A bare list of users is that of the default application.',
      anyOf: [
        listIn('applications', {
          type: 'object',
          properties: { id: INTEGER, auth_key: TEXT, users: { type: 'array', items: ref('schemas', 'UserInput') } },
          required: ['id', 'auth_key'],
        }),
        { type: 'array', items: ref('schemas', 'UserInput') },
      ],
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
        'An error. The examples are the whole catalogue; a service may word some of them differently, with another status.',
      content: { 'application/json': { schema: ref('schemas', 'Error'), examples: errorExamples() } },
    },
  },
};

function errorExamples(): Json {
  return Object.fromEntries(
    Object.entries(ERRORS).map(([key, { status, shape, text, evidence }]) => {
      const texts = [text].flat();
      const errors = shape === 'list' ? texts : { [shape === 'base' ? 'base' : '{field}']: texts };
      const value = shape === 'message' ? { code: null, message: texts[0] } : { errors };
      return [key, { summary: `${status}, ${errorEvidenceText(evidence)}`, value }];
    }),
  );
}
