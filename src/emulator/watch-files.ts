import { statSync } from 'node:fs';

/** How often (ms) files are looked at: unlike events, that also works for mounted folders, and for editors that replace a file. */
const INTERVAL = 250;

/**
 * Calls back each time that a file has changed. A file that is missing or empty is about to be written.
 * @returns stops watching
 */
export function watchFiles(files: readonly string[], changed: (file: string) => void): () => void {
  const known = new Map(files.map((file) => [file, versionOf(file)]));
  const timer = setInterval(() => {
    for (const [file, version] of known) {
      const found = versionOf(file);
      if (found === undefined || found === version) continue;
      known.set(file, found);
      changed(file);
    }
  }, INTERVAL).unref();
  return () => clearInterval(timer);
}

/** Differs whenever the file was written; undefined: there is no content. */
function versionOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return size > 0 ? `${ino} ${size} ${mtimeMs}` : undefined;
  } catch {
    return undefined;
  }
}
