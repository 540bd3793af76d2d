import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { isObject } from '../support/values.ts';

/** Which connections of a process lead to the emulator, and which are refused. */
export interface Interception {
  /** Where the emulator listens. */
  readonly host: string;
  readonly port: number;
  /** Hosts that the emulator answers for, whatever the port. */
  readonly hosts: readonly string[];
  /** Domains of which all other hosts are refused: nothing must reach the real services. */
  readonly domains: readonly string[];
  /** Hosts of these domains that may be reached. */
  readonly allow: readonly string[];
}

/** The callbacks of an interception. */
export interface InterceptionHooks {
  /** The certificate (PEM) of the emulator's authority, if there still is one; called at the first intercepted TLS connection. */
  readonly ca: () => string | undefined;
  /** Called with each host that was refused. */
  readonly onRefused?: (host: string) => void;
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Leads the connections of this process to the emulator: `fetch`, `http`, `https` and all libraries on top of them end in
 * `net.Socket.connect`. Names in `Host` headers and in TLS stay as they are, and certificates are verified with the emulator's
 * authority. Sockets of other hosts and Unix sockets are left alone.
 * @returns a function that puts everything back
 */
export function intercept(interception: Interception, { ca, onRefused = () => {} }: InterceptionHooks): () => void {
  const connect = net.Socket.prototype.connect;
  const connectTls = tls.connect;
  let authorities: readonly string[] | undefined;
  const own = () => ca() ?? [];

  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const options = optionsOf(args);
    const fate = options && fateOf(interception, options.host);
    if (fate === 'refused') {
      const host = String(options?.host);
      onRefused(host);
      // once the caller has added its listeners
      process.nextTick(() => this.destroy(refusal(host)));
      return this;
    }
    const { host, port } = interception;
    return Reflect.apply(connect, this, fate === 'intercepted' ? withOptions(args, { host, port }) : args);
  };
  tls.connect = (...args: unknown[]) => {
    const options = optionsOf(args);
    if (!options || options.secureContext !== undefined || fateOf(interception, options.host) !== 'intercepted')
      return Reflect.apply(connectTls, tls, args);
    authorities ??= [tls.rootCertificates, own()].flat();
    const trusted = options.ca === undefined ? authorities : [options.ca, own()].flat();
    return Reflect.apply(connectTls, tls, withOptions(args, { ca: trusted }));
  };
  syncBuiltinESMExports();
  return () => {
    net.Socket.prototype.connect = connect;
    tls.connect = connectTls;
    syncBuiltinESMExports();
  };
}

function fateOf({ hosts, domains, allow }: Interception, given: unknown): 'intercepted' | 'refused' | 'untouched' {
  if (typeof given !== 'string') return 'untouched';
  const host = given.toLowerCase().replace(/\.$/, '');
  if (hosts.includes(host)) return 'intercepted';
  const isVendors = domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  return isVendors && !allow.includes(host) ? 'refused' : 'untouched';
}

function refusal(host: string): Error {
  const message = `${host} is not emulated, and --intercept lets nothing reach it (--allow ${host})`;
  return Object.assign(new Error(message), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: host });
}

/** The options in the arguments of `connect`: an object, `port, host`, or Node's own list of both. undefined: a Unix socket. */
function optionsOf(args: readonly unknown[]): Options | undefined {
  const [first, second, third] = args;
  if (Array.isArray(first)) return optionsOf(first);
  if (isObject(first)) return first.path === undefined || first.path === null ? first : undefined;
  if (typeof first !== 'number' && typeof first !== 'string') return undefined;
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined;
  const further = [second, third].find(isObject) ?? {};
  return typeof second === 'string' ? { ...further, port: first, host: second } : { ...further, port: first };
}

/** The same arguments with changed options. Callers keep their own objects. */
function withOptions(args: readonly unknown[], changes: Options): unknown[] {
  const [first] = args;
  const options = { ...optionsOf(args), ...changes };
  const listeners = args.filter((each) => typeof each === 'function');
  if (!Array.isArray(first)) return [options, ...listeners];
  // Node marks its own list of arguments with a symbol
  const list = first.slice();
  list[0] = options;
  for (const symbol of Object.getOwnPropertySymbols(first)) Object.assign(list, { [symbol]: true });
  return [list];
}
