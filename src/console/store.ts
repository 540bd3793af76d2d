import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Clock } from '../support/clock.ts';
import { messageOf } from '../support/errors.ts';

const computerClock = new Clock();

/** The time of the computer that the browser runs on, in ms. */
export const computerTime = () => computerClock.now();

/** Why live values are not up to date; empty while they are. */
export const connection = signal('');

/** The message in the corner. */
export const noticeShown = signal<{ readonly text: string; readonly bad: boolean } | undefined>(undefined);
let hideTimer = 0;

/** Shows a message in the corner for a few seconds; errors stay longer. */
export function notice(text: string, bad = false): void {
  noticeShown.value = { text, bad };
  window.clearTimeout(hideTimer);
  hideTimer = window.setTimeout(() => (noticeShown.value = undefined), bad ? 8000 : 3000);
}

/** Runs an action and shows its error, if it throws one, as a notice. */
export async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    notice(messageOf(error), true);
  }
}

/** Lets the browser save a value as a JSON file. */
export function saveFile(name: string, value: unknown): void {
  const href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  Object.assign(link, { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

export interface OpenDialog {
  readonly id: number;
  readonly title: string;
  readonly content: (close: () => void) => ComponentChildren;
  readonly closed: (() => void) | undefined;
}

/** The open dialogs, the topmost last. */
export const dialogs = signal<readonly OpenDialog[]>([]);
let lastDialog = 0;

/** @param closed called when the dialog has closed, however that was */
export function openDialog(title: string, content: OpenDialog['content'], closed?: () => void): void {
  dialogs.value = [...dialogs.value, { id: ++lastDialog, title, content, closed }];
}

export function closeDialog(id: number): void {
  const closing = dialogs.value.find((each) => each.id === id);
  dialogs.value = dialogs.value.filter((each) => each.id !== id);
  closing?.closed?.();
}

/** The view and its parameters, as the address has them: `#users?app=230&q=mia`. */
export interface Route {
  readonly view: string;
  readonly params: Readonly<Record<string, string>>;
}

function readRoute(): Route {
  const [view = '', search = ''] = location.hash.slice(1).split('?');
  return { view, params: Object.fromEntries(new URLSearchParams(search)) };
}

export const route = signal(readRoute());

window.addEventListener('hashchange', () => {
  for (const { id } of dialogs.value) closeDialog(id);
  route.value = readRoute();
});

/** Changes parameters of the address without a new entry in the history; empty ones are left out. */
export function setParams(changes: Readonly<Record<string, string | number>>): void {
  const { view, params } = route.value;
  const all = Object.entries({ ...params, ...changes }).map(([name, value]) => [name, String(value)]);
  const kept = all.filter(([, value]) => value !== '');
  const search = new URLSearchParams(kept).toString();
  history.replaceState(null, '', `#${view}${search && `?${search}`}`);
  route.value = { view, params: Object.fromEntries(kept) };
}

const THEME_KEY = 'users-emulator theme';
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The colour scheme; `auto` follows the system. */
export const theme = signal<Theme>(THEMES.find((each) => each === localStorage.getItem(THEME_KEY)) ?? 'auto');
theme.subscribe((chosen) => {
  localStorage.setItem(THEME_KEY, chosen);
  document.documentElement.dataset.theme = chosen;
});
