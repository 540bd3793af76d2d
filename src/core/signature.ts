import { createHmac } from 'node:crypto';
import { fail } from '../model/errors.ts';
import { sameText } from '../model/passwords.ts';
import { nonEmptyText, scalarText } from '../support/values.ts';
import type { ApplicationContext, Params } from './context.ts';

/** doc: auth, a timestamp (s) may be off by an hour. */
const TIMESTAMP_TOLERANCE = 3600;

/**
 * Checks what signs a new session, in this order: timestamp, signature, nonce. Each is checked only where it is sent.
 * @throws ApiError `bad_timestamp`, `unexpected_signature`, `nonce_taken`
 */
export function checkSigning(context: ApplicationContext, params: Params): void {
  checkTimestamp(context, params);
  checkSignature(context, params);
  checkNonce(context, params);
}

function checkTimestamp({ clock }: ApplicationContext, { timestamp }: Params): void {
  if (nonEmptyText(timestamp) === undefined) return;
  const seconds = secondsOf(timestamp);
  const near = (ms: number) => seconds !== null && Math.abs(seconds - ms / 1000) <= TIMESTAMP_TOLERANCE;
  // sdk: all of them take the machine's time, also while the sandbox's clock shows another
  if (!near(clock.now()) && !near(clock.systemNow())) fail('bad_timestamp', { field: 'timestamp' });
}

/** sdk: current ones send no signature. One that is sent is always checked, unless the application's secret is unknown. */
function checkSignature({ app }: ApplicationContext, params: Params): void {
  if (params.signature === undefined || app.auth_secret === null) return;
  if (!signatureMatches(params, app.auth_secret)) fail('unexpected_signature');
}

function checkNonce({ settings, nonces, app }: ApplicationContext, { nonce, timestamp }: Params): void {
  if (!settings.check_nonce || nonEmptyText(nonce) === undefined || nonEmptyText(timestamp) === undefined) return;
  const used = `${app.id} ${timestamp} ${nonce}`;
  if (nonces.has(used)) fail('nonce_taken', { field: 'nonce' });
  nonces.add(used);
}

/**
 * Whether `params.signature` signs all other parameters with the application's secret: HMAC of `name=value` pairs with bracket
 * names and raw values, sorted as text and joined by `&` (doc: auth, legacy-auth; recomputed over recorded SDK requests).
 * SHA-1, or SHA-256 where the signature has 64 digits (sdk: `hash: 'sha256'`).
 */
function signatureMatches(params: Params, secret: string): boolean {
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

/** A timestamp in whole seconds; null for anything else. log: one with decimals, as Python's `time.time()` gives, was accepted. */
export function secondsOf(timestamp: unknown): number | null {
  return numberOf(scalarText(timestamp)?.replace(/\.\d{1,20}$/, ''));
}

/** A timestamp or nonce as a number; null for anything else. */
export function numberOf(value: unknown): number | null {
  return /^-?\d{1,15}$/.test(scalarText(value) ?? '') ? Number(value) : null;
}

/** A nonce as a session repeats it. log: clients send it as text and get a number; a nonce may also be any text. */
export function echoOf(value: unknown): number | string | null {
  return numberOf(value) ?? nonEmptyText(value) ?? null;
}
