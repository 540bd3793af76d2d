import { noBrowser } from './browser.ts';

/** Vitest's global setup: without Chromium it fails in CI, and else warns once. */
export default function setup(): void {
  if (noBrowser === undefined) return;
  if (process.env.CI) throw new Error(noBrowser);
  console.warn(`\n*** ALL BROWSER TESTS ARE SKIPPED: ${noBrowser} ***\n`);
}
