import { connectycube } from './connectycube.ts';
import type { Dialect } from './dialect.ts';
import { quickblox } from './quickblox.ts';

/** All dialects. The first is that of requests which don't show theirs. */
export const DIALECTS: readonly [Dialect, ...Dialect[]] = [connectycube, quickblox];

const byName = new Map(DIALECTS.map((dialect) => [dialect.name, dialect]));

/** The dialect with a name. Fixtures and options accept no other names. */
export function dialectOf(name: string): Dialect {
  return byName.get(name)!;
}
