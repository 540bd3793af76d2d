import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { describe } from 'vitest';
import { CHROMIUM, LAUNCH_OPTIONS } from '../../scripts/chromium.mjs';

/** Why tests in a browser are skipped; undefined if they run. */
export const noBrowser = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} is missing: scripts/ci-install.sh installs it, and CHROMIUM names another one`;

/** Tests that need a browser: skipped without Chromium. In CI they must run, see `chromium-check.ts`. */
export function describeInBrowser(name: string, tests: () => void): void {
  describe.skipIf(noBrowser)(name, tests);
}

/** A Chromium for a test file. Each starts its own, which costs less than the messages to a shared one through another process. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...LAUNCH_OPTIONS, ...options });
}

/**
 * A Chromium with an empty home folder, in which only `caFile` is an additional authority: as on Linux, certutil adds it to the
 * user's database.
 */
export async function launchBrowserWithCa(
  caFile?: string,
): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'users-emulator-browser-'));
  if (caFile !== undefined) {
    const database = join(home, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
    execFileSync('certutil', ['-d', `sql:${database}`, '-A', '-n', 'users-emulator', '-t', 'C,,', '-i', caFile]);
  }
  const browser = await launchBrowser({ env: { ...process.env, HOME: home } });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
