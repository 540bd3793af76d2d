import { ERROR_KEYS } from '../model/error-catalogue.ts';
import { MAX_DELAY } from '../model/stubs.ts';
import { headerProblems } from './answer-headers.ts';
import { DROP_KINDS, FAULT_BODIES, FAULT_MOMENTS, type FaultEffect } from './faults.ts';

type Effect = { -readonly [K in keyof FaultEffect]: FaultEffect[K] } & { times?: number };
type Reader = (value: string) => Effect | undefined;

/** One of some words, as an effect. */
const wordOf =
  <const W extends string>(words: readonly W[], effect: (word: W) => Effect): Reader =>
  (value) => {
    const word = words.find((each) => each === value);
    return word === undefined ? undefined : effect(word);
  };

const readStatus: Reader = (value) => (/^[2-5]\d\d$/.test(value) ? { status: Number(value) } : undefined);
const readError = wordOf(ERROR_KEYS, (error) => ({ error }));
const readDrop = wordOf(DROP_KINDS, (drop) => ({ drop }));
const readNamedBody = wordOf(FAULT_BODIES, (body) => ({ body }));
const readMoment = wordOf(FAULT_MOMENTS, (when) => ({ when }));

/** `200` or `200-800`: ms. */
function readMs(value: string): number | readonly [number, number] | undefined {
  const [, least, most = least] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(value) ?? [];
  const [min, max] = [Number(least), Number(most)];
  if (least === undefined || max < min || max > MAX_DELAY) return undefined;
  return min === max ? min : [min, max];
}

function readJson(value: string): Effect | undefined {
  try {
    return { json: JSON.parse(value) };
  } catch {
    return undefined;
  }
}

/** `Retry-After: 5` */
function readHeader(value: string): Effect | undefined {
  const [, name, text = ''] = /^([^:]+):\s*(.*)$/s.exec(value) ?? [];
  if (name === undefined) return undefined;
  const headers = { [name]: text };
  return headerProblems(headers).length === 0 ? { headers } : undefined;
}

/** The fields of a fault as text: `delay=200`. */
const FIELDS: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    status: readStatus,
    error: readError,
    drop: readDrop,
    when: readMoment,
    body: (body) => ({ body }),
    json: readJson,
    header: readHeader,
    delay: (value) => {
      const delay = readMs(value);
      return delay === undefined ? undefined : { delay };
    },
    trickle: (value) => {
      const trickle = readMs(value);
      return trickle === undefined ? undefined : { trickle };
    },
  }),
);

/** An effect in a word, how many requests it hits, and when: `503`, `taken`, `html`, `503x2`, `resetx1@after`, `reset@afterx1`. */
function readWord(text: string): Effect | undefined {
  const timesFirst = text.replace(/(@[a-z]+)(x\d+)$/, '$2$1');
  const [, word = '', times, moment] = /^(\w+?)(?:x([1-9]\d{0,8}))?(?:@(\w+))?$/.exec(timesFirst) ?? [];
  const effect = [readStatus, readDrop, readNamedBody, readError].map((read) => read(word)).find(Boolean);
  const when = moment === undefined ? {} : readMoment(moment);
  return effect && when && { ...effect, ...when, ...(times === undefined ? {} : { times: Number(times) }) };
}

/** The semicolons between parts: those in JSON or in a text are followed by something else. */
const SEPARATOR = new RegExp(`;\\s*(?=(?:${[...FIELDS.keys()].join('|')})=|[\\w@]+\\s*(?:;|$))`);

/**
 * Reads an effect as text, in the header `X-Emulator-Fault` and on the command line: a word such as `503`, `reset@after` or `html`,
 * fields such as `delay=200` or `header=Retry-After: 5`, or several of these, separated by `;`.
 * @returns the effect, with `times` for a word such as `503x2`; or the part that can't be read
 */
export function parseFaultText(
  text: string,
): (FaultEffect & { readonly times?: number }) | { readonly unreadable: string } {
  let all: Effect = {};
  for (const part of text.split(SEPARATOR).map((each) => each.trim())) {
    const equals = part.indexOf('=');
    const effect = equals < 0 ? readWord(part) : FIELDS.get(part.slice(0, equals))?.(part.slice(equals + 1));
    if (!effect) return { unreadable: part };
    all = { ...all, ...effect, ...(effect.headers && { headers: { ...all.headers, ...effect.headers } }) };
  }
  return Object.keys(all).every((name) => name === 'when') ? { unreadable: text } : all;
}
