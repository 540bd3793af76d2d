import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LiveEvent, LiveEvents } from '../control/live-events.ts';
import type { ApplicationList, Coverage } from '../control/results.ts';
import type { Change, EventType } from '../sandbox/event-feed.ts';
import { messageOf } from '../support/errors.ts';
import { api, Locked, openEvents, Refusal } from './api.ts';
import { computerTime, connection } from './store.ts';

/** The newest requests, and the number of all. */
export const NEWEST_REQUESTS = '/requests?limit=8';
/** How long (ms) at least lies between two readings, so that a busy emulator is not read again for each of its requests. */
const PAUSE = 200;
/** How long (ms) after a failure until the next attempt. */
const RETRY = 1000;

/** Something that is read from the emulator, and read again whenever events make it out of date. */
interface Reading {
  /** The first part of its path, such as `/users`. */
  readonly part: string;
  readonly read: () => Promise<void>;
}

const readings = new Set<Reading>();
/** The readings that are out of date. */
const stale = new Set<Reading>();
let timer = 0;
/** When the last reading ended. */
let readAt = 0;
let reading = false;
/** The first connection has been established, or has failed. Before, nothing is read: it could change before the first event. */
let started = false;

let streamFailure: unknown;
let readFailure: unknown;

function showFailure(): void {
  connection.value = describeFailure(streamFailure ?? readFailure);
}

function describeFailure(failure: unknown): string {
  if (failure === undefined) return '';
  if (failure instanceof Locked) return 'The console needs the admin token: reload the page to enter it.';
  return failure instanceof Refusal ? failure.message : `Disconnected. ${messageOf(failure)}`;
}

/** The parts that events of a type make out of date; `reset` does so with all. */
const PARTS_OF_EVENTS: Readonly<Record<Exclude<EventType, 'change' | 'reset'>, readonly string[]>> = {
  request: ['/requests', '/warnings', '/faults', '/evidence'],
  mail: ['/outbox'],
  clock: ['/clock', '/sessions'],
  fault: ['/faults'],
  stub: ['/stubs'],
  settings: ['/settings', '/apps'],
  snapshot: ['/snapshots'],
  sandbox: ['/sandboxes'],
};

/** The same for changes of records. */
const PARTS_OF_RECORDS: Readonly<Record<Exclude<keyof Change, 'app' | 'change'>, readonly string[]>> = {
  user: ['', '/apps', '/users', '/sessions', '/snapshots'],
  session: ['/sessions', '/snapshots'],
  mail: ['/outbox', '/snapshots'],
  stub: ['/stubs'],
  application: ['', '/apps', '/settings'],
};

/** The parts that an event makes out of date; undefined: all. */
function partsOf(event: LiveEvent): readonly string[] | undefined {
  if (event.type === 'reset') return undefined;
  if (event.type !== 'change') return PARTS_OF_EVENTS[event.type];
  const { changes, truncated } = event.data;
  if (truncated) return undefined;
  return changes.flatMap((change) =>
    Object.entries(PARTS_OF_RECORDS).flatMap(([record, parts]) => (record in change ? parts : [])),
  );
}

function markStale(parts?: readonly string[]): void {
  for (const each of readings) if (parts === undefined || parts.includes(each.part)) stale.add(each);
  scheduleReading();
}

/** @param delay ms */
function scheduleReading(delay = readAt + PAUSE - computerTime()): void {
  if (!started || reading || timer !== 0 || stale.size === 0) return;
  // the computer's clock may have been set back meanwhile
  timer = window.setTimeout(() => void readStale(), Math.min(delay, RETRY));
}

/** Reads all that is out of date. While it fails, a bar on top of the page shows why, and it is tried again. */
async function readStale(): Promise<void> {
  timer = 0;
  reading = true;
  const now = [...stale];
  stale.clear();
  const results = await Promise.allSettled(now.map(({ read }) => read()));
  const failed = now.filter((each, at) => results[at]?.status === 'rejected' && readings.has(each));
  for (const each of failed) stale.add(each);
  readFailure = results.find((result) => result.status === 'rejected')?.reason;
  reading = false;
  readAt = computerTime();
  showFailure();
  // without its token, the emulator would refuse each attempt
  if (!(readFailure instanceof Locked)) scheduleReading(failed.length > 0 ? RETRY : undefined);
}

