import { isDeepStrictEqual } from 'node:util';
import { EXPECTATIONS } from './expectations.ts';
import { STEPS } from './journey.ts';
import { SDKS, type SdkRow } from './sdks.ts';

/** The table in docs/guides/sdks.md: what came of each SDK's journey, in Markdown. @param outcomes by step, for each SDK */
export function sdkTable(outcomes: ReadonlyMap<SdkRow, ReadonlyMap<string, unknown>>): string {
  const rows = SDKS.map((sdk) => {
    const possible = STEPS.filter(([step]) => !(step in sdk.unsupported));
    const expected = EXPECTATIONS[sdk.family];
    const done = possible.filter(([step, { expects }]) =>
      isDeepStrictEqual(outcomes.get(sdk)?.get(step), expects(expected)),
    );
    const works =
      done.length === possible.length ? `all ${done.length} steps` : `${done.length} of ${possible.length} steps`;
    const unsupported = [...new Set(Object.values(sdk.unsupported))].join(', ');
    return [sdk.name, sdk.version, sdk.init, unsupported === '' ? works : `${works} (this version ${unsupported})`];
  });
  const head = ['SDK', 'Version', 'How to point it here', 'What works'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
