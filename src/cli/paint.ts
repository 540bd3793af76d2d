import { inspect } from 'node:util';
import type { Environment } from '../config/config.ts';
import type { Output } from './io.ts';

/** Colours a text, which stays as it is where there are no colours. */
export type Paint = (style: 'bold' | 'gray' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** Whether output is coloured: on terminals, unless NO_COLOR or `TERM=dumb` is set; anywhere with FORCE_COLOR. */
export function hasColors(out: Output, env: Environment): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return !none && terminal !== 'dumb' && out.isTTY === true;
}

export function paintFor(out: Output, env: Environment): Paint {
  return hasColors(out, env) ? colored : plain;
}

export const plain: Paint = (_, text) => text;

export const colored: Paint = (style, text) => {
  const [on, off] = inspect.colors[style] ?? [0, 0];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** A status in the colour of its class. */
export function paintStatus(paint: Paint, status: number, text: string): string {
  if (status >= 500 || status < 100) return paint('red', text);
  return paint(status >= 400 ? 'yellow' : status >= 300 ? 'cyan' : 'green', text);
}
