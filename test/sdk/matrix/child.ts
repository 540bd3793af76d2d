import { ADAPTERS, SdkError } from './adapters.ts';
import { EXPECTATIONS, type Expectations } from './expectations.ts';
import { STEPS, type StepName } from './journey.ts';
import type { StepContext } from './step.ts';

/** A child process' only argument, as JSON. */
export interface Job {
  readonly module: string;
  readonly family: 'connectycube' | 'quickblox';
  /** Host, port and sandbox; undefined: the SDK's own addresses, which are intercepted. */
  readonly api?: string;
  /** The address of the sandbox for the control plane; undefined: the service has none. */
  readonly control?: string;
  /** Of another application than that of the seed. */
  readonly credentials?: Expectations['credentials'];
  /** Only these steps. */
  readonly only?: readonly StepName[];
}

/** A child process' output: a line of JSON for each step, between the SDK's own output. */
export interface Report {
  readonly step: StepName;
  /** The answer, or `{ refused }`, or `{ broken }`. */
  readonly outcome: unknown;
}

/** An SDK that doesn't settle its promise is broken, too. */
const STEP_TIMEOUT = 20_000;

async function runJourney({ module, family, api, control: base, credentials, only }: Job): Promise<void> {
  const expected = { ...EXPECTATIONS[family], ...(credentials && { credentials }) };
  const sdk = ADAPTERS[family](module, api, expected.credentials);
  const control: StepContext['control'] = async (method, path, body) => {
    const sent = body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const response = await fetch(`${base}/_emulator${path}`, { method, ...sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const context: StepContext = { sdk, expected, control };
  sdk.init();
  for (const [step, { run }] of STEPS.filter(([step]) => only?.includes(step) ?? true)) {
    const outcome = await Promise.race([run(context), rejectAfterTimeout()]).catch(outcomeOf);
    process.stdout.write(`\n${JSON.stringify({ step, outcome } satisfies Report)}\n`);
  }
}

function outcomeOf(error: unknown): unknown {
  if (error instanceof SdkError) return { refused: { code: error.code, body: error.body } };
  return { broken: error instanceof Error ? error.stack : error };
}

function rejectAfterTimeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`nothing came within ${STEP_TIMEOUT} ms`)), STEP_TIMEOUT).unref();
  });
}

await runJourney(JSON.parse(process.argv[2]!));
process.exit(0);
