import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { layOutChart } from '../../inspector/model/lay-out-chart.ts';
import { drawKnownCharts } from '../../scripts/charts/draw-known-charts.mts';
import { hashChart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { drawSvg } from '../../src/drawing/draw-svg.ts';
import { aChart } from './a-chart.ts';
import { aRecipe } from './a-recipe.ts';
import { findPictureFaults } from './picture-faults.ts';
import { findXmlFaults } from './xml-faults.ts';

const known = await drawKnownCharts();
const recipe = aRecipe();
const recipeLayout = await layOutChart(recipe);

describe.each([...known, { name: 'recipe', chart: recipe, layout: recipeLayout }])(
  'the picture of the $name chart',
  ({ chart, layout }) => {
    it('has its text in its boxes, nothing on top of another, and no arrow through a box or a label', () => {
      expect(findPictureFaults(chart, layout)).toEqual([]);
    });

    it('is plain data', () => {
      expect(JSON.parse(JSON.stringify(layout))).toEqual(layout);
    });

    it('is not much longer than wide, or the other way around', () => {
      expect(Math.max(layout.width / layout.height, layout.height / layout.width)).toBeLessThan(3);
    });

    it('is the same, byte for byte, when it is made again', async () => {
      expect(JSON.stringify(await layOutChart(structuredClone(chart)))).toBe(JSON.stringify(layout));
    });

    it('begins at the left', () => {
      expect(layout.marks[0]?.kind).toBe('initial');
      expect(layout.marks[0]?.x).toBeLessThan(layout.width / 2);
    });
  },
);

describe('the picture of a large chart', () => {
  it('has more than sixty states', () => {
    expect(recipe.nodes.length).toBeGreaterThan(60);
  });

  it('reads from top to bottom, except for arrows back to earlier states', () => {
    const upward = recipeLayout.arrows.filter(({ points }) => (points.at(-1)?.[1] ?? 0) < (points[0]?.[1] ?? 0));
    const ways = upward.map(({ fromId, toId }) => `${shortId(fromId)} → ${shortId(toId)}`);
    expect(ways).toContain('audit.fix → audit.collect');
    expect(ways).toContain('build.watch.red → build.watch.polling');
    expect(ways).not.toContain('audit.collect → audit.judge');
    expect(ways.every((way) => isBackward(way.split(' → ')))).toBe(true);
  });

  it('writes failures that lead to one state into the boxes, and draws no bundle of lines', () => {
    const failed = recipeLayout.arrows.filter(({ toId, isError }) => toId === 'recipe.failed' && isError);
    expect(failed).toEqual([]);
    const clone = recipeLayout.boxes.find(({ nodeId }) => nodeId === 'recipe.prepare.clone');
    expect(clone?.lines.at(-1)).toMatchObject({ kind: 'leads', text: 'clone failed', toName: 'failed', isError: true });
  });

  const shortId = (id: string) => id.replace(/^recipe\./, '');
  const placeOf = (id: string | undefined) => recipe.nodes.findIndex((node) => shortId(node.id) === id);
  const isBackward = ([from, to]: readonly string[]) => placeOf(to) < placeOf(from);
});

describe('the picture of a chart without nested states', () => {
  const { chart, layout } = known.find(({ name }) => name === 'lifecycle') ?? { chart: recipe, layout: recipeLayout };
  const box = (name: string) => layout.boxes.find(({ nodeId }) => nodeId === `lifecycle.${name}`);

  it('has no gap where a neighbour is taller', () => {
    const arrow = layout.arrows.find(({ fromId }) => fromId === 'lifecycle.deferredInit');
    expect(arrow?.toId).toBe('lifecycle.ready');
    const between = (box('ready')?.y ?? 0) - (box('deferredInit')?.y ?? 0) - (box('deferredInit')?.height ?? 0);
    expect(between).toBeLessThan((arrow?.label?.height ?? 0) + 30);
  });

  it('has one line for each trigger between two states, with all its conditions; a long one is in two rows', () => {
    const signals = box('shutdown')?.lines.filter(({ text }) => text === 'SHUTDOWN_TRIGGERED');
    expect(signals).toMatchObject([{ condition: 'isSignal or otherwise', below: ['[isSignal or otherwise]'] }]);
    expect(chart.edges.filter(({ fromId, toId }) => fromId === 'lifecycle.shutdown' && toId === null)).toHaveLength(2);
    expect(box('shutdown')?.width).toBeLessThan(200);
  });
});

describe('the picture of any chart', () => {
  it('has no layout errors where ELK cannot compact it', async () => {
    const states = { first: {}, second: {}, third: { type: 'final' }, fourth: { type: 'history' } };
    const on = {
      wait: ['.third', { target: '.second', guard: 'readEarlySettings' }],
      i: { target: '.fourth', guard: 'PULL_REQUEST_WAS_MERGED' },
    };
    const chart = describeChart(createMachine({ id: 's0', initial: 'first', states, on } as object).root);
    expect(findPictureFaults(chart, await layOutChart(chart))).toEqual([]);
  });

  it('has no layout errors, and is XML', async () => {
    await fc.assert(
      fc.asyncProperty(aChart, async (chart) => {
        const layout = await layOutChart(chart);
        expect(findPictureFaults(chart, layout)).toEqual([]);
        expect(findXmlFaults(drawSvg(chart, layout, 'auto'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('layout errors are found:', () => {
  const { chart, layout } = { chart: recipe, layout: recipeLayout };
  const [first, second] = ['clone', 'install'].map((name) =>
    layout.boxes.find(({ nodeId }) => nodeId === `recipe.prepare.${name}`),
  );
  if (first === undefined || second === undefined) throw new Error('no boxes');

  it('a box on another', () => {
    const boxes = layout.boxes.map((box) => (box === second ? { ...second, x: first.x, y: first.y } : box));
    expect(findPictureFaults(chart, { ...layout, boxes })).toContain(`${first.nodeId} lies on ${second.nodeId}`);
  });

  it('text that is wider than its box', () => {
    const boxes = layout.boxes.map((box) => (box === second ? { ...second, width: 30 } : box));
    expect(findPictureFaults(chart, { ...layout, boxes })).toContain(`"install" leaves ${second.nodeId}`);
  });

  it('an arrow through a box, and one that is slanted', () => {
    const [arrow, ...arrows] = layout.arrows;
    if (arrow === undefined) throw new Error('no arrows');
    const points = [
      [0, second.y + 5],
      [layout.width, second.y + 5],
      [0, 0],
    ] as const;
    const faults = findPictureFaults(chart, { ...layout, arrows: [{ ...arrow, points }, ...arrows] });
    const name = `the arrow from ${arrow.fromId} to ${arrow.toId}`;
    expect(faults).toContain(`${name} goes through ${second.nodeId}`);
    expect(faults).toContain(`${name} is slanted`);
  });
});

describe("a chart's hash", () => {
  it('changes with the chart, and with nothing else', () => {
    expect(hashChart(structuredClone(recipe))).toBe(hashChart(recipe));
    expect(hashChart({ ...recipe, description: 'Another.' })).not.toBe(hashChart(recipe));
    expect(known.map(({ chart, hash }) => hashChart(chart) === hash)).toEqual(known.map(() => true));
  });
});
