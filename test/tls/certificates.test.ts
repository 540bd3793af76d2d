import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAuthority, createServerCertificate } from '../../src/http/certificates.ts';
import { temporaryFolder } from '../support/folder.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const NAMES = ['localhost', '127.0.0.1', '*.localhost', '::1', '2001:db8::5:0:a', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'];
const MANY = Array.from({ length: 300 }, (_, index) => `host-${index}.example.com`);
const openssl = { timeout: 10_000, encoding: 'utf8' } as const;
const folder = temporaryFolder();

test('a server certificate names its hosts, its key and its authority', async () => {
  const authority = await createAuthority(NOW);
  const { cert, key } = await createServerCertificate(authority, NAMES, NOW);
  const [ca, server] = [new X509Certificate(authority.cert), new X509Certificate(cert)];
  expect(ca.subject).toMatch(/^CN=users-emulator CA [0-9a-f]{8}\nO=users-emulator$/);
  expect([ca.ca, ca.checkIssued(ca), ca.verify(ca.publicKey)]).toEqual([true, true, true]);
  expect([server.ca, server.checkIssued(ca), server.verify(ca.publicKey)]).toEqual([false, true, true]);
  expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(server.subject).toBe('CN=localhost');
  expect(server.subjectAltName?.split(', ')).toEqual([
    'DNS:localhost',
    'IP Address:127.0.0.1',
    'DNS:*.localhost',
    'IP Address:0:0:0:0:0:0:0:1',
    'IP Address:2001:DB8:0:0:0:5:0:A',
    'IP Address:1:2:3:4:5:6:7:8',
    'IP Address:0:0:0:0:0:FFFF:102:304',
  ]);
  expect([server.validFrom, server.validTo].map(Date.parse)).toEqual([NOW - DAY, NOW + 397 * DAY]);
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test.each([
  ['a few names', NAMES, NOW],
  ['hundreds of names', MANY, NOW],
  ['years of four digits', NAMES, Date.parse('2060-03-01')],
])('no two certificates have the same number or key: %s', async (_title, names, now) => {
  const authority = await createAuthority(now);
  const all = await Promise.all([1, 2].map(() => createServerCertificate(authority, names, now)));
  const certificates = all.map(({ cert }) => new X509Certificate(cert));
  expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(2);
  expect(new Set(all.map(({ key }) => key)).size).toBe(2);
  for (const { validTo, subjectAltName } of certificates) {
    expect(Date.parse(validTo)).toBe(now + 397 * DAY);
    expect(subjectAltName?.split(', ')).toHaveLength(names.length);
  }
});

test.runIf(spawnSync('openssl', ['version'], openssl).status === 0)(
  'OpenSSL finds nothing that breaks the standard',
  async () => {
    const authority = await createAuthority(Date.now());
    const { cert } = await createServerCertificate(authority, NAMES, Date.now());
    const [caFile, file] = [join(folder, 'ca.pem'), join(folder, 'server.pem')];
    writeFileSync(caFile, authority.cert);
    writeFileSync(file, cert);
    const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_ip', '::1', '-CAfile', caFile, file];
    expect(execFileSync('openssl', verify, openssl)).toBe(`${file}: OK\n`);
    const print = ['x509', '-noout', '-ext', 'keyUsage,basicConstraints', '-in'];
    const extensions = (path: string) => execFileSync('openssl', [...print, path], openssl).replace(/\s+/g, ' ');
    expect(extensions(caFile)).toContain('CA:TRUE, pathlen:0 X509v3 Key Usage: critical Certificate Sign, CRL Sign');
    expect(extensions(file)).toContain('CA:FALSE X509v3 Key Usage: critical Digital Signature');
  },
);
