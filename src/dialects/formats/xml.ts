import escapeHtml from 'escape-html';
import { USER_FIELDS } from '../../model/fields.ts';

/** guess: Rails' default. */
export const XML_TYPE = 'application/xml; charset=utf-8';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** doc: integers and times say their type, texts don't. */
const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(USER_FIELDS).map(([name, { type }]) => [name, type === 'date' ? 'datetime' : type]),
  ),
  ...Object.fromEntries(
    ['owner_id', 'application_id', 'device_id', 'nonce', 'ts', 'user_id'].map((name) => [name, 'integer']),
  ),
};

type Item = Readonly<Record<string, unknown>>;

/**
 * The XML document of an answer's JSON value, as the legacy page prints it: `{user:{…}}` is an element with dasherized
 * children; a page is `<users type="array" current_page="1" …>`; errors are Rails' `<errors><error>…` (guess: none was logged).
 */
export function toXml(value: unknown): string {
  const record = value as Item;
  if (Array.isArray(record.items)) return DECLARATION + list(record);
  if ('errors' in record || 'message' in record) return DECLARATION + errors(record);
  const [[name, fields]] = Object.entries(record) as [[string, Item]];
  return DECLARATION + element(name, fields, '');
}

function list({ items, ...page }: Item): string {
  const attributes = Object.entries(page).map(([name, value]) => ` ${name}="${value}"`);
  const users = (items as Item[]).map((item) => element('user', item.user as Item, '  '));
  return `<users type="array"${attributes.join('')}>\n${users.join('')}</users>\n`;
}

function element(name: string, fields: Item, indent: string): string {
  const children = Object.entries(fields).map(([field, value]) => `${indent}  ${leaf(field, value)}\n`);
  return `${indent}<${name}>\n${children.join('')}${indent}</${name}>\n`;
}

function leaf(field: string, value: unknown): string {
  const name = field.replaceAll('_', '-');
  const type = TYPES[field];
  // a nonce may be a text
  const says = type === 'datetime' || (type === 'integer' && typeof value !== 'string');
  const typed = says ? ` type="${type}"` : '';
  return value === null ? `<${name}${typed} nil="true"/>` : `<${name}${typed}>${escapeXml(value)}</${name}>`;
}

function errors({ errors, message }: Item): string {
  const texts =
    message !== undefined
      ? [message]
      : Array.isArray(errors)
        ? errors
        : Object.entries(errors as Record<string, string[]>).flatMap(([field, problems]) =>
            problems.map((problem) => (field === 'base' ? problem : `${humanize(field)} ${problem}`)),
          );
  return `<errors>\n${texts.map((text) => `  <error>${escapeXml(text)}</error>\n`).join('')}</errors>\n`;
}

/** As Rails does: `external_user_id` is "External user". */
function humanize(field: string): string {
  const words = field.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Characters that XML 1.0 can't hold are left out; quotes stand as they are, as in Rails' texts. */
function escapeXml(value: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to drop
  const text = String(value).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
  return escapeHtml(text).replaceAll('&#39;', "'").replaceAll('&quot;', '"');
}
