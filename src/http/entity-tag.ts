import { hash } from 'node:crypto';

/** The tag of a body. log: 32 hex digits in quotes (Rails makes them of MD5, which some machines don't have). */
export function entityTag(text: string): string {
  return `"${hash('sha1', text).slice(0, 32)}"`;
}

/** Whether a client that sends this `If-None-Match` has what a tag stands for. */
export function isKnown(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((each) => [tag, `W/${tag}`, '*'].includes(each.trim()));
}
