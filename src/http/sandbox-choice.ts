import type { IncomingHttpHeaders } from 'node:http';
import { ControlError } from '../control/control-error.ts';
import { isSandboxName, SANDBOX_BAGGAGE, SANDBOX_HEADER, sandboxNameProblem } from '../model/addresses.ts';
import { headerOf } from './api-messages.ts';

/** Node writes the names of headers in lower case. */
const HEADER = SANDBOX_HEADER.toLowerCase();

/**
 * Finds the sandbox that a request belongs to: its path, its own header, W3C `baggage` and its port may name one.
 * @param inPath the name in the path; empty without one
 * @param ofPort the sandbox that the port belongs to; empty: any
 * @returns the name; empty: the emulator's own sandbox
 * @throws ControlError 400 when two of them name different sandboxes, or when the emulator's own header has an invalid name
 */
export function chooseSandbox(inPath: string, headers: IncomingHttpHeaders, ofPort = ''): string {
  const inHeader = headerOf({ headers }, HEADER);
  const baggage = headerOf({ headers }, 'baggage');
  if (inHeader === undefined && baggage === undefined && (ofPort === '' || inPath === '')) return inPath || ofPort;
  if (inHeader !== undefined && !isSandboxName(inHeader))
    throw new ControlError(400, `${SANDBOX_HEADER}: ${sandboxNameProblem(inHeader)}`);
  const choices = [
    ...(inPath === '' ? [] : [{ name: inPath, from: 'the path' }]),
    ...(inHeader === undefined ? [] : [{ name: inHeader, from: SANDBOX_HEADER }]),
    ...namesInBaggage(baggage ?? '').map((name) => ({ name, from: 'baggage' })),
    ...(ofPort === '' ? [] : [{ name: ofPort, from: 'the port' }]),
  ];
  const [first, ...others] = choices;
  if (!first) return '';
  const other = others.find(({ name }) => name !== first.name);
  if (!other) return first.name;
  const named = [first, other].map(({ name, from }) => `'${name}' (${from})`);
  throw new ControlError(400, `the request names two sandboxes, ${named.join(' and ')}: send one`);
}

/**
 * The sandboxes that `baggage` names: `emulator-sandbox=w1;property=x, other=2`. Other programs write this header, too, so what
 * can't name a sandbox is ignored. doc: https://www.w3.org/TR/baggage/
 */
function namesInBaggage(baggage: string): string[] {
  if (!baggage.includes(SANDBOX_BAGGAGE)) return [];
  return baggage.split(',').flatMap((member) => {
    const [entry = ''] = member.split(';');
    const [key = '', value = ''] = entry.split('=').map((part) => part.trim());
    if (key !== SANDBOX_BAGGAGE) return [];
    const name = percentDecoded(value);
    return isSandboxName(name) ? [name] : [];
  });
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