/** Announces that this page changed something: what it shows is read again at once. */
export async function changed(): Promise<void> {
  await Promise.allSettled([...readings].map(({ read }) => read()));
}

/** Changes something in the emulator, and reads again what this page shows. @returns the answer @throws Refusal */
export async function change<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await api<T>(method, path, body);
  await changed();
  return answer;
}

/** Calls `read` now, and again whenever events say that a part of the emulator changed. @returns a function that ends it */
export function keepFresh(part: string, read: () => Promise<void>): () => void {
  const added = { part, read };
  readings.add(added);
  stale.add(added);
  window.clearTimeout(timer);
  timer = 0;
  scheduleReading(0);
  return () => {
    readings.delete(added);
    stale.delete(added);
  };
}

const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms));

/** Waits until somebody sees the page. */
async function visible(): Promise<void> {
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

/**
 * Follows the emulator's events, from the last known one on. It connects again when the connection breaks off. A page that nobody
 * sees has no connection: browsers open only six to a server.
 */
async function followEvents(): Promise<void> {
  let last: string | undefined;
  while (true) {
    await visible();
    let events: LiveEvents | undefined;
    const closeHidden = () => {
      if (document.hidden) events?.close();
    };
    document.addEventListener('visibilitychange', closeHidden);
    try {
      events = await openEvents(last);
      closeHidden();
      started = true;
      streamFailure = undefined;
      showFailure();
      if (last === undefined) markStale();
      for await (const event of events) {
        last = event.id;
        markStale(partsOf(event));
      }
      if (!document.hidden) throw new Error('The emulator has ended the connection.');
    } catch (error) {
      started = true;
      streamFailure = error;
      showFailure();
      scheduleReading();
      if (error instanceof Locked) return;
      await pause(RETRY);
    } finally {
      document.removeEventListener('visibilitychange', closeHidden);
    }
  }
}

void followEvents();

interface Source {
  readonly value: Signal<unknown>;
  users: number;
  readonly end: () => void;
}

/** Views and the header share what they read. */
const sources = new Map<string, Source>();

function openSource(path: string): Source {
  const value = signal<unknown>(undefined);
  let text = '';
  const read = async () => {
    const answer = await api<unknown>('GET', path).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
    });
    const newText = JSON.stringify(answer);
    // the same object while nothing changes: nothing is drawn again
    if (newText !== text) value.value = answer;
    text = newText;
  };
  const [part = ''] = /^\/\w*|^/.exec(path) ?? [];
  const source = { value, users: 0, end: keepFresh(part, read) };
  sources.set(path, source);
  return source;
}

/** The answer of `GET path`, kept up to date; undefined until it has come, and while there is no such record. */
export function useLive<T>(path: string): T | undefined {
  const current = useSignal<Source | undefined>(undefined);
  useEffect(() => {
    const source = sources.get(path) ?? openSource(path);
    source.users++;
    current.value = source;
    return () => {
      source.users--;
      if (source.users > 0) return;
      source.end();
      sources.delete(path);
    };
  }, [path]);
  const source = current.value;
  return source !== undefined && sources.get(path) === source ? (source.value.value as T | undefined) : undefined;
}

const coverage = signal<Coverage | undefined>(undefined);

/** The list of emulated operations; it never changes, so it is read once. */
export function useCoverage(): Coverage | undefined {
  useEffect(
    () =>
      keepFresh('/coverage', async () => {
        coverage.value ??= await api<Coverage>('GET', '/coverage');
      }),
    [],
  );
  return coverage.value;
}

/** The applications, and the one that the address or the last choice names. */
export function useApplications(chosen: string | undefined) {
  const list = useLive<ApplicationList>('/apps');
  const known = list?.apps.some(({ id }) => String(id) === chosen);
  return { apps: list?.apps, app: known ? chosen! : String(list?.default ?? '') };
}
