import { expect, it } from 'vitest';
import { collapsiblePaths } from '../../inspector/model/collapsible-paths.ts';
import { collapseStates } from '../../src/drawing/collapse-states.ts';
import { aRecipe } from '../drawing/a-recipe.ts';

const chart = aRecipe();

it('A state with children can be collapsed, and a collapsed one can be expanded', () => {
  const withOthers = chart.nodes.filter(({ id }) => chart.nodes.some(({ parentId }) => parentId === id));
  const paths = withOthers.map(({ path }) => path.join('.')).filter((path) => path !== '');
  expect([...collapsiblePaths(chart)].sort()).toEqual(paths.sort());
  expect(paths).toContain('build.document');

  const closed = collapsiblePaths(collapseStates(chart, new Set(['build'])));
  expect(closed).toContain('build');
  expect(closed).not.toContain('build.document');
});
