import { CONTROL_PATH, SANDBOXES_PATH, sandboxPath } from '../../model/addresses.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { locationOf, type Operation } from '../operation.ts';
import { isRawType } from '../raw-response.ts';
import { COMPONENTS } from './components.ts';
import { emulatedPaths } from './emulated-paths.ts';
import { RESULT_SCHEMAS } from './result-schemas.ts';
import { type Json, ref, schemaOf } from './schema.ts';

const ADMIN = 'admin_token';
/**
 * Both APIs as an OpenAPI 3.1 document, made from their tables.
 * @param sandbox the name of the sandbox whose addresses are described; empty for the server's own
 */
export function openApi(
  operations: Readonly<Record<string, Operation>>,
  server: ControlledServer,
  sandbox: string,
): Json {
  const paths: Record<string, Record<string, Json>> = emulatedPaths(server.credentials);
  for (const [name, operation] of Object.entries(operations)) {
    const path = `${CONTROL_PATH}${operation.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(name, operation) };
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
      schemas: { ...COMPONENTS.schemas, ...RESULT_SCHEMAS, Problem: PROBLEM },
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

function describe(name: string, operation: Operation): Json {
  const { summary, input, body, result, public: isPublic } = operation;
  const {
    properties = {},
    required = [],
    ...rest
  } = schemaOf(input) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inBody = Object.keys(properties).filter((field) => locationOf(operation, field) === 'body');
  const ownFields = {
    ...rest,
    properties: Object.fromEntries(inBody.map((field) => [field, properties[field]!])),
    required: required.filter((field) => inBody.includes(field)),
  };
  const schema = body ? ref('schemas', body.schema) : ownFields;
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
