import type { LaunchOptions } from 'playwright-core';

export const CHROMIUM: string;
export const LAUNCH_OPTIONS: LaunchOptions;
