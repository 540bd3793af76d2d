import { hash } from 'node:crypto';

/** The entity tag of a body. log: 32 hex digits in quotes (Rails takes MD5, which some machines forbid). */
export function entityTag(text: string): string {
  return `"${hash('sha1', text).slice(0, 32)}"`;
}

/** Whether an `If-None-Match` header lists a tag. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((each) => [tag, `W/${tag}`, '*'].includes(each.trim()));
}
