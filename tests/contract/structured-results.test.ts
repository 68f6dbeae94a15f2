import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aWorld } from '../support/spawned-server.ts';

interface Session {
  readonly toolNames: readonly string[];
  readonly projectDir: string;
  call(tool: string, args: JsonObject): Promise<JsonObject>;
}

/** A session with an open kitchen. */
async function aSession(): Promise<Session> {
  const { projectDir, env } = aWorld();
  const args = [join(inject('programDir'), 'maitred.js'), 'serve'];
  const client = new Client({ name: 'a-client', version: '1' });
  onTestFinished(() => client.close());
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, cwd: projectDir, env, stderr: 'ignore' }),
  );
  const call: Session['call'] = (name, given) => client.callTool({ name, arguments: given });
  await call('open_kitchen', {});
  const { tools } = await client.listTools();
  return { toolNames: tools.map(({ name }) => name), projectDir, call };
}

const textOf = ({ content }: JsonObject) => (content as readonly { readonly text: string }[])[0]?.text ?? '';

describe('A client of the official SDK', () => {
  it('gets each result that is an object as structured content, and the same as text', async () => {
    const { call, projectDir } = await aSession();
    const calls = [
      ['open_kitchen', {}],
      ['kitchen_status', {}],
      ['run_cmd', { cmd: 'echo tea', cwd: projectDir, step_name: 'brew' }],
      ['get_pipeline_report', {}],
      ['get_timing_summary', {}],
    ] as const;
    for (const [tool, args] of calls) {
      const result = await call(tool, args);
      expect(result.structuredContent).toEqual(JSON.parse(textOf(result)));
    }
  });

  it('gets a result that is a string as text alone', async () => {
    const { call } = await aSession();
    for (const [tool, args] of [
      ['get_timing_summary', { format: 'table' }],
      ['close_kitchen', {}],
    ] as const) {
      expect(await call(tool, args)).toEqual({ content: [{ type: 'text', text: expect.any(String) }] });
    }
  });

  it('reads the error of every tool, which is text alone', async () => {
    const { call, toolNames } = await aSession();
    for (const name of toolNames) {
      const { content, ...flags } = await call(name, { milk: true });
      expect(flags).toEqual({ isError: true });
      expect(JSON.parse(textOf({ content }))).toMatchObject({ success: false, code: 'invalid_input' });
    }
  });
});
