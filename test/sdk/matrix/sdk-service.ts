import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEmulator } from '../../../src/index.ts';
import { HAS_CONTROL_PLANE, openTarget, TARGET } from '../../support/target.ts';
import type { Job } from './child.ts';
import { EXPECTATIONS, type Expectations } from './expectations.ts';
import { STATELESS, type StepName } from './journey.ts';
import type { SdkRow } from './sdks.ts';

/** The service that the SDKs call. */
export interface SdkService {
  /** The environment of their processes. */
  readonly env: Readonly<Record<string, string>>;
  jobOf(sdk: SdkRow): Promise<Job>;
  close(): Promise<void>;
}

const settings = { disable_list_users_v1: false };

/** An emulator with a sandbox for each SDK, or the server at `USERS_EMULATOR_TARGET`. @param folder for its certificate */
export async function openSdkService(folder: string): Promise<SdkService> {
  const caFile = join(folder, 'trusted.pem');
  const env = { NODE_EXTRA_CA_CERTS: caFile };
  if (TARGET === undefined) {
    const emulator = await createEmulator({ seed: true, stateDir: folder, settings });
    writeFileSync(caFile, await emulator.ca);
    const { port } = new URL(emulator.httpsUrl);
    return { env, jobOf: async (sdk) => jobAt(sdk, `localhost:${port}/sandbox/${sdk.module}`), close: emulator.close };
  }
  const { host } = new URL(TARGET);
  if (!HAS_CONTROL_PLANE) {
    const jobOf = async ({ module, family }: SdkRow): Promise<Job> => {
      const credentials = targetCredentials();
      return { module, family, api: host, only: STATELESS, ...(credentials && { credentials }) };
    };
    const trusted = process.env.NODE_EXTRA_CA_CERTS;
    return { env: trusted ? { NODE_EXTRA_CA_CERTS: trusted } : {}, jobOf, close: async () => {} };
  }
  writeFileSync(caFile, await (await fetch(`${TARGET}/_emulator/ca.pem`)).text());
  const opened: Awaited<ReturnType<typeof openTarget>>[] = [];
  return {
    env,
    jobOf: async (sdk) => {
      const sandbox = await openTarget({ seed: true, settings });
      opened.push(sandbox);
      return jobAt(sdk, (await sandbox.info()).https_url.replace('https://', ''));
    },
    close: async () => {
      for (const { close } of opened) await close();
    },
  };
}

function jobAt({ module, family }: SdkRow, api: string): Job {
  return { module, family, api, control: `https://${api}` };
}

/** `USERS_EMULATOR_TARGET_APP=id:key:secret:dialect`: the application for a target without the seed. */
function targetCredentials(): (Expectations['credentials'] & { readonly dialect: string | undefined }) | undefined {
  const [id, authKey, authSecret = '', dialect] = (process.env.USERS_EMULATOR_TARGET_APP ?? '').split(':');
  return id && authKey ? { appId: Number(id), authKey, authSecret, dialect } : undefined;
}

/** The real service belongs to one family, and gets only the steps that leave nothing behind. */
export function isAsked({ family }: SdkRow, step?: StepName): boolean {
  if (HAS_CONTROL_PLANE) return true;
  const { dialect = 'connectycube' } = targetCredentials() ?? {};
  return family === dialect && (step === undefined || STATELESS.includes(step));
}

export function expectationsOf({ family }: SdkRow): Expectations {
  const credentials = HAS_CONTROL_PLANE ? undefined : targetCredentials();
  return { ...EXPECTATIONS[family], ...(credentials && { credentials }) };
}
