import * as v from 'valibot';
import { ControlError } from '../control-error.ts';
import type { ControlledServer } from '../controlled-server.ts';
import { defineOperation } from '../operation.ts';
import type { SandboxInfo } from '../results.ts';
import { integer, noInput, strictFields, string } from '../schemas.ts';

const MAX_PORT = 65_535;

/** The sandboxes of the server. */
export const sandboxOperations = {
  'sandboxes.list': defineOperation({
    method: 'GET',
    path: '/sandboxes',
    summary: 'lists the sandboxes in use: their names, and their addresses, users and requests',
    input: noInput,
    result: 'SandboxList',
    run: (_sandbox, _input, server) => {
      const sandboxes = server.sandboxNames();
      return { sandboxes, items: sandboxes.map((name) => sandboxInfo(name, server)) };
    },
  }),
  'sandboxes.create': defineOperation({
    method: 'PUT',
    path: '/sandboxes/:name',
    summary: 'creates a sandbox, unless it exists, and opens a port of its own for it (0: any free one)',
    input: strictFields({
      name: string,
      port: v.optional(
        v.pipe(
          integer,
          v.minValue(0, 'must be 0 or the number of a port'),
          v.maxValue(MAX_PORT, `must be at most ${MAX_PORT}`),
        ),
      ),
    }),
    result: 'SandboxInfo',
    run: async (_sandbox, { name, port }, server) => {
      await server.openSandbox(name);
      if (port !== undefined) await server.openPort(name, port);
      return sandboxInfo(name, server);
    },
  }),
  'sandboxes.delete': defineOperation({
    method: 'DELETE',
    path: '/sandboxes/:name',
    summary: 'deletes a sandbox, and closes its port; its next use starts it from the seed',
    input: strictFields({ name: string }),
    result: 'NameResult',
    run: async (_sandbox, { name }, server) => {
      if (!(await server.deleteSandbox(name))) throw new ControlError(404, `there is no sandbox '${name}'`);
      return { name };
    },
  }),
  'sandboxes.clear': defineOperation({
    method: 'DELETE',
    path: '/sandboxes',
    summary: 'deletes all sandboxes',
    input: noInput,
    result: 'DeletedResult',
    run: async (_sandbox, _input, server) => ({ deleted: await server.deleteSandboxes() }),
  }),
};

function sandboxInfo(name: string, server: ControlledServer): SandboxInfo {
  const { url, httpsUrl, port } = server.addressOf(name);
  const sandbox = server.openedSandbox(name);
  const { requests, state } = sandbox ?? {};
  const last = requests?.journal.get(requests.journal.count);
  return {
    name,
    url,
    https_url: httpsUrl,
    port,
    users: state ? [...state.applications.values()].reduce((sum, { id }) => sum + state.users(id).size, 0) : null,
    requests: requests?.journal.count ?? null,
    last_request_at: last === undefined ? null : new Date(last.at).toISOString(),
  };
}
