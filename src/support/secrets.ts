import { isObject } from './values.ts';

const REDACTED = '[redacted]';
/** Names of parameters, headers and fields whose values are secrets, those of clients included: `auth_secret`, `newPassword`. */
const SECRET_NAME = /pass|secret|token|signature|auth.?key|api.?key|credential|authorization|cookie/i;
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
      // the fields of an object such as `credentials` are judged by their own names
      return [name, SECRET_NAME.test(name) && !isObject(value) ? REDACTED : redactValue(value)];
    }),
  );
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  return isObject(value) ? redact(value) : value;
}

/** A URL without secrets, in its path and in its query. */
export function redactUrl(url: string): string {
  const query = redactQuery(url);
  return query === '' ? redactPath(url) : redactPath(url.slice(0, url.indexOf('?'))) + query;
}

/** The query of a URL without secrets, with its `?`; empty if there is none. */
export function redactQuery(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  const pairs = url.slice(mark + 1).split('&');
  return `?${pairs.map(redactPair).join('&')}`;
}

/** `name=value` of a query. */
function redactPair(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  const decoded = decodeName(name);
  if (isJsonName(decoded)) return REDACTED;
  return SECRET_NAME.test(decoded) ? `${name}=${REDACTED}` : pair;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

/** The headers of a message without secrets: repeated ones joined, and no secrets in the address of the page before. */
export function redactHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(redact(headers)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'referer' ? redactUrl(String(value)) : String(value)]),
  );
}

/** The body of an answer without secrets. Errors keep their texts: the names around them are those of fields. */
export function redactBody(body: unknown): unknown {
  if (typeof body === 'string') return redactXml(body);
  if (!isObject(body)) return redactValue(body);
  const { errors } = body;
  return errors === undefined ? redact(body) : { ...redact(body), errors: redactTokens(errors) };
}

/** The same for the text of XML. */
function redactXml(text: string): string {
  if (/<errors\b/.test(text)) return redactPath(text);
  return redactPath(text).replace(
    /<([\w-]+)([^<>]*)>[^<>]+<\/\1>/g,
    (element: string, name: string, attributes: string) =>
      SECRET_NAME.test(name) ? `<${name}${attributes}>${REDACTED}</${name}>` : element,
  );
}

function redactTokens(value: unknown): unknown {
  if (typeof value === 'string') return redactPath(value);
  if (Array.isArray(value)) return value.map(redactTokens);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redactTokens(inner)]));
}

/** A path without tokens: `/session/[redacted]`. */
export function redactPath(path: string): string {
  return path.length < 32 ? path : path.replace(TOKEN, REDACTED);
}
