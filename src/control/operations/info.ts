import { CHAT_LOGIN } from '../../api/chat.ts';
import { ENDPOINTS } from '../../api/endpoints.ts';
import { NOT_EMULATED } from '../../api/modules.ts';
import { ERRORS } from '../../model/error-catalogue.ts';
import { SETTINGS } from '../../model/settings.ts';
import { APP_BOOT } from '../../sandbox/app-boot.ts';
import { defineOperation } from '../operation.ts';
import { PEM, RawResponse } from '../raw-response.ts';
import { anyInput, noInput } from '../schemas.ts';

/** The server as a whole. */
export const infoOperations = {
  info: defineOperation({
    method: 'GET',
    path: '',
    summary: 'name, version, addresses, process, files and applications',
    input: noInput,
    result: 'EmulatorInfo',
    run: (sandbox, _input, server) => ({
      name: server.name,
      version: server.version,
      ready: true,
      sandbox: sandbox.name || null,
      url: server.addressOf(sandbox.name).url,
      https_url: server.addressOf(sandbox.name).httpsUrl,
      emulator_url: server.addressOf('').url,
      pid: server.pid,
      started_at: new Date(server.startedAt).toISOString(),
      ca_file: server.caFile,
      data_file: server.dataFile ?? null,
      applications: [...sandbox.state.applications.values()].map(({ id, dialect, auth_key }) => ({
        id,
        dialect,
        auth_key,
        users: sandbox.state.users(id).size,
      })),
    }),
  }),
  health: defineOperation({
    method: 'GET',
    path: '/health',
    summary: 'answers 200 once the seed is loaded',
    input: anyInput,
    public: true,
    result: 'Health',
    run: () => ({ status: 'ok' }),
  }),
  coverage: defineOperation({
    method: 'GET',
    path: '/coverage',
    summary: 'lists what is emulated, and on which evidence; an error with a `dialect` replaces the one without',
    input: noInput,
    result: 'Coverage',
    run: (_sandbox, _input, server) => ({
      endpoints: [...ENDPOINTS, CHAT_LOGIN].map(
        ({ operation, method, path, status, deprecated = false, evidence }) => ({
          operation,
          method,
          path,
          status,
          deprecated,
          evidence,
        }),
      ),
      errors: [undefined, ...server.dialects].flatMap((dialect) =>
        Object.entries(dialect === undefined ? ERRORS : server.errorsOf(dialect)).map(([key, row]) => ({
          key,
          dialect,
          ...row,
        })),
      ),
      settings: Object.entries(SETTINGS).map(([name, { effect, evidence }]) => ({ name, effect, evidence })),
      not_emulated: [...NOT_EMULATED],
      app_boot: APP_BOOT.map(({ stub, evidence }) => ({ match: stub.match, evidence })),
    }),
  }),
  ca: defineOperation({
    method: 'GET',
    path: '/ca.pem',
    summary: 'the CA certificate, which https clients have to trust',
    input: anyInput,
    public: true,
    result: PEM,
    run: async (_sandbox, _input, server) => new RawResponse(200, PEM, await server.ca()),
  }),
};
