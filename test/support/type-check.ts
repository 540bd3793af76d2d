import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const TSC = resolve(import.meta.dirname, '../../node_modules/@typescript/native/bin/tsc');

/**
 * Compiles files in a folder, strictly and without writing anything.
 * @param options further arguments of `tsc`
 * @returns the compiler's errors, one per line, and the files that it read
 */
export function compile(folder: string, files: readonly string[], ...options: string[]) {
  const args = [
    TSC,
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--pretty',
    'false',
    '--listFiles',
    ...options,
    ...files,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  return {
    errors: lines.filter((line) => /error TS\d+/.test(line)),
    files: lines.filter((line) => !/error TS\d+/.test(line)),
  };
}
