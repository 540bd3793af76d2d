// Prints the part of CHANGELOG.md on one version: node scripts/release-notes.mjs v1.2.3
import { readFileSync } from 'node:fs';

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (tag !== `v${version}`) fail(`the tag is '${tag}', package.json has version ${version}`);

// sections begin with `## [1.2.3] - 2026-01-31`
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^(?=## \[)/m);
const section = sections.find((each) => each.startsWith(`## [${version}]`));
if (section === undefined) fail(`CHANGELOG.md has no section '## [${version}]'`);
process.stdout.write(`${section.replace(/^.*\n+/, '').trim()}\n`);

function fail(message) {
  process.stderr.write(`release-notes: ${message}\n`);
  process.exit(1);
}
