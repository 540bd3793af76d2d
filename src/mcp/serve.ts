// The Model Context Protocol: JSON-RPC 2.0, a message per line of stdin and stdout.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type {
  CallToolResult,
  InitializeResult,
  JSONRPCErrorResponse,
  JSONRPCResultResponse,
  ListToolsResult,
  Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../support/errors.ts';
import { isObject } from '../support/values.ts';

/** A tool of the Model Context Protocol. */
export interface McpTool extends Tool {
  /** @returns the text of its answer @throws Error whose message is for the caller */
  readonly call: (input: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** A server of the Model Context Protocol. */
export interface McpServerOptions {
  readonly name: string;
  readonly version: string;
  /** What the tools are for, for the client's model. */
  readonly instructions: string;
  readonly tools: readonly McpTool[];
}

/** The versions of the protocol, the latest first. They differ in parts that these tools don't use. */
export const PROTOCOL_VERSIONS: readonly [string, ...string[]] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];

/** The errors of JSON-RPC. */
const PARSE_ERROR = { code: -32700, message: 'Parse error' };
const INVALID_REQUEST = { code: -32600, message: 'Invalid Request' };
const METHOD_NOT_FOUND = { code: -32601, message: 'Method not found' };

type Answer = Omit<JSONRPCResultResponse, 'jsonrpc'> | Omit<JSONRPCErrorResponse, 'jsonrpc'>;
type Params = Readonly<Record<string, unknown>>;

/** Serves tools over stdin and stdout. @returns resolves when stdin has ended and every request is answered */
export async function serve(options: McpServerOptions): Promise<void> {
  const methods = methodsOf(options);
  const pending = new Set<Promise<void>>();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const answered = answerTo(methods, line).then((answer) => {
      if (answer) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...answer })}\n`);
      pending.delete(answered);
    });
    pending.add(answered);
  });
  await once(lines, 'close');
  await Promise.all(pending);
}

type Methods = ReadonlyMap<string, (params: Params) => object | Promise<object>>;

function methodsOf({ name, version, instructions, tools }: McpServerOptions): Methods {
  const initialize = ({ protocolVersion }: Params): InitializeResult => ({
    protocolVersion: PROTOCOL_VERSIONS.find((known) => known === protocolVersion) ?? PROTOCOL_VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name, version },
    instructions,
  });
  const list = (): ListToolsResult => ({ tools: tools.map(({ call: _, ...tool }) => tool) });
  const call = async (params: Params): Promise<CallToolResult> => {
    try {
      const tool = tools.find((each) => each.name === params.name);
      if (!tool) throw new Error(`there is no tool '${params.name}'`);
      const { arguments: input = {} } = params;
      if (!isObject(input)) throw new Error('the arguments must be an object');
      return { content: [{ type: 'text', text: await tool.call(input) }] };
    } catch (error) {
      return { content: [{ type: 'text', text: messageOf(error) }], isError: true };
    }
  };
  return new Map<string, (params: Params) => object | Promise<object>>([
    ['initialize', initialize],
    ['ping', () => ({})],
    ['tools/list', list],
    ['tools/call', call],
  ]);
}

/** @returns undefined for notifications and answers, which have no answer */
async function answerTo(methods: Methods, line: string): Promise<Answer | undefined> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return { error: PARSE_ERROR };
  }
  if (isObject(message) && ('result' in message || 'error' in message)) return undefined;
  if (!isObject(message) || typeof message.method !== 'string') return { error: INVALID_REQUEST };
  const { id, method, params } = message;
  if (id === undefined) return undefined;
  if (typeof id !== 'string' && typeof id !== 'number') return { error: INVALID_REQUEST };
  const run = methods.get(method);
  if (!run) return { id, error: METHOD_NOT_FOUND };
  return { id, result: { ...(await run(isObject(params) ? params : {})) } };
}
