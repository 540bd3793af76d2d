import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ApplicationList, Coverage } from '../control/results.ts';
import { messageOf } from '../support/errors.ts';
import { api, Locked, Refusal } from './api.ts';
import { connection } from './store.ts';

const INTERVAL = 1000;

const refreshers = new Set<() => Promise<unknown>>();
let timer = 0;
let running = false;

/**
 * Runs all refreshers, and again each second while the page is visible. While one fails, a bar on top of the page shows why, and
 * the page recovers when the emulator answers again.
 */
async function run(): Promise<void> {
  if (running) return;
  running = true;
  window.clearTimeout(timer);
  const results = document.hidden ? [] : await Promise.allSettled([...refreshers].map((refresh) => refresh()));
  const [failure] = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  running = false;
  connection.value = describeFailure(failure);
  // asking for the token again each second would not help
  if (!(failure instanceof Locked)) timer = window.setTimeout(run, INTERVAL);
}

function describeFailure(failure: unknown): string {
  if (failure === undefined) return '';
  if (failure instanceof Locked) return 'The console needs the admin token: reload the page to enter it.';
  return failure instanceof Refusal ? failure.message : `disconnected – ${messageOf(failure)}`;
}

/** Announces that this page changed something: live values are read again at once. */
export async function changed(): Promise<void> {
  await Promise.allSettled([...refreshers].map((refresh) => refresh()));
}

/** Keeps something up to date while `refresh` is registered. @returns a function that ends it */
export function keepFresh(refresh: () => Promise<unknown>): () => void {
  refreshers.add(refresh);
  if (timer === 0 && !running) void run();
  else void refresh().catch(() => {}); // the next round reports it
  return () => refreshers.delete(refresh);
}

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
  const refresh = async () => {
    const answer = await api<unknown>('GET', path);
    const newText = JSON.stringify(answer);
    // the same object while nothing changes: nothing is drawn again
    if (newText !== text) value.value = answer;
    text = newText;
  };
  const source = { value, users: 0, end: keepFresh(refresh) };
  sources.set(path, source);
  return source;
}

/** The answer of `GET path`, kept up to date; undefined until it has come. */
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
      keepFresh(async () => {
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
