// Prints the last line of the gate, from Vitest's results and the exit code of all commands. A skipped test fails the gate.
import { existsSync, readFileSync } from 'node:fs';

const RESULTS = 'node_modules/.vitest/results.json';
/** These need the right to mount a disk, which containers may lack. */
const MAY_SKIP = /^a separate disk /;

const {
  numPassedTests: passed = 0,
  numFailedTests = 0,
  testResults = [],
} = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
const skipped = testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status, fullName }) => status !== 'passed' && status !== 'failed' && !MAY_SKIP.test(fullName));
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
let failed = numFailedTests + skipped.length;
if (failed === 0 && process.argv[2] !== '0') failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
