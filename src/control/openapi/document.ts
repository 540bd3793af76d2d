import { CONTROL_PATH, SANDBOXES_PATH, sandboxPath } from '../../model/addresses.ts';
import { SETTINGS } from '../../model/settings.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { locationOf, type Operation } from '../operation.ts';
import { COMPONENTS } from './components.ts';
import { emulatedPaths } from './emulated-paths.ts';
import { type Json, ref, schemaOf } from './schema.ts';

const ADMIN = 'admin_token';
/** Bodies whose fields are checked elsewhere. */
const BODIES: Readonly<Record<string, string>> = {
  import: 'Fixture',
  'settings.set': 'Settings',
  'users.create': 'UserInput',
  'users.update': 'UserInput',
};

/**
 * Both APIs as an OpenAPI 3.1 document, made from their tables.
 * @param sandbox the name of the sandbox whose addresses are described; empty for the server's own
 */
export function openApi(operations: readonly Operation[], server: ControlledServer, sandbox: string): Json {
  const paths: Record<string, Record<string, Json>> = emulatedPaths(server.credentials);
  for (const operation of operations) {
    const path = `${CONTROL_PATH}${operation.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: server.name,
      version: server.version,
      description:
        `The emulated API, and the control plane below \`${CONTROL_PATH}\`. Paths of the emulated API are also taken with \`.json\` ` +
        `behind them, and with \`.xml\` where the service has it. All of it is also below \`${SANDBOXES_PATH}/{name}\`.`,
    },
    servers: [{ url: server.url + sandboxPath(sandbox) }],
    tags: [{ name: 'emulated' }, { name: 'control' }],
    paths,
    components: {
      ...COMPONENTS,
      schemas: { ...COMPONENTS.schemas, Settings: settingsSchema(), Problem: PROBLEM },
      responses: {
        ...COMPONENTS.responses,
        Problem: response('An error (RFC 9457)', 'application/problem+json', ref('schemas', 'Problem')),
      },
      securitySchemes: {
        [ADMIN]: { type: 'http', scheme: 'bearer', description: 'The token of `--admin-token`, where there is one' },
        ...Object.fromEntries(
          server.credentials.flatMap(({ dialect, token, authKey }) => [
            [`${dialect}_token`, { type: 'apiKey', in: 'header', name: token }],
            ...(authKey === undefined ? [] : [[`${dialect}_key`, { type: 'apiKey', in: 'header', name: authKey }]]),
          ]),
        ),
      },
    },
  };
}

function describe(operation: Operation): Json {
  const { name, summary, input, public: isPublic, type = 'application/json' } = operation;
  const {
    properties = {},
    required = [],
    ...rest
  } = schemaOf(input) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inBody = Object.keys(properties).filter((field) => locationOf(operation, field) === 'body');
  const body = {
    ...rest,
    properties: Object.fromEntries(inBody.map((field) => [field, properties[field]!])),
    required: required.filter((field) => inBody.includes(field)),
  };
  const schema = BODIES[name] === undefined ? body : ref('schemas', BODIES[name]);
  return {
    operationId: `control.${name}`,
    summary,
    tags: ['control'],
    security: isPublic ? [] : [{}, { [ADMIN]: [] }],
    parameters: Object.entries(properties)
      .filter(([field]) => !inBody.includes(field))
      .map(([field, schema]) => {
        const location = locationOf(operation, field);
        return { name: field, in: location, required: location === 'path' || required.includes(field), schema };
      }),
    ...(inBody.length > 0 || BODIES[name] ? { requestBody: { content: { 'application/json': { schema } } } } : {}),
    responses: { 200: response('Done', type, {}), default: ref('responses', 'Problem') },
  };
}

function response(description: string, type: string, schema: Json): Json {
  return { description, content: { [type]: { schema } } };
}

function settingsSchema(): Json {
  const types = { boolean: { type: 'boolean' }, integer: { type: 'integer', minimum: 1 }, rate: { type: 'string' } };
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(SETTINGS).map(([name, { type, effect }]) => [name, { ...types[type], description: effect }]),
    ),
  };
}

const PROBLEM: Json = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail'],
};
