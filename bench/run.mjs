// Runs the benchmarks and prints their figures as a Markdown table: node bench/run.mjs [--runs 5] [--seconds 2] [--smoke] [group…]
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { markdown } from './figures.mjs';

const GROUPS = ['start', 'memory', 'load', 'store', 'query', 'scale', 'control'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    /** Runs everything once with small numbers, to check that it runs. The figures mean nothing, so targets are ignored. */
    smoke: { type: 'boolean', default: false },
  },
});
const options = values.smoke
  ? { runs: 1, seconds: 0.2, users: 200, smoke: true }
  : { runs: Number(values.runs), seconds: Number(values.seconds), users: 1_000_000, smoke: false };

const unknown = positionals.filter((name) => !GROUPS.includes(name));
if (unknown.length > 0) throw new Error(`no such group: ${unknown.join(', ')}; groups: ${GROUPS.join(', ')}`);

const rows = [];
for (const name of positionals.length > 0 ? positionals : GROUPS) {
  const group = await import(`./groups/${name}.mjs`);
  process.stderr.write(`${name}…\n`);
  rows.push(...(await group.rows(options)));
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
process.stdout.write(
  `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}, commit ${commit}\n\n`,
);
process.stdout.write(`${markdown(values.smoke ? rows.map((row) => ({ ...row, met: undefined })) : rows)}\n`);
