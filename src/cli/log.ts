import type { LogFormat } from '../config/values.ts';
import type { RequestLogEntry } from '../http/request-log.ts';
import type { Warning } from '../sandbox/warnings.ts';
import { printable } from '../support/printable.ts';
import type { Output } from './io.ts';

/** A request log: one line per request. */
export function requestLog(format: LogFormat, out: Output): (entry: RequestLogEntry) => void {
  if (format === 'silent') return () => {};
  const print = format === 'json' ? jsonLine : prettyLine;
  return (entry) => void out.write(`${print(entry)}\n`);
}

function jsonLine(entry: RequestLogEntry): string {
  return JSON.stringify({ event: 'request', ...entry });
}

function prettyLine(entry: RequestLogEntry): string {
  const { sandbox, method, path, operation, status, duration_ms, errors, hint } = entry;
  const request = `${sandbox && `[${sandbox}] `}${status} ${method} ${printable(path)}`;
  const notes = [errors.join(', '), hint && `(${hint})`].filter(Boolean);
  return [request, operation ?? '-', `${duration_ms} ms`, ...notes].join('  ');
}

/** The warnings of a run, printed when the server stops; empty if there are none. */
export function warningSummary(warnings: readonly Warning[], format: LogFormat): string {
  if (warnings.length === 0 || format === 'silent') return '';
  if (format === 'json') return `${JSON.stringify({ event: 'warnings', warnings })}\n`;
  const lines = warnings.map(({ count, message }) => `${String(count).padStart(7)} × ${printable(message)}`);
  return ['', 'These requests worked here, but may fail against the real service:', ...lines, ''].join('\n');
}
