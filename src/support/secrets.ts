import { isObject } from './values.ts';

const REDACTED = '[redacted]';
/** Names of parameters, headers and fields whose values are secrets, whoever made them up: `auth_secret`, `newPassword`. */
const SECRET_NAME = /pass|secret|token|signature|auth.?key|api.?key|credential|authorization/i;
/** JSON in the place of a parameter's name: a body that was sent as a form. It may hold any secret. */
const JSON_NAME = /^\s*[{[]/;
/** Tokens of sessions and of reset links: 32 hexadecimal digits or more. */
const TOKEN = /[0-9a-f]{32,}/gi;

/** Whether a parameter's name is a JSON body that was sent as a form. */
export function isJsonName(name: string): boolean {
  return JSON_NAME.test(name);
}

/** Named values without secrets, at any depth. */
export function redact(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (isJsonName(name)) return ['(JSON that was sent as a form)', REDACTED];
      return [name, SECRET_NAME.test(name) && !isGroup(value) ? REDACTED : redactValue(value)];
    }),
  );
}

/** An object or a list of them below a name such as `credentials` has names of its own that tell. */
function isGroup(value: unknown): boolean {
  return isObject(value);
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  return isObject(value) ? redact(value) : value;
}

/** A path without tokens: `/session/[redacted]`. */
export function redactPath(path: string): string {
  return path.length < 32 ? path : path.replace(TOKEN, REDACTED);
}
