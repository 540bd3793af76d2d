import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../../src/index.ts';
import { between } from '../../support/documents.ts';
import { EXPECTATIONS } from './expectations.ts';
import { STEPS } from './journey.ts';
import { runJourney } from './run.ts';
import { SDKS, type SdkRow } from './sdks.ts';
import { sdkTable } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'users-emulator-sdk-'));
const journeys = new Map<SdkRow, ReturnType<typeof runJourney>>();
let emulator: Emulator;

// every SDK in a process and a sandbox of its own, all at once
beforeAll(async () => {
  emulator = await createEmulator({ seed: true, stateDir: folder, settings: { disable_list_users_v1: false } });
  const caFile = join(folder, 'trusted.pem');
  writeFileSync(caFile, await emulator.ca);
  const { port } = new URL(emulator.httpsUrl);
  for (const sdk of SDKS) {
    const { module, family } = sdk;
    const api = `localhost:${port}/sandbox/${module}`;
    const journey = runJourney({ module, family, api, control: `https://${api}` }, { NODE_EXTRA_CA_CERTS: caFile });
    journey.catch(() => {}); // the tests below await it
    journeys.set(sdk, journey);
  }
});

afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

for (const sdk of SDKS) {
  describe(`${sdk.name} ${sdk.version}`, { timeout: 60_000 }, () => {
    test('is the installed release', () => {
      expect(createRequire(import.meta.url)(`${sdk.module}/package.json`)).toMatchObject({ version: sdk.version });
    });

    for (const [step, { expects }] of STEPS) {
      const reason = sdk.unsupported[step];
      test(reason === undefined ? step : `${step}: it ${reason}`, async () => {
        const outcomes = await journeys.get(sdk)!;
        expect([...outcomes.keys()]).toContain(step);
        const outcome = expect(outcomes.get(step));
        (reason === undefined ? outcome : outcome.not).toEqual(expects(EXPECTATIONS[sdk.family]));
      });
    }
  });
}

test('docs/guides/sdks.md shows these outcomes', { timeout: 60_000 }, async () => {
  const outcomes = new Map<SdkRow, ReadonlyMap<string, unknown>>();
  for (const [sdk, journey] of journeys) outcomes.set(sdk, await journey);
  const table = sdkTable(outcomes);
  const printed = between('docs/guides/sdks.md', 'sdk-table');
  expect(printed, `between the marks belongs:\n\n${table}\n`).toBe(`${table}\n`);
});
