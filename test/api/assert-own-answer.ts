import { expect } from 'vitest';

const SHAPES = [
  (body: Record<string, unknown>) => Array.isArray(body.errors) && body.errors.every(isText),
  ({ errors }: Record<string, unknown>) =>
    typeof errors === 'object' &&
    errors !== null &&
    !Array.isArray(errors) &&
    Object.values(errors).every((texts) => Array.isArray(texts) && texts.every(isText)),
  ({ code, message }: Record<string, unknown>) => code === null && isText(message),
];

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

interface Bytes {
  readonly status: number;
  readonly type: string | null | undefined;
  readonly text: string;
}

/**
 * Checks that an answer is the API's own: JSON (or XML if requested), and an error in one of its shapes unless it
 * succeeded. Never an internal error, never an HTML page.
 * @returns the status
 */
export function expectOwnAnswer({ status, type, text }: Bytes, format: 'json' | 'xml' = 'json'): number {
  const served = status < 500 || status === 501;
  const typed = type === `application/${format}; charset=utf-8`;
  const page = /<html|<!doctype|\n {4}at /i.test(text);
  const shaped = status < 400 ? isReadable(text, format) : format === 'xml' ? XML_ERROR.test(text) : isError(text);
  // one assertion: thousands of answers are checked here
  if (!served || !typed || page || !shaped) expect.unreachable(`${status} ${type} ${text.slice(0, 300)}`);
  return status;
}

const XML_ERROR = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<errors>\n( {2}<error>.+<\/error>\n)+<\/errors>\n$/s;

function isError(text: string): boolean {
  const body = JSON.parse(text);
  return SHAPES.filter((shape) => shape(body)).length === 1;
}

function isReadable(text: string, format: 'json' | 'xml'): boolean {
  return text.trim() === '' || format === 'xml' || JSON.parse(text) !== undefined;
}
