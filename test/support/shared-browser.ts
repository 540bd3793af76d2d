import type { TestProject } from 'vitest/node';
import { launchSharedBrowser, noBrowser } from './browser.ts';

/** Vitest's global setup: one Chromium for all test files. Without Chromium it fails in CI, and else warns once. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (noBrowser) {
    if (process.env.CI) throw new Error(noBrowser);
    console.warn(`\n*** ALL BROWSER TESTS ARE SKIPPED: ${noBrowser} ***\n`);
    project.provide('browserEndpoint', undefined);
    return undefined;
  }
  const server = await launchSharedBrowser();
  project.provide('browserEndpoint', server.wsEndpoint());
  return () => server.close();
}
