import { FixtureError } from './fixture-schema.ts';

/** Reads JSON. @throws FixtureError that says line and column */
export function parseJson(text: string): unknown {
  const json = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(json);
  } catch (error) {
    const { message } = error as Error;
    const why = message.replace(/, (\.\.\.)?".*/s, '').replace(/ in JSON at position .*/s, '');
    throw new FixtureError([`${placeIn(json, faultIn(json, message))}: not valid JSON (${why})`]);
  }
}

/** `line 3, column 7` */
export function placeIn(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

/** Where the engine stumbled: it says so itself, except for tokens that it didn't expect. */
function faultIn(json: string, message: string): number {
  const said = / at position (\d+)/.exec(message);
  if (said) return Number(said[1]);
  if (!isUnexpectedToken(message)) return json.length;
  // the shortest beginning with the token in it
  let without = 0;
  let within = json.length;
  while (within - without > 1) {
    const middle = (without + within) >>> 1;
    if (isUnexpectedToken(errorOf(json.slice(0, middle)))) within = middle;
    else without = middle;
  }
  return without;
}

function isUnexpectedToken(message: string): boolean {
  return message.startsWith('Unexpected token');
}

function errorOf(json: string): string {
  try {
    JSON.parse(json);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
