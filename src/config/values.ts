import { isSandboxName, sandboxNameProblem } from '../model/addresses.ts';
import { ERROR_KEYS } from '../model/error-catalogue.ts';
import { parseFaultText } from '../sandbox/fault-text.ts';
import { DROP_KINDS, FAULT_BODIES } from '../sandbox/faults.ts';
import { JOURNAL_LIMITS, type JournalLimits } from '../sandbox/journal-limits.ts';
import { parseTime } from '../support/clock.ts';
import { parseDuration } from '../support/duration.ts';
import { cut } from '../support/printable.ts';
import { similar } from '../support/similar.ts';
import { isObject } from '../support/values.ts';
import { UsageError } from './usage-error.ts';

// Readers of single values, whether they come from a flag, a variable or a config file. Each throws a UsageError without a source:
// `readFrom` adds it.

/** An application, as `--app` gives it. */
export interface AppOption {
  readonly id: number;
  readonly auth_key: string;
  readonly auth_secret: string | null;
  readonly dialect: string | undefined;
}

/** A fault, as `--fault` gives it: its fields are checked later. */
export type FaultOption = Readonly<Record<string, unknown>>;

/** Stubs, as `--stub` gives them: the name of a file, a ready set, or the stubs themselves. */
export type StubOption = string | { readonly set: 'app-boot' } | object;

/** The form of the request log. */
export type LogFormat = 'pretty' | 'json' | 'silent';

/** A value for a message, in quotes. */
function shown(given: unknown): string {
  return `'${cut(typeof given === 'object' ? JSON.stringify(given) : String(given), 200)}'`;
}

export function readText(given: unknown): string {
  if (typeof given !== 'string' || given === '') throw new UsageError('needs a value');
  return given;
}

/** A token, as an `Authorization` header can have it. The message doesn't repeat it. */
export function readToken(given: unknown): string {
  const token = readText(given);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('must be ASCII without blanks: clients send it in a header');
  return token;
}

/** true, false, or a value of another kind. */
export function readFlagOr<V>(read: (given: unknown) => V): (given: unknown) => V | boolean {
  return (given) =>
    given === true || given === 'true' ? true : given === false || given === 'false' ? false : read(given);
}

/** The same, also as 1 and 0. */
function readSwitchOr<V>(read: (given: unknown) => V): (given: unknown) => V | boolean {
  return (given) => (given === '1' || given === '0' ? given === '1' : readFlagOr(read)(given));
}

/** A host name: letters, digits, dots and dashes. */
export function readHost(given: unknown): string {
  const host = readText(given).toLowerCase();
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host))
    throw new UsageError(`must be a host name, not ${shown(given)}`);
  return host;
}

/** Host names; true and false are kept as they are, also in a list. */
export function readHosts(given: unknown): boolean | string[] {
  const values = (Array.isArray(given) ? given : [given]).map(readSwitchOr(readHost));
  const hosts = values.filter((value) => typeof value === 'string');
  return hosts.length > 0 ? hosts : values.includes(true);
}

export function readFlag(given: unknown): boolean {
  return readSwitchOr((other) => {
    throw new UsageError(`must be true or false, not ${shown(other)}`);
  })(given);
}

export function readPort(given: unknown): number {
  const port = typeof given === 'string' && /^\d{1,5}$/.test(given) ? Number(given) : given;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`must be a port from 0 to 65535, not ${shown(given)}`);
  return port;
}

/** The port of the chat that the SDKs use. */
const CHAT_PORT = 5291;

/** A port; true: the usual one. @returns false: no chat */
export function readChat(given: unknown): number | false {
  const port = readFlagOr(readPort)(given);
  return port === true ? CHAT_PORT : port;
}

const BYTES: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1000, MB: 1_000_000, GB: 1_000_000_000 };

/** `1000` or `1000:16MB`. */
export function readJournal(given: unknown): JournalLimits {
  const [, entries = '', amount, unit = ''] = /^(\d{1,7})(?::(\d{1,9})([KMG]?B)?)?$/i.exec(String(given)) ?? [];
  const limits = {
    entries: Number(entries),
    bytes: amount === undefined ? JOURNAL_LIMITS.bytes : Number(amount) * (BYTES[unit.toUpperCase()] ?? 1),
  };
  if (limits.entries < 1 || limits.bytes < 1)
    throw new UsageError(
      `must be a number of requests, and optionally of bytes, such as 1000:16MB, not ${shown(given)}`,
    );
  return limits;
}

export function readSandbox(given: unknown): string {
  const name = readText(given);
  if (!isSandboxName(name)) throw new UsageError(sandboxNameProblem(name));
  return name;
}

export function readWholeNumber(given: unknown): number {
  const text = readText(given);
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`must be a whole number, not '${text}'`);
  return Number(text);
}

