import { expect, it } from 'vitest';
import { foldablePaths } from '../../inspector/model/foldable-paths.ts';
import { collapseStates } from '../../src/drawing/collapse-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();

it('A state can be closed where others are in it, and one that is closed can be opened', () => {
  const withOthers = chart.nodes.filter(({ id }) => chart.nodes.some(({ parentId }) => parentId === id));
  const paths = withOthers.map(({ path }) => path.join('.')).filter((path) => path !== '');
  expect([...foldablePaths(chart)].sort()).toEqual(paths.sort());
  expect(paths).toContain('build.document');

  const closed = foldablePaths(collapseStates(chart, new Set(['build'])));
  expect(closed).toContain('build');
  expect(closed).not.toContain('build.document');
});
