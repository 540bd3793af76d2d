import { defineConfig } from '@playwright/test';

const { CHROMIUM, PORT = '5173' } = process.env;
const url = `http://127.0.0.1:${PORT}`;

export default defineConfig({
  globalSetup: 'users-emulator/playwright',
  webServer: { command: `vite --host 127.0.0.1 --port ${PORT} --strictPort`, url },
  use: {
    baseURL: url,
    // a browser of the system instead of Playwright's own
    launchOptions: CHROMIUM ? { executablePath: CHROMIUM, args: ['--no-sandbox'] } : {},
  },
});
