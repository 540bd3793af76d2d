import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Without these, Chromium contacts its vendor's hosts at every start. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why tests in a browser are left out; undefined when they run. In CI they always run: without a browser they fail. */
export const noBrowser =
  existsSync(CHROMIUM) || process.env.CI ? undefined : `${CHROMIUM} is missing: scripts/ci-install.sh installs it`;
if (noBrowser) console.warn(`browser tests skipped: ${noBrowser}`);

/** A browser of a new user's, who trusts a certificate authority: as on Linux by certutil, in the user's own database. */
export async function openBrowser(caFile?: string): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'users-emulator-browser-'));
  if (caFile !== undefined) {
    const database = join(home, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
    execFileSync('certutil', ['-d', `sql:${database}`, '-A', '-n', 'users-emulator', '-t', 'C,,', '-i', caFile]);
  }
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: QUIET,
    env: { ...(process.env as Record<string, string>), HOME: home },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
