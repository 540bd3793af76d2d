import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateAndKey } from './certificates.ts';

/** An authority that expires sooner than this (ms) is replaced. */
const RENEW_BEFORE = 90 * 86_400_000;
const GENERATION = /^authority-(\d+)$/;

/** The file with the authority's certificate for clients to trust, in the authority's folder. */
export function authorityFile(folder: string): string {
  return join(folder, 'ca.pem');
}

/**
 * Opens the certificate authority in a folder, or creates one if there is none that can be used. Each generation is a folder
 * `authority-<n>` of its own, which is filled first and then renamed: of several processes that start at once one succeeds, and
 * the others use its authority.
 * @param folder private to the user, and writable
 * @param now ms
 * @throws Error when the folder can't be written
 */
export async function openAuthority(folder: string, now: number): Promise<CertificateAndKey> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const generation = Math.max(0, ...generations(folder));
    const authority = read(join(folder, `authority-${generation}`), now);
    if (authority) {
      publish(authorityFile(folder), authority.cert);
      return authority;
    }
    await createGeneration(folder, generation + 1, now);
  }
  throw new Error(`no certificate authority can be created in ${folder}`);
}

function generations(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => Number(GENERATION.exec(name)?.[1] ?? []));
}

/** @returns undefined when there is none, or it is damaged or about to expire */
function read(folder: string, now: number): CertificateAndKey | undefined {
  try {
    const authority = {
      cert: readFileSync(join(folder, 'ca.pem'), 'utf8'),
      key: readFileSync(join(folder, 'ca.key'), 'utf8'),
    };
    const cert = new X509Certificate(authority.cert);
    const valid = Date.parse(cert.validFrom) <= now && Date.parse(cert.validTo) > now + RENEW_BEFORE;
    return valid && cert.checkPrivateKey(createPrivateKey(authority.key)) ? authority : undefined;
  } catch {
    return undefined;
  }
}

async function createGeneration(folder: string, generation: number, now: number): Promise<void> {
  const { createAuthority } = await import('./certificates.ts');
  const { cert, key } = await createAuthority(now);
  const temporary = mkdtempSync(join(folder, '.authority-'));
  try {
    writeFileSync(join(temporary, 'ca.pem'), cert, { mode: 0o600 });
    writeFileSync(join(temporary, 'ca.key'), key, { mode: 0o600 });
    renameSync(temporary, join(folder, `authority-${generation}`));
  } catch (error) {
    // another process was first
    if (!generations(folder).includes(generation)) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const old of generations(folder).filter((each) => each < generation))
    rmSync(join(folder, `authority-${old}`), { recursive: true, force: true });
}

/** Writes the certificate for clients, unless it is there already. They never see half of it. */
function publish(file: string, cert: string): void {
  try {
    if (readFileSync(file, 'utf8') === cert) return;
  } catch {
    // there is none yet
  }
  const temporary = mkdtempSync(`${file}-`);
  writeFileSync(join(temporary, 'ca.pem'), cert, { mode: 0o600 });
  renameSync(join(temporary, 'ca.pem'), file);
  rmSync(temporary, { recursive: true });
}
