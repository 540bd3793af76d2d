import { isObject } from './values.ts';

// No `instanceof Error` here: in Jest, which gives modules a realm of their own, the system's errors come from another one.

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  const message = property(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

/** The code of a system error, such as `ENOENT`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** The message of a system error without its code, call and path: `no such file or directory`. Other messages stay as they are. */
export function reasonOf(error: unknown): string {
  const [, reason] = /^E[A-Z]+: ([^,]+), \w+/.exec(messageOf(error)) ?? [];
  return reason ?? messageOf(error);
}

/** The error that caused this one, or the error itself: `fetch` wraps the system error that says why. */
export function causeOf(error: unknown): unknown {
  return property(error, 'cause') ?? error;
}

function property(error: unknown, name: string): unknown {
  return isObject(error) ? error[name] : undefined;
}
