import { DIALECTS } from '../dialects/index.ts';
import type { Interception } from '../intercept/intercept.ts';

/**
 * Which connections lead to an emulator, and which are refused.
 * @param address where it listens
 * @param options.hosts beside those of the vendors
 * @param options.allow hosts of the vendors that may be reached
 */
export function interceptionOf(
  { host, port }: Pick<Interception, 'host' | 'port'>,
  { hosts = [], allow = [] }: Partial<Pick<Interception, 'hosts' | 'allow'>>,
): Interception {
  const vendors = DIALECTS.map((dialect) => dialect.hosts);
  return {
    host,
    port,
    hosts: [...vendors.flatMap(({ api, chat }) => [...api, ...chat]), ...hosts],
    domains: vendors.flatMap(({ domains }) => domains),
    allow,
  };
}
