import { describe, expect, it } from 'vitest';
import { tools } from '../../src/tools/index.ts';

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
    expect(reaching.sort()).toEqual(['classify_fix', 'reset_workspace', 'run_cmd', 'run_skill', 'test_check']);
  });

  it.each(tools)('describes every argument of $name', ({ input }) => {
    const undescribed = Object.entries(input.shape).filter(([, schema]) => schema.description === undefined);
    expect(undescribed).toEqual([]);
  });
});
