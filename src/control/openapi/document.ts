import { CONTROL_PATH, SANDBOX_BAGGAGE, SANDBOX_HEADER, SANDBOXES_PATH } from '../../model/addresses.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { locationOf, type Operation } from '../operation.ts';
import { isRawType } from '../raw-response.ts';
import { COMPONENTS } from './components.ts';
import { emulatedPaths } from './emulated-paths.ts';
import { RESULT_SCHEMAS } from './result-schemas.ts';
import { inputSchema, type Json, ref } from './schema.ts';

const ADMIN_TOKEN = 'admin_token';

const API_KEY: Json = {
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  description: "`ApiKey <key>`, with the key that the application's setting `api_key` names",
};

/**
 * Both APIs as an OpenAPI 3.1 document, derived from their tables.
 * @param sandbox the name of the sandbox whose addresses are described; empty for the emulator's own
 */
export function openApi(
  operations: Readonly<Record<string, Operation>>,
  server: ControlledServer,
  sandbox: string,
): Json {
  const paths: Record<string, Record<string, Json>> = emulatedPaths(server.credentials);
  for (const [name, operation] of Object.entries(operations)) {
    const path = `${CONTROL_PATH}${operation.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describeOperation(name, operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: server.name,
      version: server.version,
      description:
        `The emulated API, and the control plane below \`${CONTROL_PATH}\`. Paths of the emulated API also work with the suffix ` +
        `\`.json\`, and with \`.xml\` where the service has it. Every sandbox has all of this below \`${SANDBOXES_PATH}/{name}\`; ` +
        `the header \`${SANDBOX_HEADER}: {name}\` or \`baggage: ${SANDBOX_BAGGAGE}={name}\` names it without a path.`,
    },
    servers: [{ url: server.addressOf(sandbox).url }],
    tags: [{ name: 'emulated' }, { name: 'control' }],
    paths,
    components: {
      ...COMPONENTS,
      schemas: { ...COMPONENTS.schemas, ...RESULT_SCHEMAS, Problem: PROBLEM },
      responses: {
        ...COMPONENTS.responses,
        Problem: response('An error (RFC 9457)', 'application/problem+json', ref('schemas', 'Problem')),
      },
      securitySchemes: {
        [ADMIN_TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of `--admin-token`, if the emulator was started with one',
        },
        ...Object.fromEntries(
          server.credentials.flatMap(({ dialect, token, authKey, apiKeys }) => [
            [`${dialect}_token`, { type: 'apiKey', in: 'header', name: token }],
            ...(authKey === undefined ? [] : [[`${dialect}_key`, { type: 'apiKey', in: 'header', name: authKey }]]),
            ...(apiKeys ? [[`${dialect}_api_key`, API_KEY]] : []),
          ]),
        ),
      },
    },
  };
}

function describeOperation(name: string, operation: Operation): Json {
  const { summary, input, body, result, public: isPublic } = operation;
  const { properties, required, ...rest } = inputSchema(input);
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: locationOf(operation, name),
    required: required.includes(name),
    schema,
  }));
  const inBody = fields.filter((field) => field.in === 'body');
  const ownFields = {
    ...rest,
    properties: Object.fromEntries(inBody.map(({ name, schema }) => [name, schema])),
    required: inBody.filter((field) => field.required).map((field) => field.name),
  };
  const schema = body ? ref('schemas', body.schema) : ownFields;
  return {
    operationId: `control.${name}`,
    summary,
    tags: ['control'],
    security: isPublic ? [] : [{}, { [ADMIN_TOKEN]: [] }],
    parameters: fields.filter((field) => field.in !== 'body'),
    ...(inBody.length > 0 ? { requestBody: { content: { 'application/json': { schema } } } } : {}),
    responses: {
      200: isRawType(result)
        ? response('Done', result, {})
        : response('Done', 'application/json', ref('schemas', result)),
      default: ref('responses', 'Problem'),
    },
  };
}

function response(description: string, type: string, schema: Json): Json {
  return { description, content: { [type]: { schema } } };
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
