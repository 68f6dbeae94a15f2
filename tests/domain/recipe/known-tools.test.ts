import { expect, it } from 'vitest';
import { knownTools } from '../../../src/domain/recipe/known-tools.ts';
import { tools } from '../../../src/tools/index.ts';

it.each(tools.map((tool) => [tool.name, tool] as const))(
  'a step can call %s with each of its arguments',
  (name, tool) => {
    expect(knownTools.get(name)?.toSorted()).toEqual(Object.keys(tool.input.shape).sort());
  },
);
