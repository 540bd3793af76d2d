export const JSON_TYPE = 'application/json; charset=utf-8';

export function toJson(value: unknown): string {
  return JSON.stringify(value);
}
