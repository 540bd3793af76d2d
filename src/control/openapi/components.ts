import { USER_PARAMS } from '../../core/user-input.ts';
import type { UserView } from '../../dialects/dialect.ts';
import { DIALECTS } from '../../dialects/index.ts';
import { ERRORS, type ErrorRow } from '../../model/error-catalogue.ts';
import { errorEvidenceText } from '../../model/evidence.ts';
import { isUserField, USER_FIELDS } from '../../model/fields.ts';
import { type Json, ref } from './schema.ts';

export const INTEGER = { type: 'integer' };
export const TEXT = { type: 'string' };
export const OBJECT = { type: 'object' };

/** The types that requests may send for a number, a text and a list: forms have only texts, and the services accept numbers as texts and null. */
const INTEGER_INPUT = { type: ['integer', 'string', 'null'] };
const TEXT_INPUT = { type: ['string', 'number', 'boolean', 'null'] };
const FLAG_INPUT = { type: ['boolean', 'integer', 'string'] };
const TEXTS_INPUT = { type: ['string', 'array', 'null'], items: TEXT_INPUT };

/** The types of parameters that aren't user fields. Those that are missing here are texts. */
export const PARAMETER_TYPES: Readonly<Record<string, Json>> = {
  application_id: INTEGER_INPUT,
  timestamp: INTEGER_INPUT,
  nonce: INTEGER_INPUT,
  page: INTEGER_INPUT,
  per_page: INTEGER_INPUT,
  limit: INTEGER_INPUT,
  offset: INTEGER_INPUT,
  count: FLAG_INPUT,
  guest: FLAG_INPUT,
  keys: OBJECT,
  twitter_digits: OBJECT,
  firebase_phone: OBJECT,
  firebase_email: OBJECT,
  filter: TEXTS_INPUT,
  tags: TEXTS_INPUT,
  tag_list: TEXTS_INPUT,
  user_tags: TEXTS_INPUT,
};

/** The type of a parameter by its name. A user field's parameter has the field's type. */
export function typeOf(name: string): Json {
  if (isUserField(name) && USER_FIELDS[name].type === 'integer') return INTEGER_INPUT;
  return PARAMETER_TYPES[name] ?? TEXT_INPUT;
}

/** The types of keys that users have only in answers. */
const ANSWER_TYPES: Readonly<Record<string, Json>> = {
  is_guest: { const: true },
  owner_id: { type: ['integer', 'null'] },
};

/** All views of users in JSON: of each service, and of operations that have their own. */
const USER_VIEWS: readonly UserView[] = DIALECTS.flatMap(({ formats: { json } }) => [
  json.user,
  ...Object.values(json.userOf ?? {}),
]);

/** A user in an answer: the keys of all services. Those that all of them always have are required. */
function userSchema(): Json {
  const names = [...new Set(USER_VIEWS.flatMap((view) => view.map(([name]) => name)))];
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, ANSWER_TYPES[name] ?? fieldSchema(name)])),
    required: names.filter(
      (name) => name !== 'is_guest' && USER_VIEWS.every((view) => view.some(([key]) => key === name)),
    ),
    additionalProperties: false,
  };
}

/** The type of a user's field in answers. @throws Error for a key that isn't a field and has no type in `ANSWER_TYPES` */
export function fieldSchema(name: string): Json {
  if (!isUserField(name)) throw new Error(`a view has the key ${name}, of which ANSWER_TYPES has no type`);
  const { type, system } = USER_FIELDS[name];
  const json = type === 'integer' ? 'integer' : 'string';
  const always = system && name !== 'last_request_at';
  return { type: always ? json : [json, 'null'], ...(type === 'date' && { format: 'date-time' }) };
}

const listOf = (items: Json, ...numbers: readonly string[]): Json => ({
  type: 'object',
  properties: {
    ...Object.fromEntries(numbers.map((name) => [name, INTEGER])),
    items: { type: 'array', items },
  },
  required: [...numbers, 'items'],
  additionalProperties: false,
});

const inside = (name: string, schema: Json): Json => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
});

const listIn = (name: string, items: Json): Json => inside(name, { type: 'array', items });

const texts = { type: 'array', items: TEXT };

/** The same answer in XML, with the suffix `.xml`, where the service has it. */
export const XML_CONTENT = {
  'application/xml': { schema: { type: 'string', description: 'the same as XML, for services that have it' } },
};

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
      additionalProperties: false,
    },
    Session: inside('session', {
      type: 'object',
      properties: {
        _id: TEXT,
        id: INTEGER,
        application_id: INTEGER,
        device_id: { type: ['integer', 'null'] },
        user_id: { type: ['integer', 'null'] },
        token: TEXT,
        nonce: { type: ['integer', 'string', 'null'] },
        ts: INTEGER,
        created_at: { ...TEXT, format: 'date-time' },
        updated_at: { ...TEXT, format: 'date-time' },
        user: ref('schemas', 'UserFields'),
      },
      required: ['id', 'application_id', 'user_id', 'token', 'ts', 'created_at', 'updated_at'],
      additionalProperties: false,
    }),
    UserInput: {
      type: 'object',
      properties: Object.fromEntries(USER_PARAMS.map((name) => [name, typeOf(name)])),
    },
    Fixture: {
      description: 'The state as a file. A bare list of users is that of the default application.',
      anyOf: [
        {
          type: 'object',
          properties: {
            applications: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  id: INTEGER,
                  auth_key: TEXT,
                  users: { type: 'array', items: ref('schemas', 'UserInput') },
                },
                required: ['id', 'auth_key'],
              },
            },
          },
          required: ['applications'],
        },
        { type: 'array', items: ref('schemas', 'UserInput') },
      ],
    },
    Error: {
      anyOf: [
        inside('errors', { anyOf: [texts, { type: 'object', additionalProperties: texts }] }),
        { ...inside('message', TEXT), properties: { code: { type: ['integer', 'null'] }, message: TEXT } },
      ],
    },
  },
  responses: {
    NotModified: { description: 'The client has the current answer already (`If-None-Match`)' },
    Error: {
      description: 'An error. The examples are all errors of each service; some of them have another status elsewhere.',
      content: {
        'application/json': { schema: ref('schemas', 'Error'), examples: errorExamples() },
        ...XML_CONTENT,
      },
    },
  },
};

/** Every error of the catalogue, and those that a service words otherwise by its name. */
function errorExamples(): Json {
  const rows = DIALECTS.flatMap(({ name, errors }) =>
    Object.entries(errors).map(([key, row]) => [`${name}.${key}`, row] as const),
  );
  return Object.fromEntries(
    [...Object.entries<ErrorRow>(ERRORS), ...rows].map(([key, { status, shape, text, evidence }]) => {
      const texts = [text].flat();
      const errors = shape === 'list' ? texts : { [shape === 'base' ? 'base' : '{field}']: texts };
      const value = shape === 'message' ? { code: null, message: texts[0] } : { errors };
      return [key, { summary: `${status}, ${errorEvidenceText(evidence)}`, value }];
    }),
  );
}
