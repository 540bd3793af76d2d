import { ENDPOINTS, NOT_EMULATED } from '../../api/endpoints.ts';
import { ERRORS } from '../../model/errors.ts';
import { SETTINGS } from '../../model/settings.ts';
import { ControlError } from '../control-error.ts';
import type { World } from '../controlled-server.ts';
import { anyInput, defineOperation, noInput, RawResponse, strictFields, string } from '../operation.ts';

/** Where a world begins, below the server's address. */
function pathOf({ name }: World): string {
  return name && `/sandbox/${name}`;
}

/** About the server as a whole. */
export const serverOperations = [
  defineOperation({
    name: 'info',
    method: 'GET',
    path: '',
    summary: 'name, version, addresses and applications',
    input: noInput,
    run: (world, _input, host) => ({
      name: host.name,
      version: host.version,
      ready: true,
      sandbox: world.name || null,
      url: host.url + pathOf(world),
      https_url: host.httpsUrl + pathOf(world),
      applications: [...world.state.applications.values()].map(({ id, dialect, auth_key }) => ({
        id,
        dialect,
        auth_key,
        users: world.state.users(id).size,
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
    run: (_world, _input, host) => ({ sandboxes: host.sandboxNames() }),
  }),
  defineOperation({
    name: 'sandboxes.delete',
    method: 'DELETE',
    path: '/sandboxes/:name',
    summary: 'forgets a sandbox; it begins anew when it is used again',
    input: strictFields({ name: string }),
    run: async (_world, { name }, host) => {
      if (!(await host.deleteSandbox(name))) throw new ControlError(404, `there is no sandbox '${name}'`);
      return { name };
    },
  }),
  defineOperation({
    name: 'coverage',
    method: 'GET',
    path: '/coverage',
    summary: 'what is emulated, and on what evidence; an error with a `dialect` is its own instead of that of all',
    input: noInput,
    run: (_world, _input, host) => ({
      endpoints: ENDPOINTS.map(({ operation, method, path, status, deprecated = false, evidence }) => ({
        operation,
        method,
        path,
        status,
        deprecated,
        evidence,
      })),
      errors: [undefined, ...host.dialects].flatMap((dialect) =>
        Object.entries(dialect === undefined ? ERRORS : host.errorsOf(dialect)).map(([key, row]) => ({
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
    run: async (_world, _input, host) => new RawResponse(200, 'application/x-pem-file', await host.ca()),
  }),
];
