/** Preloaded into the processes of `exec --intercept`, before any of their own modules. */
import { appendFileSync, readFileSync } from 'node:fs';
import { type Interception, intercept } from './intercept.ts';
import { INTERCEPTION_VARIABLE, type InterceptionOfProcesses } from './variables.ts';

const given = process.env[INTERCEPTION_VARIABLE];
if (given) {
  const { caFile, reportFile, ...interception }: InterceptionOfProcesses & Interception = JSON.parse(given);
  intercept(interception, {
    ca: () => unlessEnded(() => readFileSync(caFile, 'utf8')),
    onRefused: (host) => unlessEnded(() => appendFileSync(reportFile, `${host}\n`)),
  });
}

/** Uses a file of `exec`. It is gone in a process that has outlived the command: its connections fail, but it goes on. */
function unlessEnded<V>(use: () => V): V | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
