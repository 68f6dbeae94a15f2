import { describe, expect, it } from 'vitest';
import { adoptCall } from '../../src/tools/call-tool.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import type { ToolServices } from '../../src/tools/tool-services.ts';

const maxDescriptionChars = 600;

describe('The list of tools', () => {
  it('has each name once', () => {
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
  });

  it.each(tools)(
    'describes $name briefly, and ends with an example that its input accepts',
    ({ description, input }) => {
      expect(description.length).toBeLessThanOrEqual(maxDescriptionChars);
      const [, example = 'none'] = description.split('\nExample: ');
      expect(input.safeParse(JSON.parse(example))).toMatchObject({ success: true });
    },
  );

  it.each(tools)('forbids no tool of the client in the description of $name', ({ description }) => {
    expect(description).not.toMatch(/\b(Read|Grep|Glob|Edit|Write|Bash|Agent|WebFetch|WebSearch|NotebookEdit)\b/);
  });

  it('names exactly the tools that can reach beyond local files', () => {
    const reaching = tools.filter(({ openWorld }) => openWorld).map(({ name }) => name);
    expect(reaching.sort()).toEqual([
      'answer_gate',
      'classify_fix',
      'reset_workspace',
      'run_cmd',
      'run_skill',
      'start_run',
      'test_check',
    ]);
  });

  it.each(tools)('describes every argument of $name', ({ input }) => {
    const undescribed = Object.entries(input.shape).filter(([, schema]) => schema.description === undefined);
    expect(undescribed).toEqual([]);
  });

  it('calls most tools again for a step whose server was killed; of the others a person says what came of it', async () => {
    const none: Pick<ToolServices, 'stepSessions'> = { stepSessions: { find: async () => ({ state: 'none' }) } };
    const calling = { tools: new Map(tools.map((tool) => [tool.name, tool])), services: none as ToolServices };
    const exampleOf = (text: string): object => JSON.parse(text.split('\nExample: ')[1] ?? '');
    const adopted = async ({ name, description }: AnyTool, args = {}) => {
      const call = { tool: name, args: { ...exampleOf(description), ...args }, key: 'run-1/step/1/0' };
      return (await adoptCall(call, calling)).state;
    };
    const states = await Promise.all(tools.map(async (tool) => [tool.name, await adopted(tool)] as const));
    const ofPeople = states.filter(([, state]) => state !== 'again').map(([name]) => name);
    expect(ofPeople).toEqual(['run_cmd', 'start_run', 'answer_gate', 'cancel_run']);
    for (const tool of tools.filter(({ input }) => 'clear' in input.shape))
      expect([tool.name, await adopted(tool, { clear: true })]).toEqual([tool.name, 'unknown']);
  });
});
