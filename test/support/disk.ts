import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Disk } from '../../src/persistence/disk.ts';

/** The fault of a step that changes the disk, or undefined; `half`: half of the step's bytes are written before it fails. */
export type DiskFault = (
  step: number,
  name: string,
) => { readonly code: string; readonly partial?: boolean } | undefined;

/** The machine's disk with faults: counts each step that changes it, from 1, and fails it if `faultAt` returns a fault. */
export function faultyDisk(
  faultAt: DiskFault,
): Disk & { readonly steps: () => number; readonly hasFailed: () => boolean } {
  let count = 0;
  let hasFailed = false;
  const fail = (name: string): { error: Error; partial: boolean } | undefined => {
    const failing = faultAt(++count, name);
    hasFailed ||= failing !== undefined;
    const error = failing && Object.assign(new Error(`${failing.code}: injected, ${name}`), { code: failing.code });
    return error && { error, partial: failing?.partial === true };
  };
  const step =
    <A extends unknown[], R>(name: string, run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const failing = fail(name);
      if (failing) throw failing.error;
      return run(...args);
    };
  const open = async (path: string, flags: string | number, mode?: number): Promise<FileHandle> => {
    if (flags === 'r') {
      const folder = await fs.promises.open(path, flags, mode);
      folder.sync = step('sync of the folder', folder.sync.bind(folder));
      return folder;
    }
    const handle = await step('open', () => fs.promises.open(path, flags, mode))();
    const { appendFile } = handle;
    handle.appendFile = async (bytes) => {
      const failing = fail('write');
      if (failing?.partial) await appendFile.call(handle, (bytes as Buffer).subarray(0, (bytes as Buffer).length >> 1));
      if (failing) throw failing.error;
      await appendFile.call(handle, bytes);
    };
    handle.sync = step('sync', handle.sync.bind(handle));
    handle.datasync = step('datasync', handle.datasync.bind(handle));
    handle.truncate = step('truncate', handle.truncate.bind(handle));
    return handle;
  };
  const { rename, rm, copyFile } = fs.promises;
  const promises = {
    ...fs.promises,
    open,
    rename: step('rename', rename),
    rm: step('rm', rm),
    copyFile: step('copyFile', copyFile),
  };
  return { ...fs, promises: promises as typeof fs.promises, steps: () => count, hasFailed: () => hasFailed };
}
