import type { Io } from './io.ts';

/** The command of a system that opens an address in the user's browser. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  // `start` takes a first argument in quotes for the title of a window
  win32: ['cmd', '/c', 'start', '""'],
};

/** Opens an address in the user's browser, which stays open without this process. Reports a failure on stderr. */
export async function openInBrowser(url: string, { stderr, env }: Io): Promise<void> {
  const { spawn } = await import('node:child_process');
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const browser = spawn(command, [...args, url], { stdio: 'ignore', detached: true, env });
  const report = () => void stderr.write(`users-emulator: no browser could be opened: open ${url} yourself\n`);
  browser.on('error', report).on('exit', (code) => code === 0 || report());
  browser.unref();
}
