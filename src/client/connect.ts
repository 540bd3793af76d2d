import { ControlError } from '../control/control-error.ts';
import { locationOf } from '../control/operation.ts';
import { operationNamed } from '../control/operations/index.ts';
import { CONTROL_PATH, isSandboxName, SANDBOX_NAMES, sandboxPath, splitSandboxPath } from '../model/addresses.ts';
import { causeOf, codeOf, messageOf } from '../support/errors.ts';
import { type ControlClient, createControlClient, type Transport } from './control-client.ts';

/** An emulator, or a sandbox of it, reached over HTTP. */
export type RemoteEmulator = ControlClient & {
  readonly url: string;
  /** The same for a sandbox of the emulator. */
  sandbox(name: string): RemoteEmulator;
};

/**
 * The surface of a running emulator.
 * @param url its address, e.g. `http://127.0.0.1:4230`, or that of one of its sandboxes
 * @param options.adminToken where the emulator was started with one
 */
export function connect(url: string, options: { readonly adminToken?: string | undefined } = {}): RemoteEmulator {
  const base = (/^https?:\/\//.test(url) ? url : `http://${url}`).replace(/\/+$/, '');
  return {
    url: base,
    ...createControlClient(httpTransport(base, options.adminToken)),
    sandbox: (name) => {
      if (!isSandboxName(name)) throw new ControlError(400, `'${name}' can't name a sandbox: use ${SANDBOX_NAMES}`);
      return connect(splitSandboxPath(base)[0] + sandboxPath(name), options);
    },
  };
}

function httpTransport(base: string, adminToken: string | undefined): Transport {
  return async (name, input) => {
    const operation = operationNamed(name);
    const { method, path, bodyField } = operation;
    const fieldsIn = (location: 'query' | 'body') =>
      Object.entries(input).filter(([field]) => locationOf(operation, field) === location);
    const filled = path.replace(/:(\w+)/g, (_, field: string) => encodeURIComponent(String(input[field])));
    const url = `${base}${CONTROL_PATH}${filled}${queryText(fieldsIn('query'))}`;
    const body = Object.fromEntries(fieldsIn('body'));
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (adminToken !== undefined) headers.Authorization = `Bearer ${adminToken}`;
    const response = await reach(url, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body: JSON.stringify(bodyField ? body[bodyField] : body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const value = type.includes('json') ? JSON.parse(text) : text;
    if (response.ok) return value;
    if (!type.includes('problem+json')) throw new Error(`${url} answers ${response.status}: is this an emulator?`);
    const { type: _type, title: _title, status: _status, detail, ...more } = value as Record<string, unknown>;
    throw new ControlError(response.status, String(detail ?? text), more);
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = causeOf(error);
    const { origin } = new URL(url);
    if (/CERT|SIGNATURE/.test(codeOf(cause) ?? '')) {
      const http = origin.replace('https:', 'http:');
      throw new Error(
        `the certificate of ${origin} isn't trusted (${messageOf(cause)}): name its CA's file in NODE_EXTRA_CA_CERTS, or use ${http}`,
      );
    }
    throw new Error(
      `no emulator answers at ${origin} (${messageOf(cause)}): start one with 'users-emulator', or give another url`,
    );
  }
}

function queryText(entries: readonly [string, unknown][]): string {
  const given = entries.filter(([, value]) => value !== undefined);
  const texts = given.map(([name, value]): [string, string] => [name, String(value)]);
  return given.length > 0 ? `?${new URLSearchParams(texts)}` : '';
}
