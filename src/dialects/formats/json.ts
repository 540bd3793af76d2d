import type { Document } from './document.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The JSON of an answer whose users are JSON already. */
export function toJson(document: Document<string>): string {
  if ('user' in document) return `{"user":${document.user}}`;
  if ('users' in document) return `{"users":[${document.users.join()}]}`;
  if ('current_page' in document) return list(document, document.items.map(toJson));
  if ('limit' in document) return list(document, document.items);
  return JSON.stringify('account_settings' in document ? document.account_settings : document);
}

/** A list with its items last. */
function list({ items: _, ...page }: { readonly items: unknown }, items: readonly string[]): string {
  return `${JSON.stringify(page).slice(0, -1)},"items":[${items.join()}]}`;
}
