import { ENDPOINTS, NOT_EMULATED } from '../../api/endpoints.ts';
import { sandboxPath } from '../../model/addresses.ts';
import { ERRORS } from '../../model/errors.ts';
import { evidenceText } from '../../model/evidence.ts';
import { SETTINGS } from '../../model/settings.ts';
import { ControlError } from '../control-error.ts';
import { defineOperation } from '../operation.ts';
import { RawResponse } from '../raw-response.ts';
import { anyInput, noInput, strictFields, string } from '../schemas.ts';

/** About the server as a whole. */
export const serverOperations = [
  defineOperation({
    name: 'info',
    method: 'GET',
    path: '',
    summary: 'name, version, addresses and applications',
    input: noInput,
    run: (sandbox, _input, server) => ({
      name: server.name,
      version: server.version,
      ready: true,
      sandbox: sandbox.name || null,
      url: server.url + sandboxPath(sandbox.name),
      https_url: server.httpsUrl + sandboxPath(sandbox.name),
      applications: [...sandbox.state.applications.values()].map(({ id, dialect, auth_key }) => ({
        id,
        dialect,
        auth_key,
        users: sandbox.state.users(id).size,
      })),
    }),
  }),
  defineOperation({
    name: 'health',
    method: 'GET',
    path: '/health',
    summary: '200 once the seed is loaded',
    input: anyInput,
    public: true,
    run: () => ({ status: 'ok' }),
  }),
  defineOperation({
    name: 'sandboxes.list',
    method: 'GET',
    path: '/sandboxes',
    summary: 'the sandboxes in use',
    input: noInput,
    run: (_sandbox, _input, server) => ({ sandboxes: server.sandboxNames() }),
  }),
  defineOperation({
    name: 'sandboxes.delete',
    method: 'DELETE',
    path: '/sandboxes/:name',
    summary: 'forgets a sandbox; it begins anew when it is used again',
    input: strictFields({ name: string }),
    run: async (_sandbox, { name }, server) => {
      if (!(await server.deleteSandbox(name))) throw new ControlError(404, `there is no sandbox '${name}'`);
      return { name };
    },
  }),
  defineOperation({
    name: 'coverage',
    method: 'GET',
    path: '/coverage',
    summary: 'what is emulated, and on what evidence; an error with a `dialect` is its own instead of that of all',
    input: noInput,
    run: (_sandbox, _input, server) => ({
      endpoints: ENDPOINTS.map(({ operation, method, path, status, deprecated = false, evidence }) => ({
        operation,
        method,
        path,
        status,
        deprecated,
        evidence: evidenceText(evidence),
      })),
      errors: [undefined, ...server.dialects].flatMap((dialect) =>
        Object.entries(dialect === undefined ? ERRORS : server.errorsOf(dialect)).map(([key, row]) => ({
          key,
          dialect,
          ...row,
        })),
      ),
      settings: Object.entries(SETTINGS).map(([name, { effect, evidence }]) => ({ name, effect, evidence })),
      not_emulated: NOT_EMULATED,
    }),
  }),
  defineOperation({
    name: 'ca',
    method: 'GET',
    path: '/ca.pem',
    type: 'application/x-pem-file',
    summary: "the certificate authority's certificate",
    input: anyInput,
    public: true,
    run: async (_sandbox, _input, server) => new RawResponse(200, 'application/x-pem-file', await server.ca()),
  }),
];
