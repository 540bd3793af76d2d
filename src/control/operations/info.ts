import { ENDPOINTS, NOT_EMULATED } from '../../api/endpoints.ts';
import { ERRORS } from '../../model/errors.ts';
import { SETTINGS } from '../../model/settings.ts';
import { ControlError } from '../control-error.ts';
import { ANYTHING, fields, NOTHING, operation, Page, text } from '../operation.ts';
import type { World } from '../controlled-server.ts';

/** Where a world begins, below the server's address. */
function pathOf({ name }: World): string {
  return name && `/sandbox/${name}`;
}

/** About the server as a whole. */
export const serverOperations = [
  operation({
    name: 'info',
    method: 'GET',
    path: '',
    summary: 'name, version, addresses and applications',
    input: NOTHING,
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
  operation({
    name: 'health',
    method: 'GET',
    path: '/health',
    summary: '200 once the seed is loaded',
    input: ANYTHING,
    open: true,
    run: () => ({ status: 'ok' }),
  }),
  operation({
    name: 'sandboxes.list',
    method: 'GET',
    path: '/sandboxes',
    summary: 'the sandboxes in use',
    input: NOTHING,
    run: (_world, _input, host) => ({ sandboxes: host.sandboxNames() }),
  }),
  operation({
    name: 'sandboxes.delete',
    method: 'DELETE',
    path: '/sandboxes/:name',
    summary: 'forgets a sandbox; it begins anew when it is used again',
    input: fields({ name: text }),
    run: async (_world, { name }, host) => {
      if (!(await host.deleteSandbox(name))) throw new ControlError(404, `there is no sandbox '${name}'`);
      return { name };
    },
  }),
  operation({
    name: 'coverage',
    method: 'GET',
    path: '/coverage',
    summary: 'what is emulated, and on what evidence; an error with a `dialect` is its own instead of that of all',
    input: NOTHING,
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
  operation({
    name: 'ca',
    method: 'GET',
    path: '/ca.pem',
    type: 'application/x-pem-file',
    summary: "the certificate authority's certificate",
    input: ANYTHING,
    open: true,
    run: async (_world, _input, host) => new Page(200, 'application/x-pem-file', await host.ca()),
  }),
];
