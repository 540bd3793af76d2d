import { ERROR_KEYS } from '../model/error-catalogue.ts';
import { MAX_DELAY } from '../model/stubs.ts';
import { DROP_KINDS, type FaultEffect } from './faults.ts';

/**
 * Reads the fault that a request brings in its `X-Emulator-Fault` header: `503`, `error=taken`, `delay=200`, `drop=reset`, or
 * several of these separated by `;`.
 * @returns the effect, or the part that can't be read
 */
export function parseFaultHeader(header: string): FaultEffect | { readonly unreadable: string } {
  const effect: { -readonly [K in keyof FaultEffect]: FaultEffect[K] } = {};
  for (const part of header.split(';').map((each) => each.trim())) {
    const [name, value = ''] = part.includes('=') ? part.split('=', 2) : ['status', part];
    const error = ERROR_KEYS.find((key) => key === value);
    const drop = DROP_KINDS.find((kind) => kind === value);
    if (name === 'status' && /^[2-5]\d\d$/.test(value)) effect.status = Number(value);
    else if (name === 'error' && error) effect.error = error;
    else if (name === 'delay' && /^\d{1,6}$/.test(value) && Number(value) <= MAX_DELAY) effect.delay = Number(value);
    else if (name === 'drop' && drop) effect.drop = drop;
    else return { unreadable: part };
  }
  return effect;
}
