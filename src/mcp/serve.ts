import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
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

/** Serves tools over stdin and stdout. @returns resolves when stdin ends */
export async function serve(options: McpServerOptions): Promise<void> {
  const { name, version, instructions, tools } = options;
  const server = new Server({ name, version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(({ call: _, ...tool }) => tool) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    try {
      const tool = tools.find((each) => each.name === params.name);
      if (!tool) throw new Error(`there is no tool '${params.name}'`);
      return { content: [{ type: 'text', text: await tool.call(params.arguments ?? {}) }] };
    } catch (error) {
      return { content: [{ type: 'text', text: messageOf(error) }], isError: true };
    }
  });
  const ended = new Promise((resolve) => process.stdin.once('end', resolve).once('close', resolve));
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
}
