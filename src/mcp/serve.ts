import { setImmediate, setTimeout } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  type CallToolRequest,
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../support/errors.ts';

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

/** How long (ms) calls may take after the end of stdin. */
const GRACE = 5000;

/** Serves tools over stdin and stdout. @returns resolves when stdin has ended and the calls before that are answered */
export async function serve(options: McpServerOptions): Promise<void> {
  const { name, version, instructions, tools } = options;
  const server = new Server({ name, version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(({ call: _, ...tool }) => tool) }));
  const answer = async ({ params }: CallToolRequest): Promise<CallToolResult> => {
    try {
      const tool = tools.find((each) => each.name === params.name);
      if (!tool) throw new Error(`there is no tool '${params.name}'`);
      return { content: [{ type: 'text', text: await tool.call(params.arguments ?? {}) }] };
    } catch (error) {
      return { content: [{ type: 'text', text: messageOf(error) }], isError: true };
    }
  };
  const calls = new Set<Promise<unknown>>();
  server.setRequestHandler(CallToolRequestSchema, (request) => {
    const call = answer(request);
    calls.add(call);
    void call.finally(() => calls.delete(call));
    return call;
  });
  const ended = new Promise((resolve) => process.stdin.once('end', resolve).once('close', resolve));
  await server.connect(new StdioServerTransport());
  await ended;
  // the library starts a call, and sends its answer, some promises later
  await setImmediate();
  await Promise.race([Promise.allSettled(calls), setTimeout(GRACE, undefined, { ref: false })]);
  await setImmediate();
  await server.close();
}
