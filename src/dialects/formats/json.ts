import type { Document } from './document.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

export function toJson(document: Document): string {
  return JSON.stringify('account_settings' in document ? document.account_settings : document);
}
