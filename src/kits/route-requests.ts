import type { APIRequestContext } from '@playwright/test';

/** Where a kit leads requests, and which ones. */
export interface RequestRouting {
  /** The address of an emulator or of a sandbox. */
  readonly emulator: string;
  /** The addresses that lead to it. */
  readonly routed: RegExp;
  /** The addresses that are refused, unless they are routed. */
  readonly refused: RegExp;
  /** Completes addresses without a host. */
  readonly baseURL: string | undefined;
}

/**
 * Leads requests that a test sends without a page (`request`, `page.request`) to the emulator. Playwright can't route them; all their
 * methods call `fetch`.
 */
export function routeRequests(
  request: APIRequestContext,
  { emulator, routed, refused, baseURL }: RequestRouting,
): void {
  const send = request.fetch.bind(request);
  request.fetch = async (target, options) => {
    const given = typeof target === 'string' ? target : target.url();
    // Playwright reports addresses that it can't read
    if (!URL.canParse(given, baseURL)) return send(target, options);
    const url = new URL(given, baseURL);
    if (routed.test(url.href)) {
      const address = emulator + url.pathname + url.search;
      if (typeof target === 'string') return send(address, options);
      const data = target.postDataBuffer() ?? undefined;
      return send(address, { method: target.method(), headers: target.headers(), data, ...options });
    }
    if (refused.test(url.href)) throw new Error(`refused: ${url.origin} is not emulated`);
    return send(target, options);
  };
}
