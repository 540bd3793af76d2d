import type { Environment } from '../config/config.ts';

/** How often (ms) a process that npm has started looks whether npm's shell still runs. */
const INTERVAL = 500;

/** The emulator as a command in a script of npm or npx, and a command in the background. */
const EMULATOR = /\busers-emulator(\.js)?(?=['"\s]|$)/;
const IN_BACKGROUND = /(?<!&)&(?!&)/;

/** Whether npm or npx started this process by a script in which the shell waits for it. */
export function waitsForEmulator({ npm_lifecycle_script: script = '' }: Environment): boolean {
  return EMULATOR.test(script) && !IN_BACKGROUND.test(script);
}

/**
 * Ends this process by SIGTERM once the shell in which npm started it has ended. A signal to npx ends npm and its shell, but
 * neither of them passes it on.
 */
export function endWithNpm(env: Environment): void {
  // Windows keeps the id of a parent that has ended
  if (!waitsForEmulator(env) || process.platform === 'win32') return;
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, INTERVAL).unref();
}
