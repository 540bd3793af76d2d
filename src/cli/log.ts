import type { LogFormat } from '../config/values.ts';
import type { RequestLogEntry } from '../http/request-log.ts';
import type { Warning } from '../sandbox/warnings.ts';
import { Clock } from '../support/clock.ts';
import { printable } from '../support/printable.ts';
import type { Output } from './io.ts';
import { type Paint, paintStatus, plain } from './paint.ts';

/**
 * A request log: one line per request, with the machine's time, whatever the emulator's clock shows.
 * @returns undefined: there is none, so no entries are needed
 */
export function requestLog(
  format: LogFormat,
  out: Output,
  paint = plain,
): ((entry: RequestLogEntry) => void) | undefined {
  if (format === 'silent') return undefined;
  const clock = new Clock();
  const print = format === 'json' ? jsonLine : prettyLine;
  return (entry) => void out.write(`${print(entry, new Date(clock.now()), paint)}\n`);
}

function jsonLine(entry: RequestLogEntry, time: Date): string {
  return JSON.stringify({ event: 'request', time, ...entry });
}

function prettyLine(entry: RequestLogEntry, time: Date, paint: Paint): string {
  const { sandbox, method, path, query, operation, status, duration_ms, errors, hint } = entry;
  const request = `${method.padEnd(6)} ${sandbox && `[${sandbox}] `}${printable(path + query)}`;
  const columns = [
    paint('gray', localTime(time)),
    paintStatus(paint, status, status === 0 ? '---' : String(status)),
    paint('gray', `${duration_ms.toFixed(1).padStart(6)} ms`),
    request,
    paint('gray', operation ?? '-'),
    ...errors.map((error) => paint('yellow', error)),
    ...(hint === undefined ? [] : [`(${hint})`]),
  ];
  return columns.join('  ');
}

/** `18:05:09`, in the local time zone. */
function localTime(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** The warnings of a run, printed when the server stops; empty if there are none. */
export function warningSummary(warnings: readonly Warning[], format: LogFormat): string {
  if (warnings.length === 0 || format === 'silent') return '';
  if (format === 'json') return `${JSON.stringify({ event: 'warnings', warnings })}\n`;
  const lines = warnings.map(({ count, message }) => `${String(count).padStart(7)} × ${printable(message)}`);
  return ['', 'These requests worked here, but may fail against the real service:', ...lines, ''].join('\n');
}
