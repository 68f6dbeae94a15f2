import { expect, it } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { toolCategories } from '../../src/tools/tool-categories.ts';

it('Every tool stands in exactly one category, and nothing else does', () => {
  const names = toolCategories.flatMap((category) => category.tools);
  expect([...names].sort()).toEqual(tools.map(({ name }) => name).sort());
});