/** A file name, the built-in seed (true), none (false), or the seed itself. */
export function readSeed(given: unknown): boolean | string | object {
  return typeof given === 'object' && given !== null ? given : readSwitchOr(readText)(given);
}

/** `id:key[:secret[:dialect]]`. The message doesn't repeat it: it may hold a secret. */
export function readApp(given: unknown): AppOption {
  const [id = '', auth_key = '', auth_secret = '', dialect] = readText(given).split(':');
  if (!/^[1-9]\d{0,9}$/.test(id) || auth_key === '')
    throw new UsageError('must be id:key[:secret[:dialect]], with an id from 1');
  return { id: Number(id), auth_key, auth_secret: auth_secret || null, dialect };
}

/** `name=value`, or an object of a config file. Names and values are checked against the table of settings, later. */
export function readSetting(given: unknown): Record<string, unknown> {
  if (isObject(given)) return given;
  const [name, value] = readAssignment(given);
  return { [name]: value.trim() };
}

/** `name=value`; the value may be empty, and of several lines. The message doesn't repeat it: it may hold a secret. */
export function readAssignment(given: unknown): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(readText(given)) ?? [];
  if (name === undefined || value === undefined) throw new UsageError('must be name=value');
  return [name.trim(), value];
}

/** `200`, or `50-200`: between the two. @returns ms */
export function readLatency(given: unknown): [min: number, max: number] {
  const [, first, second = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(String(given)) ?? [];
  const [min, max] = [Number(first), Number(second)];
  if (first === undefined || max < min) throw new UsageError(`must be milliseconds or min-max, not ${shown(given)}`);
  return [min, max];
}

const EFFECT_WORDS = [...DROP_KINDS, ...FAULT_BODIES, ...ERROR_KEYS];

/**
 * A fault, or its text: an operation, which may be `any`, a colon, and the effect as in the header of a request: `users.create:503x2`,
 * `users.create:resetx1@after`, `any:503; header=Retry-After: 5`.
 */
export function readFault(given: unknown): FaultOption {
  if (isObject(given)) return given;
  const [, operation, text = ''] = /^([\w.]+|stub:[^;]+):([^:;]*(?:[;=].*)?)$/s.exec(readText(given).trim()) ?? [];
  const effect = parseFaultText(text);
  if (operation === undefined || 'unreadable' in effect)
    throw new UsageError(faultProblem('unreadable' in effect ? effect.unreadable : '', given));
  return { match: operation === 'any' ? {} : { operation }, ...effect };
}

/** The message for a fault, and the word that one of its parts may mean. */
function faultProblem(unreadable: string, given: unknown): string {
  const [, error] = /^error=(.*)$/.exec(unreadable) ?? [];
  const [meant] = similar(error ?? unreadable, error === undefined ? EFFECT_WORDS : ERROR_KEYS);
  const rule =
    error === undefined
      ? `must be operation:effect[xN][@after], such as users.create:503x2 or users.create:resetx1@after, not ${shown(given)}`
      : `no error has the key '${error}'`;
  return meant === undefined ? rule : `${rule}; did you mean ${meant}?`;
}

/** A file name, or its content. */
export function readFileOrObject(given: unknown): string | object {
  return isObject(given) ? given : readText(given);
}

/** A file name, `app-boot`, or stubs. */
export function readStub(given: unknown): StubOption {
  if (typeof given === 'object' && given !== null) return given;
  const text = readText(given);
  return text === 'app-boot' ? { set: text } : text;
}

/** An ISO time. @returns ms since 1970 */
export function readTime(given: unknown): number {
  const ms = parseTime(readText(given));
  if (ms === undefined) throw new UsageError(`must be a time such as 2026-01-01T00:00:00Z, not ${shown(given)}`);
  return ms;
}

/** The address of a mail server. The message doesn't repeat it: it may hold a password. */
export function readSmtp(given: unknown): string {
  const url = readText(given);
  if (!/^smtps?:\/\/\S+$/.test(url) || !URL.canParse(url))
    throw new UsageError('must be a mail server such as smtp://127.0.0.1:1025');
  return url;
}

/** One of several words. */
export function readOneOf<const W extends string>(...words: readonly W[]): (given: unknown) => W {
  return (given) => {
    const word = words.find((each) => each === given);
    if (word === undefined) throw new UsageError(`must be ${words.join(' or ')}, not ${shown(given)}`);
    return word;
  };
}

/** A duration such as `10s`. @returns ms */
export function readDuration(given: unknown): number {
  const ms = parseDuration(readText(given));
  if (ms === undefined || ms < 0)
    throw new UsageError(`must be a duration such as 10s, 1m30s or 500ms, not ${shown(given)}`);
  return ms;
}

/** Whether only this machine reaches an address to listen on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
