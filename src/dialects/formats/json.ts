import type { Document } from './document.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

export function toJson(document: Document): string {
  return JSON.stringify(document);
}
