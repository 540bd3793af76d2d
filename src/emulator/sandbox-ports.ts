import { UsageError } from '../config/usage-error.ts';
import { ControlError } from '../control/control-error.ts';
import type { Port } from './port.ts';

/** A client that opens more ports than this never deletes their sandboxes. */
const MAX_PORTS = 1000;
/** How long (ms) requests may run on when a sandbox is deleted, maybe by one of them. */
const GRACE = 1000;

/** The port of a sandbox; `open` once it listens. */
interface Entry {
  readonly listening: Promise<Port>;
  open?: Port;
}

/** The ports that belong to sandboxes. */
export class SandboxPorts {
  readonly #create: (sandbox: string, port: number) => Port;
  readonly #entries = new Map<string, Entry>();

  /** @param create makes a port for a sandbox, which doesn't listen yet */
  constructor(create: (sandbox: string, port: number) => Port) {
    this.#create = create;
  }

  /** The port of a sandbox; undefined without one. */
  get(sandbox: string): Port | undefined {
    return this.#entries.get(sandbox)?.open;
  }

  /**
   * Opens the port of a sandbox, unless it has one.
   * @param port 0: any free one
   * @throws ControlError 409 when the port is taken, or when the sandbox has another one; 429
   */
  async open(sandbox: string, port: number): Promise<void> {
    const { address } = await (this.#entries.get(sandbox) ?? this.#listen(sandbox, port)).listening;
    if (port === 0 || port === address.port) return;
    throw new ControlError(409, `the sandbox '${sandbox}' has port ${address.port} already: delete it first`);
  }

  #listen(sandbox: string, number: number): Entry {
    if (this.#entries.size >= MAX_PORTS)
      throw new ControlError(429, `${MAX_PORTS} sandboxes have ports of their own: delete one of them`);
    const port = this.#create(sandbox, number);
    const entry: Entry = {
      listening: port.listen().then(
        () => {
          entry.open = port;
          return port;
        },
        (error) => {
          this.#entries.delete(sandbox);
          throw error instanceof UsageError ? new ControlError(409, error.message) : error;
        },
      ),
    };
    this.#entries.set(sandbox, entry);
    return entry;
  }

  /** Closes the port of a sandbox, if it has one. Its last requests may still be answered, so nobody should wait for it. */
  close(sandbox: string, grace = GRACE): Promise<void> | undefined {
    const entry = this.#entries.get(sandbox);
    this.#entries.delete(sandbox);
    return entry?.listening.then(
      (port) => port.close(grace),
      () => {},
    );
  }

  /** Closes all ports. @param grace ms for running requests */
  async closeAll(grace: number): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((sandbox) => this.close(sandbox, grace)));
  }
}
