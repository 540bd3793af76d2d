import { existsSync } from 'node:fs';

/** Debian's Chromium without windows takes half the time of the one with windows. */
const PLACES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** The Chromium for tests, pictures and benchmarks. It may be missing. */
export const CHROMIUM = process.env.CHROMIUM ?? PLACES.find(existsSync) ?? PLACES[0];

/** Options of Playwright that launch it. */
export const LAUNCH_OPTIONS = {
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    // without these, Chromium contacts its vendor's hosts at every start
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
