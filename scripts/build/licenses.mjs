// The licences of all packages in the bundles: each text once, below the packages that it belongs to.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** @param inputs the paths of the bundled files */
export function writeLicenses(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder) folders.add(folder);
  }
  // terms that differ only in blanks → their text, and the packages
  const groups = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const lines = licenseOf(folder).trim().split(/\r?\n/);
    const terms = lines
      .filter((line) => !COPYRIGHT.test(line))
      .join('\n')
      .trim();
    const key = terms.replace(/\s+/g, ' ');
    if (!groups.has(key)) groups.set(key, { terms, packages: [] });
    const copyright = lines.filter((line) => COPYRIGHT.test(line)).map((line) => `\n  ${line.trim()}`);
    groups.get(key).packages.push(`${name} ${version} (${license})${copyright.join('')}\n`);
  }
  const rule = `\n${'-'.repeat(80)}\n\n`;
  const notices = Array.from(groups.values(), ({ terms, packages }) => `${packages.join('')}\n${terms}\n`);
  writeFileSync(
    'dist/THIRD-PARTY-LICENSES.txt',
    `users-emulator contains these packages, each above the terms of its licence:\n${rule}${notices.join(rule)}`,
  );
}

/** A line that names the holder of the copyright. */
const COPYRIGHT = /^\W*copyright (?!holder|notice|owner)/i;

function licenseOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(-mit)?(\.(md|txt))?$/i.test(name));
  return file === undefined
    ? 'The package has no licence file of its own; its package.json names the licence above.\n'
    : readFileSync(`${folder}/${file}`, 'utf8');
}
