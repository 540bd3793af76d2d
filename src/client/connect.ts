import { ControlError } from '../control/control-error.ts';
import type { SandboxInfo } from '../control/results.ts';
import { isSandboxName, sandboxNameProblem, sandboxPath, splitSandboxPath } from '../model/addresses.ts';
import type { ControlClient } from './control-client.ts';
import { createControlClient } from './create-client.ts';
import { baseOf, httpTransport } from './http-transport.ts';
import type { ConnectOptions } from './inputs.ts';

/** An emulator, or a sandbox of it, that runs elsewhere. */
export interface RemoteEmulator extends ControlClient {
  readonly url: string;

  /**
   * A sandbox of the emulator. Point the client under test to its `url`.
   * @param name 1 to 64 letters, digits, dots, dashes or underscores
   * @throws ControlError 400: another name
   */
  sandbox(name: string): RemoteSandbox;
}

/** A sandbox of an emulator that runs elsewhere. */
export interface RemoteSandbox extends RemoteEmulator {
  /**
   * Opens a port that is the sandbox's own, for http, https and the chat. Point clients to it whose address can't have a path.
   * @param options.port any free one if not given
   * @returns its addresses @throws ControlError 409: the port is taken, or the sandbox has another one
   */
  listen(options?: { readonly port?: number }): Promise<SandboxInfo>;
}

/**
 * Connects to a running emulator. No request is sent before the first call.
 * @param url its address, such as `http://127.0.0.1:4230`, or that of one of its sandboxes
 * @param options.adminToken the token of `--admin-token`, where the emulator was started with one
 * @param options.fetch sends the requests, instead of the global `fetch` or, where there is none, Node's
 */
export function connect(url: string, options: ConnectOptions = {}): RemoteEmulator {
  const base = baseOf(url);
  return {
    url: base,
    ...createControlClient(httpTransport(base, options)),
    sandbox: (name) => {
      if (!isSandboxName(name)) throw new ControlError(400, sandboxNameProblem(name));
      const sandbox = connect(splitSandboxPath(base)[0] + sandboxPath(name), options);
      return { ...sandbox, listen: ({ port = 0 } = {}) => sandbox.sandboxes.create(name, { port }) };
    },
  };
}
