import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { between } from '../../support/documents.ts';
import { TARGET } from '../../support/target.ts';
import { STEPS } from './journey.ts';
import { runJourney } from './run.ts';
import { expectationsOf, isAsked, openSdkService, type SdkService } from './sdk-service.ts';
import { SDKS, type SdkRow } from './sdks.ts';
import { sdkTable } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'users-emulator-sdk-'));
const journeys = new Map<SdkRow, ReturnType<typeof runJourney>>();
let service: SdkService;

// every SDK in a process and a sandbox of its own, all at once
beforeAll(async () => {
  service = await openSdkService(folder);
  for (const sdk of SDKS.filter((each) => isAsked(each))) {
    const journey = runJourney(await service.jobOf(sdk), service.env);
    journey.catch(() => {}); // the tests below await it
    journeys.set(sdk, journey);
  }
});

afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

for (const sdk of SDKS) {
  describe(`${sdk.name} ${sdk.version}`, { timeout: 60_000 }, () => {
    test('is the installed release', () => {
      expect(createRequire(import.meta.url)(`${sdk.module}/package.json`)).toMatchObject({ version: sdk.version });
    });

    for (const [step, { expects }] of STEPS) {
      const reason = sdk.unsupported[step];
      test.skipIf(!isAsked(sdk, step))(reason === undefined ? step : `${step}: it ${reason}`, async () => {
        const outcomes = await journeys.get(sdk)!;
        expect([...outcomes.keys()]).toContain(step);
        const outcome = expect(outcomes.get(step));
        (reason === undefined ? outcome : outcome.not).toEqual(expects(expectationsOf(sdk)));
      });
    }
  });
}

test.skipIf(TARGET !== undefined)('docs/guides/sdks.md shows these outcomes', { timeout: 60_000 }, async () => {
  const outcomes = new Map<SdkRow, ReadonlyMap<string, unknown>>();
  for (const [sdk, journey] of journeys) outcomes.set(sdk, await journey);
  const table = sdkTable(outcomes);
  const printed = between('docs/guides/sdks.md', 'sdk-table');
  expect(printed, `between the marks belongs:\n\n${table}\n`).toBe(`${table}\n`);
});
