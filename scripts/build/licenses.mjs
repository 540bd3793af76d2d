// The licences of all packages in the bundles.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** @param inputs the paths of the bundled files */
export function writeLicenses(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder) folders.add(folder);
  }
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseOf(folder)}`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  writeFileSync(
    'dist/THIRD-PARTY-LICENSES.txt',
    `users-emulator contains these packages:\n${rule}${notices.join(rule)}`,
  );
}

function licenseOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(-mit)?(\.(md|txt))?$/i.test(name));
  return file === undefined
    ? 'The package has no licence file of its own; its package.json names the licence above.\n'
    : readFileSync(`${folder}/${file}`, 'utf8');
}
