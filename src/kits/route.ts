import type { BrowserContext, Route, WebSocketRoute } from '@playwright/test';
import { WebSocket } from '../chat/xmpp-stream.ts';
import { DIALECTS } from '../dialects/index.ts';
import type { RemoteEmulator } from '../index.ts';
import { messageOf } from '../support/errors.ts';
import { type RequestRouting, routeRequests } from './route-requests.ts';

/** The vendors' hosts that the emulator answers for. */
export const SERVICE_HOSTS: readonly string[] = DIALECTS.flatMap(({ hosts }) => [...hosts.api, ...hosts.chat]);
/** All hosts of the vendors. */
const VENDORS = DIALECTS.flatMap(({ hosts }) => hosts.domains.flatMap((domain) => [domain, `*.${domain}`]));

/** The requests and websockets of a browser context, led to a sandbox. */
export interface Routing {
  /**
   * Ends websockets. Requests stay routed, so that none of a page that is closing reaches a vendor.
   * @returns the requests that were refused, and those that have no answer yet
   */
  end(): string[];
}

/** How requests without a page reach an emulator. @param hosts as for `routeToEmulator` */
export function requestRouting(
  { url }: Pick<RemoteEmulator, 'url'>,
  hosts: readonly string[],
  baseURL: string | undefined,
): RequestRouting {
  return { emulator: url, routed: addressesOf('https?', hosts), refused: addressesOf('https?', VENDORS), baseURL };
}

/**
 * Leads the requests and websockets of a context's pages, and the requests of `context.request`, to an emulator or one of its sandboxes: for
 * contexts that a test opens itself. Those to other hosts of the vendors are refused, so that they don't reach a real service.
 * @param hosts such as `api.example.com`, `localhost:3000` or `*.example.com`; by default, those of the vendors
 * @param baseURL the context's, if it has one: it completes addresses for `context.request`
 */
export async function routeToEmulator(
  context: BrowserContext,
  emulator: Pick<RemoteEmulator, 'url'>,
  hosts: readonly string[] = SERVICE_HOSTS,
  baseURL?: string,
): Promise<Routing> {
  routeRequests(context.request, requestRouting(emulator, hosts, baseURL));
  const waiting = new Set<Route>();
  const refused = new Set<string>();
  const sockets = new Set<WebSocket>();
  // of the routes that match, the last one decides
  await context.route(addressesOf('https?', VENDORS), async (route) => {
    refused.add(new URL(route.request().url()).origin);
    await route.abort('blockedbyclient');
  });
  await context.routeWebSocket(addressesOf('wss?', VENDORS), async (page) => {
    refused.add(new URL(page.url()).origin);
    await page.close({ code: 1008, reason: 'not emulated' });
  });
  await context.route(addressesOf('https?', hosts), async (route) => {
    waiting.add(route);
    await forward(route, emulator.url);
    waiting.delete(route);
  });
  await context.routeWebSocket(addressesOf('wss?', hosts), async (page) => {
    // older versions of Playwright don't say what the page offers
    const protocols = 'protocols' in page ? page.protocols() : ['xmpp'];
    const server = new WebSocket(`${emulator.url.replace(/^http/, 'ws')}${pathOf(page.url())}`, protocols);
    sockets.add(server);
    server.on('close', () => sockets.delete(server));
    await connectSockets(page, server);
  });
  return {
    end: () => {
      for (const socket of sockets) socket.terminate();
      return [
        ...[...refused].map((origin) => `refused: ${origin} is not emulated; a route of the test can let it through`),
        ...[...waiting].map((route) => `no answer yet to ${route.request().method()} ${route.request().url()}`),
      ];
    },
  };
}

/** Answers a request as the emulator answers it. The request doesn't leave this machine, whatever happens. */
async function forward(route: Route, base: string): Promise<void> {
  try {
    // without a time limit: a fault that never answers is one for the page, too
    const url = base + pathOf(route.request().url());
    const response = await route.fetch({ url, maxRedirects: 0, maxRetries: 0, timeout: 0 });
    await route.fulfill({ response });
  } catch (error) {
    // the page may be gone
    await route.abort(failureOf(error)).catch(() => {});
  }
}

/** The failure that the page sees in place of one that Node.js reports. */
function failureOf(error: unknown): string {
  const message = messageOf(error);
  if (message.includes('ECONNREFUSED')) return 'connectionrefused';
  return /ECONNRESET|socket hang up|aborted/.test(message) ? 'connectionreset' : 'failed';
}

/** Passes messages on in both directions, from the moment when the emulator accepts the connection. */
async function connectSockets(page: WebSocketRoute, server: WebSocket): Promise<void> {
  server.on('error', () => {});
  server.on('message', (data: Buffer, isBinary) => page.send(isBinary ? data : data.toString()));
  server.on('close', (code, reason) => {
    page.close({ code, reason: reason.toString() }).catch(() => {});
  });
  page.onClose((code, reason) => server.close(code, reason));
  page.onMessage((message) => {
    if (server.readyState === WebSocket.OPEN) server.send(message);
  });
  await new Promise<void>((resolve) => server.once('open', resolve).once('close', () => resolve()));
}

/** The addresses of hosts, of any port where none is given. */
function addressesOf(schemes: string, hosts: readonly string[]): RegExp {
  const names = hosts.map((host) => {
    const name = host.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/:]*');
    return /:\d+$/.test(host) ? name : `${name}(:\\d+)?`;
  });
  return new RegExp(`^${schemes}://(${names.join('|')})(/|$)`, 'i');
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
