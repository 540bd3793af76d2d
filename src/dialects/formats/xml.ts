import escapeHtml from 'escape-html';
import { USER_FIELDS } from '../../model/fields.ts';
import { isObject } from '../../support/values.ts';
import type { Document, ErrorDocument, Fields } from './document.ts';

/** guess: Rails' default. */
export const XML_TYPE = 'application/xml; charset=utf-8';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** doc: legacy-users, integers and times have a `type` attribute, texts don't. */
const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(USER_FIELDS).map(([name, { type }]) => [name, type === 'date' ? 'datetime' : type]),
  ),
  ...Object.fromEntries(
    ['account_id', 'owner_id', 'application_id', 'device_id', 'nonce', 'ts', 'user_id'].map((name) => [
      name,
      'integer',
    ]),
  ),
};

/**
 * The XML form of an answer. doc: legacy-users: a record is an element with dasherized children, a list is
 * `<users type="array" current_page="1" …>`. guess: errors are Rails' `<errors><error>…`.
 */
export function toXml(document: Document): string {
  if ('items' in document) return DECLARATION + list(document);
  if ('user' in document) return DECLARATION + element('user', document.user, '');
  if ('session' in document) return DECLARATION + element('session', document.session, '');
  if ('account_settings' in document) return DECLARATION + element('account-settings', document.account_settings, '');
  if ('users' in document) return DECLARATION + list({ items: document.users.map((user) => ({ user })) });
  if ('count' in document) return `${DECLARATION}${leaf('count', document.count)}\n`;
  return DECLARATION + errors(document);
}

function list({ items, ...page }: { readonly items: readonly Fields[] }): string {
  const attributes = Object.entries(page).map(([name, value]) => ` ${name}="${value}"`);
  const users = items.map(({ user }) => (isObject(user) ? element('user', user, '  ') : ''));
  return `<users type="array"${attributes.join('')}>\n${users.join('')}</users>\n`;
}

function element(name: string, fields: Fields, indent: string): string {
  const children = Object.entries(fields).map(([field, value]) => `${indent}  ${leaf(field, value)}\n`);
  return `${indent}<${name}>\n${children.join('')}${indent}</${name}>\n`;
}

function leaf(field: string, value: unknown): string {
  const name = field.replaceAll('_', '-');
  const type = TYPES[field];
  // a nonce may be a text
  const typed = type === 'datetime' || (type === 'integer' && typeof value !== 'string') ? ` type="${type}"` : '';
  return value === null ? `<${name}${typed} nil="true"/>` : `<${name}${typed}>${escapeXml(value)}</${name}>`;
}

function errors(document: ErrorDocument): string {
  const texts = errorTexts(document).map((text) => `  <error>${escapeXml(text)}</error>\n`);
  return `<errors>\n${texts.join('')}</errors>\n`;
}

function errorTexts(document: ErrorDocument): readonly string[] {
  if ('message' in document) return [document.message];
  const { errors } = document;
  if (isTexts(errors)) return errors;
  return Object.entries(errors).flatMap(([field, problems]) =>
    problems.map((problem) => (field === 'base' ? problem : `${humanize(field)} ${problem}`)),
  );
}

function isTexts(errors: readonly string[] | object): errors is readonly string[] {
  return Array.isArray(errors);
}

/** The words for a field, as Rails has them: `external_user_id` is "External user". */
function humanize(field: string): string {
  const words = field.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Escapes a text. Characters that XML 1.0 can't hold are left out; quotes stay as they are, as in Rails' texts. */
function escapeXml(value: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to drop
  const text = String(value).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
  return escapeHtml(text).replaceAll('&#39;', "'").replaceAll('&quot;', '"');
}
