import { ControlError, type RemoteEmulator } from '../index.ts';
import { createRandom } from '../support/random.ts';

/** Distinguishes this process from others that use the same emulator, on other machines included. */
const PROCESS = createRandom().token('abcdefghijklmnopqrstuvwxyz', 6);
const MAX_NAME = 64;
let count = 0;

/**
 * The name of a test's sandbox: readable in logs and in the console, and used by no other test or retry.
 * @param title of the test
 * @param retry how often the test has been repeated
 */
export function sandboxNameOf(title: string, retry = 0): string {
  const mark = `${retry > 0 ? `-retry${retry}` : ''}-${PROCESS}${++count}`;
  const words = title.replace(/[^\w.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return (words.slice(0, MAX_NAME - mark.length) || 'test') + mark;
}

/** Deletes a test's sandbox. */
export async function deleteSandbox(server: RemoteEmulator, name: string): Promise<void> {
  try {
    await server.sandboxes.delete(name);
  } catch (error) {
    // a test that didn't use its sandbox has not created it
    if (!(error instanceof ControlError) || error.status !== 404) throw error;
  }
}
