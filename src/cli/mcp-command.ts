import type { Command } from 'commander';
import { description, version } from '../support/version.ts';
import { describe } from './help.ts';
import type { Io } from './io.ts';
import { mcpTools } from './mcp-tools.ts';
import { type Target, targetOf, withTargetOptions } from './target.ts';

const INSTRUCTIONS = `${description} These tools look into a running emulator and control it: users, tokens, requests with their \
answers, mails, faults, stubs, the clock, snapshots. Work in a sandbox of your own, to leave the state of others alone. If no emulator \
answers, start one with: npx users-emulator --seed`;

/** Adds `mcp`: tools for programs that speak the Model Context Protocol. */
export function registerMcp(program: Command, io: Io): void {
  describe(withTargetOptions(program.command('mcp')), {
    summary: 'offer the control plane as tools of the Model Context Protocol',
    details: 'Editors and agents start it and speak with it over stdin and stdout. The emulator itself runs elsewhere.',
    examples: [
      ['claude mcp add users-emulator -- npx users-emulator mcp', 'for Claude Code'],
      ['users-emulator mcp --sandbox agent', 'tools that use one sandbox'],
    ],
  }).action(async (given: Partial<Target>) => {
    const [{ serve }, tools] = await Promise.all([import('../mcp/serve.ts'), mcpTools(targetOf(given, io.env))]);
    await serve({ name: 'users-emulator', version, instructions: INSTRUCTIONS, tools });
  });
}
