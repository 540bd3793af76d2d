import type { SandboxInfo } from '../control/results.ts';

/** Isolated emulators in the same process, created on first use. */
export interface SandboxesClient {
  /** The names of the sandboxes in use. */
  list(): Promise<string[]>;

  /** The sandboxes in use: their addresses, their numbers of users and requests, and the time of their last request. */
  details(): Promise<SandboxInfo[]>;

  /**
   * Creates a sandbox, unless it exists.
   * @param name 1 to 64 letters, digits, dots, dashes or underscores
   * @param options.port opens a port that is the sandbox's own, for http, https and the chat: 0 for any free one
   * @throws ControlError 409: the port is taken, or the sandbox has another one
   */
  create(name: string, options?: { readonly port?: number }): Promise<SandboxInfo>;

  /** Deletes a sandbox, and closes its port; its next use starts it from the seed. @throws ControlError 404: no such sandbox */
  delete(name: string): Promise<void>;

  /** Deletes all sandboxes. The emulator's own state stays. */
  clear(): Promise<void>;
}
