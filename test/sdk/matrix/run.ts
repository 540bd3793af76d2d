import { spawn } from 'node:child_process';
import { build } from 'esbuild';
import type { Job, Report } from './child.ts';

let program: Promise<string> | undefined;

/** The child's program, bundled: Node 20 can't run TypeScript. */
function bundle(): Promise<string> {
  program ??= build({
    entryPoints: ['test/sdk/matrix/child.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  }).then(({ outputFiles }) => outputFiles[0]!.text);
  return program;
}

/**
 * Runs an SDK's journey in a process of its own. @param env all of its environment: the certificate to trust, or an interception
 * @returns the outcomes by step
 * @throws Error with the process' output if it ended before its last step
 */
export async function runJourney(
  job: Job,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, unknown>> {
  const child = spawn(process.execPath, ['--input-type=module', '-', JSON.stringify(job)], {
    env,
    timeout: 110_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.end(await bundle());
  const code = await new Promise((done, failed) => child.once('close', done).once('error', failed));
  if (code !== 0) throw new Error(`${job.module} ended with ${code}:\n${stderr}\n${stdout}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"step":'));
  return new Map(lines.map((line) => JSON.parse(line) as Report).map(({ step, outcome }) => [step, outcome]));
}
