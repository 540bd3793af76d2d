import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../../src/index.ts';
import { interceptionVariables } from '../../../src/intercept/variables.ts';
import { EXPECTATIONS } from './expectations.ts';
import { STEPS } from './journey.ts';
import { runJourney } from './run.ts';
import { SDKS, type SdkRow } from './sdks.ts';

const PRELOAD = resolve('dist/intercept.cjs');
const folder = mkdtempSync(join(tmpdir(), 'users-emulator-sdk-'));
const emulators: Emulator[] = [];
const journeys = new Map<SdkRow, ReturnType<typeof runJourney>>();
const reportFileOf = ({ module }: SdkRow) => join(folder, `${module}.refused`);

// every SDK in a process and an emulator of its own: its addresses have no place for a sandbox
beforeAll(async () => {
  for (const sdk of SDKS) {
    const emulator = await createEmulator({ seed: true, stateDir: folder, settings: { disable_list_users_v1: false } });
    emulators.push(emulator);
    const caFile = join(folder, 'trusted.pem');
    writeFileSync(caFile, await emulator.ca);
    const interception = {
      host: '127.0.0.1',
      port: Number(new URL(emulator.url).port),
      hosts: ['api', 'chat'].flatMap((host) => [`${host}.connectycube.com`, `${host}.quickblox.com`]),
      domains: ['connectycube.com', 'quickblox.com'],
      allow: [],
      caFile,
      reportFile: reportFileOf(sdk),
    };
    const { module, family } = sdk;
    const journey = runJourney(
      { module, family, control: emulator.url },
      interceptionVariables(interception, PRELOAD, {}),
    );
    journey.catch(() => {}); // the tests below await it
    journeys.set(sdk, journey);
  }
});

afterAll(async () => {
  for (const emulator of emulators) await emulator.close();
  rmSync(folder, { recursive: true });
});

describe.each(SDKS)('$name $version without any address, intercepted', { timeout: 120_000 }, (sdk) => {
  test('makes the same journey, and connects to nothing else', async () => {
    const outcomes = await journeys.get(sdk)!;
    // the host names the service, even if the SDK sends nothing else that does
    const journey = STEPS.filter(
      ([step]) => sdk.unsupported[step] === undefined || step === 'a call without a session',
    );
    expect(journey.length).toBeGreaterThan(30);
    for (const [step, { expects }] of journey) {
      expect(outcomes.get(step), step).toEqual(expects(EXPECTATIONS[sdk.family]));
    }
    const refused = existsSync(reportFileOf(sdk)) ? readFileSync(reportFileOf(sdk), 'utf8') : '';
    expect(refused).toBe('');
  });
});
