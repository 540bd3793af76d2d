import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';
import { describe, inject } from 'vitest';
import { CHROMIUM, LAUNCH_OPTIONS } from '../../scripts/chromium.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The WebSocket address of the Chromium that all test files share; undefined without Chromium. */
    browserEndpoint: string | undefined;
  }
}

/** Why tests in a browser are skipped; undefined if they run. */
export const noBrowser = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} is missing: scripts/ci-install.sh installs it, and CHROMIUM names another one`;

/** Tests that need a browser: skipped without Chromium. In CI they must run, see `shared-browser.ts`. */
export function describeInBrowser(name: string, tests: () => void): void {
  describe.skipIf(noBrowser)(name, tests);
}

/** Starts the Chromium that all test files share. */
export function launchSharedBrowser(): Promise<BrowserServer> {
  return chromium.launchServer(LAUNCH_OPTIONS);
}

/** A connection to the shared Chromium; closing it closes its pages. */
export function connectBrowser(): Promise<Browser> {
  return chromium.connect(inject('browserEndpoint')!);
}

/**
 * A Chromium of its own with an empty home folder, in which only `caFile` is an additional authority: as on Linux, certutil adds
 * it to the user's database.
 */
export async function launchBrowser(caFile?: string): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'users-emulator-browser-'));
  if (caFile !== undefined) {
    const database = join(home, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
    execFileSync('certutil', ['-d', `sql:${database}`, '-A', '-n', 'users-emulator', '-t', 'C,,', '-i', caFile]);
  }
  const browser = await chromium.launch({ ...LAUNCH_OPTIONS, env: { ...process.env, HOME: home } });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
