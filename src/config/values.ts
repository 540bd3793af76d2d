import { parseDuration, parseTime } from '../support/clock.ts';

/** A problem with options or a config file: what, where and what to do instead. */
export class UsageError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.name = 'UsageError';
    this.exitCode = exitCode;
  }
}

/** A problem with what was given at a place: an option, a variable, a config file. */
export function usageError(place: string, words: string): UsageError {
  return new UsageError(`${place}: ${words}`, place.startsWith('config file') ? 4 : 2);
}

export interface AppOption {
  readonly id: number;
  readonly auth_key: string;
  readonly auth_secret: string | null;
  readonly dialect: string | undefined;
}

export interface FaultOption {
  readonly match: { readonly operation?: string };
  readonly status: number;
  readonly times?: number;
}

export function text(given: unknown): string {
  if (typeof given !== 'string' || given === '') throw new UsageError('needs a value');
  return given;
}

export function flag(given: unknown): boolean {
  if (given === true || given === 'true' || given === '1') return true;
  if (given === false || given === 'false' || given === '0') return false;
  throw new UsageError(`is true or false, not '${given}'`);
}

export function port(given: unknown): number {
  const number = Number(given);
  if (given === '' || !Number.isInteger(number) || number < 0 || number > 65535)
    throw new UsageError(`a port is 0 to 65535, not '${given}'`);
  return number;
}

export function readApp(given: unknown): AppOption {
  const [id, auth_key, auth_secret, dialect] = text(given).split(':');
  if (!/^[1-9]\d{0,9}$/.test(id!) || !auth_key)
    throw new UsageError(`an application is id:key[:secret[:dialect]], not '${given}'`);
  return { id: Number(id), auth_key, auth_secret: auth_secret || null, dialect };
}

/** `name=value`, or an object in a config file; names and values are checked where the settings' table is. */
export function readSet(given: unknown): Record<string, unknown> {
  if (typeof given === 'object' && given !== null) return given as Record<string, unknown>;
  const parts = /^([^=]+)=(.*)$/.exec(text(given));
  if (!parts) throw new UsageError(`a setting is name=value, not '${given}'`);
  return { [parts[1]!.trim()]: parts[2]!.trim() };
}

export function readLatency(given: unknown): [number, number] {
  const parts = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(String(given));
  if (!parts) throw new UsageError(`a latency is ms or min-max, not '${given}'`);
  const least = Number(parts[1]);
  const most = Number(parts[2] ?? least);
  if (most < least) throw new UsageError(`a latency is min-max, not '${given}'`);
  return [least, most];
}

export function readFault(given: unknown): FaultOption {
  const parts = /^([\w.]+):(\d{3})(?:x([1-9]\d*))?$/.exec(text(given));
  if (!parts) throw new UsageError(`a fault is operation:status[xN], e.g. users.create:503x2, not '${given}'`);
  const [, operation, status, times] = parts as unknown as [string, string, string, string | undefined];
  const match = operation === 'any' ? {} : { operation };
  return { match, status: Number(status), ...(times === undefined ? {} : { times: Number(times) }) };
}

export function readTime(given: unknown): number {
  const ms = parseTime(text(given));
  if (ms === undefined) throw new UsageError(`a time is such as 2026-01-01T00:00:00Z, not '${given}'`);
  return ms;
}

export function readSmtp(given: unknown): string {
  if (!/^smtps?:\/\/\S+$/.test(text(given)) || !URL.canParse(text(given)))
    throw new UsageError(`a mail server is such as smtp://127.0.0.1:1025, not '${given}'`);
  return given as string;
}

export function readLog(given: unknown): 'pretty' | 'json' | 'silent' {
  if (given === 'pretty' || given === 'json' || given === 'silent') return given;
  throw new UsageError(`is pretty, json or silent, not '${given}'`);
}

/** A span such as `10s`, for `--wait`. @returns ms @throws UsageError */
export function readWait(given: string): number {
  const ms = parseDuration(given);
  if (ms === undefined || ms < 0) throw new UsageError(`--wait: a span is 10s, 1m30s or 500ms, not '${given}'`);
  return ms;
}
