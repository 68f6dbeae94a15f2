import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

/** Starts a server as a client would, asks it something, and ends it. */
export async function connect(command: readonly string[], use: (client: Client) => Promise<void>): Promise<void> {
  const [program = '', ...args] = command;
  const client = new Client({ name: 'readme', version: '1' });
  const env = { HOME: process.env.HOME ?? '', PATH: process.env.PATH ?? '' };
  await client.connect(new StdioClientTransport({ command: program, args, env, stderr: 'inherit' }));
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

/** What a client does with a server that was added: its tools must be listed. */
export const listTools = (command: readonly string[]): Promise<void> =>
  connect(command, async (client) => {
    const { tools } = await client.listTools();
    if (tools.length === 0) throw new Error(`${command.join(' ')} lists no tools`);
  });

/** A program of the clone's node_modules. */
export const cloneProgram = (name: string): string => join(import.meta.dirname, '../../node_modules/.bin', name);
