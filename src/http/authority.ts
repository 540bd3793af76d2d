import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from './certificates.ts';

/** An authority that ends sooner than this is renewed. */
const RENEW_BEFORE = 90 * 86_400_000;
const GENERATION = /^authority-(\d+)$/;

/** Where the authority's certificate stands for everybody to trust, in the folder that keeps it. */
export function authorityFile(folder: string): string {
  return join(folder, 'ca.pem');
}

/**
 * The certificate authority kept in a folder: made when there is none, or none that is of use. Each generation is a folder
 * `authority-<n>` of its own, which is filled first and then renamed: of several processes that start at once one succeeds,
 * and the others take what it made.
 * @param folder private to the user, and writable
 * @param now ms
 */
export async function openAuthority(folder: string, now: number): Promise<Pair> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const generation = Math.max(0, ...generations(folder));
    const authority = read(join(folder, `authority-${generation}`), now);
    if (authority) {
      publish(authorityFile(folder), authority.cert);
      return authority;
    }
    await make(folder, generation + 1, now);
  }
  throw new Error(`no certificate authority can be kept in ${folder}`);
}

function generations(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => Number(GENERATION.exec(name)?.[1] ?? []));
}

/** @returns undefined when there is none, or it is broken or about to end */
function read(folder: string, now: number): Pair | undefined {
  try {
    const pair = {
      cert: readFileSync(join(folder, 'ca.pem'), 'utf8'),
      key: readFileSync(join(folder, 'ca.key'), 'utf8'),
    };
    const cert = new X509Certificate(pair.cert);
    const valid = Date.parse(cert.validFrom) <= now && Date.parse(cert.validTo) > now + RENEW_BEFORE;
    return valid && cert.checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined;
  } catch {
    return undefined;
  }
}

async function make(folder: string, generation: number, now: number): Promise<void> {
  const { makeAuthority } = await import('./certificates.ts');
  const { cert, key } = await makeAuthority(now);
  const filling = mkdtempSync(join(folder, '.authority-'));
  try {
    writeFileSync(join(filling, 'ca.pem'), cert, { mode: 0o600 });
    writeFileSync(join(filling, 'ca.key'), key, { mode: 0o600 });
    renameSync(filling, join(folder, `authority-${generation}`));
  } catch (error) {
    // another process was first
    if (!generations(folder).includes(generation)) throw error;
  } finally {
    rmSync(filling, { recursive: true, force: true });
  }
  for (const old of generations(folder).filter((each) => each < generation))
    rmSync(join(folder, `authority-${old}`), { recursive: true, force: true });
}

/** Writes the certificate where clients look for it, unless it is there; they never see half of it. */
function publish(file: string, cert: string): void {
  try {
    if (readFileSync(file, 'utf8') === cert) return;
  } catch {
    // there is none yet
  }
  const filling = mkdtempSync(`${file}-`);
  writeFileSync(join(filling, 'ca.pem'), cert, { mode: 0o600 });
  renameSync(join(filling, 'ca.pem'), file);
  rmSync(filling, { recursive: true });
}
