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
      expect(input.strict().safeParse(JSON.parse(example))).toMatchObject({ success: true });
    },
  );

  it.each(tools)('describes every argument of $name', ({ input }) => {
    const undescribed = Object.entries(input.shape).filter(([, schema]) => schema.description === undefined);
    expect(undescribed).toEqual([]);
  });
});
