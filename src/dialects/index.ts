import { connectycube } from './connectycube.ts';
import type { Dialect } from './dialect.ts';
import { quickblox } from './quickblox.ts';

/** The dialects there are. The first is the one of requests that tell nothing. */
export const DIALECTS: readonly [Dialect, ...Dialect[]] = [connectycube, quickblox];

const byName = new Map(DIALECTS.map((dialect) => [dialect.name, dialect]));

/** The dialect of an application. Fixtures and options are checked, so there is one. */
export function dialectOf(name: string): Dialect {
  return byName.get(name)!;
}
