import { JSON_TYPE } from '../dialects/formats/json.ts';
import type { ApiResponse } from './api-messages.ts';

/** An error outside of the dialects: the application, and so the dialect, isn't known. */
export function plainError(status: number, message: string | readonly string[]): ApiResponse {
  const text = JSON.stringify({ errors: { base: [message] } });
  return { status, headers: { 'Access-Control-Allow-Origin': '*' }, type: JSON_TYPE, text };
}
