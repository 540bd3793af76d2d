/** The control plane's path, below the emulator and below each of its sandboxes. */
export const CONTROL_PATH = '/_emulator';
/** The web console, below the control plane. */
export const CONSOLE_PATH = '/console';
/** The documentation, below the control plane. */
export const DOCS_PATH = '/docs';
/** The page that the link in a password reset mail opens, below the control plane. */
export const RESET_PAGE_PATH = '/reset-password';
/** Sandboxes are one segment below this path: `/sandbox/w1`. */
export const SANDBOXES_PATH = '/sandbox';
/** The header of requests whose path can't name their sandbox. */
export const SANDBOX_HEADER = 'X-Emulator-Sandbox';
/** The same as an entry of W3C `baggage`, which instrumented back ends pass on with the requests that they send. */
export const SANDBOX_BAGGAGE = 'emulator-sandbox';

/** The names that `isSandboxName` accepts, in words for messages. */
export const SANDBOX_NAMES = '1 to 64 letters, digits, dots, dashes or underscores';

/** Whether a name can be a sandbox's. Names that are all dots would be resolved as folders in an address. */
export function isSandboxName(name: string): boolean {
  return /^(?!\.{1,2}$)[\w.-]{1,64}$/.test(name);
}

/** The message about a name that `isSandboxName` rejects. */
export function sandboxNameProblem(name: string): string {
  return `'${name}' is not a valid sandbox name: use ${SANDBOX_NAMES}`;
}

/** The path of a sandbox below the emulator; empty for the emulator's own, which has no name. */
export function sandboxPath(name: string): string {
  return name && `${SANDBOXES_PATH}/${encodeURIComponent(name)}`;
}

/** Splits the address of an emulator or one of its sandboxes: `http://h/sandbox/w1` into `['http://h', 'w1']`; the name as it is written there. */
export function splitSandboxPath(address: string): readonly [root: string, sandbox: string] {
  const [, root = address, name = ''] = /^(.*)\/sandbox\/([^/]+)$/.exec(address) ?? [];
  return [root, name];
}

/** The name of the sandbox that a path leads into; empty for the emulator's own. */
export function sandboxNameIn(path: string): string {
  const [, name = ''] = /^\/sandbox\/([^/]+)/.exec(path) ?? [];
  return name;
}
