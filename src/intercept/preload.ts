/** Preloaded into the processes of `exec --intercept`, before any of their own modules. */
import { appendFileSync, readFileSync } from 'node:fs';
import { type Interception, intercept } from './intercept.ts';
import { INTERCEPTION_VARIABLE, type InterceptionOfProcesses } from './variables.ts';

const given = process.env[INTERCEPTION_VARIABLE];
if (given) {
  const { caFile, reportFile, ...interception }: InterceptionOfProcesses & Interception = JSON.parse(given);
  intercept(interception, {
    ca: () => readFileSync(caFile, 'utf8'),
    onRefused: (host) => appendFileSync(reportFile, `${host}\n`),
  });
}
