import { httpTransport } from '../client/http-transport.ts';
import { type ControlOperationName, operationNamed } from '../control/operations/index.ts';
import type { McpTool } from '../mcp/serve.ts';
import { isSandboxName, SANDBOX_NAMES, sandboxPath } from '../model/addresses.ts';
import type { Target } from './target.ts';

interface ToolRow {
  /** For the client's model: when to use it, and what a value looks like. The operation's summary comes first. */
  readonly hint: string;
  /** It changes nothing. Those that GET never do. */
  readonly readOnly?: true;
  /** It deletes or overwrites something. */
  readonly destructive?: true;
  /** Values of arguments that the caller leaves out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** The operations of the control plane that are tools, under their own names. */
const TOOLS: Readonly<Partial<Record<ControlOperationName, ToolRow>>> = {
  info: { hint: 'Begin here: it has the addresses and the applications with their keys.' },
  'users.list': { hint: 'Looks at the users without the rules of the API.', defaults: { limit: 20 } },
  'users.create': { hint: 'Example of user: {"login": "mia", "password": "secret123", "email": "mia@example.com"}.' },
  'sessions.create': { hint: 'Requests have it in the header for tokens.' },
  'requests.list': {
    hint: 'Shows what the client under test sent and what it was answered, with the reason of errors.',
    defaults: { limit: 10 },
  },
  'requests.verify': {
    hint: 'Example: {"match": {"operation": "users.create"}, "times": 1}. If it fails, it shows where requests differ.',
    readOnly: true,
  },
  'outbox.list': { hint: 'To wait for a mail, give wait, such as "5s". A mail to reset a password has its link.' },
  'faults.add': {
    hint: 'Example: {"match": {"operation": "users.create"}, "times": 2, "status": 503}. Others are delay, drop and error.',
  },
  'faults.clear': { hint: 'Then all requests succeed again.', destructive: true },
  'stubs.add': { hint: 'Example: {"match": "GET /chat/Dialog", "access": "session", "json": {"items": []}}.' },
  'clock.set': {
    hint: 'Example: {"now": "2026-01-01T00:00:00Z", "frozen": true}; {"frozen": false} lets it run again.',
  },
  'clock.advance': { hint: 'Example: {"by": "2h1m"} ends sessions, which live for two hours.' },
  'snapshots.save': { hint: 'Save one before a trial, to go back to.' },
  'snapshots.restore': { hint: 'The current state is lost.', destructive: true },
  reset: { hint: 'The current state is lost. Snapshots stay.', destructive: true },
  evidence: { hint: 'Tells which answers are documented by the vendor, and which are guesses.' },
};

const SANDBOX = {
  type: 'string',
  description:
    'the sandbox: an isolated copy of everything, created on first use; its API is at /sandbox/<name>. Without it, the emulator itself',
};

/** The tools for an emulator, or for one of its sandboxes by default. */
export async function mcpTools({ url, adminToken, sandbox: usual }: Target): Promise<McpTool[]> {
  const { inputSchema } = await import('../control/openapi/schema.ts');
  return Object.entries(TOOLS).map(([key, row]) => {
    const operation = operationNamed(key as ControlOperationName);
    const { properties, required, ...schema } = inputSchema(operation.input);
    const isReadOnly = operation.method === 'GET' || row.readOnly === true;
    return {
      // some clients refuse dots
      name: key.replace('.', '_'),
      title: key,
      description: `${operation.summary}. ${row.hint}`,
      inputSchema: {
        ...schema,
        type: 'object',
        properties: { ...properties, sandbox: SANDBOX },
        required: [...required],
      },
      annotations: { readOnlyHint: isReadOnly, destructiveHint: row.destructive === true, openWorldHint: false },
      call: async ({ sandbox = usual, ...input }) => {
        if (sandbox !== undefined && !(typeof sandbox === 'string' && isSandboxName(sandbox)))
          throw new Error(`sandbox: '${sandbox}' can't name one: use ${SANDBOX_NAMES}`);
        const base = sandbox === undefined ? url : url + sandboxPath(sandbox);
        const answer = await httpTransport(base, { adminToken })(key as ControlOperationName, {
          ...row.defaults,
          ...input,
        });
        return JSON.stringify(answer, undefined, 1) ?? 'done';
      },
    };
  });
}
