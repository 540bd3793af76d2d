import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { HEX, type Random } from '../support/random.ts';

/** The length of the longest password, in both services. sdk: the samples' own checks. */
export const MAX_PASSWORD_LENGTH = 40;

/**
 * Hashes a password to `salt$hash`, with SHA-256. Cheap on purpose (microseconds): these are passwords of tests, and a slow hash
 * would slow down every login of every test. It keeps them out of sight in files, but not safe from an attacker.
 */
export function hashPassword(password: string, random: Random): string {
  const salt = random.token(HEX, 16);
  return `${salt}$${digest(salt, password)}`;
}

/** Whether a password is the one behind a stored hash; false for users without one. */
export function passwordMatches(stored: string | null, password: string): boolean {
  const salt = stored?.slice(0, stored.indexOf('$'));
  return stored !== null && salt !== undefined && sameText(stored, `${salt}$${digest(salt, password)}`);
}

function digest(salt: string, password: string): string {
  return hash('sha256', salt + password, 'base64url');
}

/** Compares two secrets in a time that doesn't depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const hashed = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(hashed(a), hashed(b));
}
