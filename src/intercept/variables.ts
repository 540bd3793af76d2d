import type { Interception } from './intercept.ts';

/** The environment variable that tells the preloaded module of a process what to intercept, in JSON. */
export const INTERCEPTION_VARIABLE = 'USERS_EMULATOR_INTERCEPTION';

/** An interception of other processes. */
export interface InterceptionOfProcesses extends Interception {
  /** The file with the certificate of the emulator's authority. */
  readonly caFile: string;
  /** The processes append a line with each host that they were refused. */
  readonly reportFile: string;
}

/**
 * The variables by which a command and the processes it starts are intercepted.
 * @param preload the path of the module to preload
 * @param env the environment of the command so far
 */
export function interceptionVariables(
  interception: InterceptionOfProcesses,
  preload: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { hosts, domains, allow, host, port } = interception;
  // to the names below a domain, a proxy would connect, unless some of them may be reached and need it
  const closed = domains.filter((domain) => !allow.some((each) => each === domain || each.endsWith(`.${domain}`)));
  const noProxy = [env.NO_PROXY ?? env.no_proxy, ...hosts, ...closed.flatMap((domain) => [domain, `.${domain}`])]
    .filter(Boolean)
    .join(',');
  return {
    [INTERCEPTION_VARIABLE]: JSON.stringify(interception),
    NODE_OPTIONS: [env.NODE_OPTIONS, `--require ${quoted(preload)}`].filter(Boolean).join(' '),
    // a client that uses a proxy would ask the proxy to connect
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    USERS_EMULATOR_CHROMIUM_ARGS: `--host-resolver-rules=${hosts.map((name) => `MAP ${name} ${host}:${port}`).join(',')}`,
  };
}

/** A path as NODE_OPTIONS needs it: in quotes, if it has blanks. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}
