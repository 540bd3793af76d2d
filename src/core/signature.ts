import { createHmac } from 'node:crypto';
import { sameText } from '../model/passwords.ts';
import { scalarText } from '../support/values.ts';
import type { Params } from './context.ts';

/**
 * Whether `params.signature` signs all other parameters with the application's secret: HMAC of `name=value` pairs with bracket
 * names and raw values, sorted as text and joined by `&` (doc of the auth pages; recomputed over recorded SDK requests).
 * SHA-1 or, 64 digits long, SHA-256 (sdk: `hash: 'sha256'`).
 */
export function signatureMatches(params: Params, secret: string): boolean {
  const given = scalarText(params.signature) ?? '';
  return sameText(given.toLowerCase(), sign(params, secret, given.length === 64 ? 'sha256' : 'sha1'));
}

/** The signature of parameters (`signature` itself left out), in lower-case hex. */
export function sign(params: Params, secret: string, algorithm: 'sha1' | 'sha256' = 'sha1'): string {
  const { signature: _, ...signed } = params;
  const text = pairs(signed).sort().join('&');
  return createHmac(algorithm, secret).update(text).digest('hex');
}

function pairs(value: unknown, name = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${name}=${value ?? ''}`];
  return Object.entries(value).flatMap(([key, each]) =>
    pairs(each, name ? `${name}[${Array.isArray(value) ? '' : key}]` : key),
  );
}
