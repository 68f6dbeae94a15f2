import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { layOutChart } from '../../inspector/model/lay-out-chart.ts';
import { drawKnownCharts } from '../../scripts/charts/draw-known-charts.mts';
import { mergeArrows } from '../../src/drawing/arrow.ts';
import type { Chart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { drawSvg } from '../../src/drawing/draw-svg.ts';
import { dark, light, type Palette } from '../../src/drawing/palette.ts';
import { aRecipe } from './a-recipe.ts';
import { contrastOf, onWells } from './contrast.ts';
import { findXmlFaults } from './xml-faults.ts';

const draw = async (chart: Chart, scheme: 'auto' | 'light' | 'dark' = 'auto') =>
  drawSvg(chart, await layOutChart(chart), scheme);

const timesIn = (svg: string, part: string) => svg.split(part).length - 1;
const valuesOf = (svg: string, attribute: string) =>
  [...svg.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value]) => value);

const recipe = { name: 'recipe', chart: aRecipe() };

describe.each([...(await drawKnownCharts()), recipe])('the SVG of the $name chart', async ({ chart }) => {
  const svg = await draw(chart);
  const pathOf = (id: string) => chart.nodes.find((node) => node.id === id)?.path.join('.') ?? '';
  const states = chart.nodes.slice(1);
  const edges = chart.edges.filter(({ isImplied }) => isImplied !== true);

  it('has every state once, with its path', () => {
    expect(valuesOf(svg, 'data-state').sort()).toEqual(states.map(({ id }) => pathOf(id)).sort());
    for (const { path } of states) expect(svg).toContain(`>${path.at(-1)}</text>`);
  });

  it('has every actor once', () => {
    const actors = chart.nodes.flatMap(({ work }) => work.invokes.map((invoke) => invoke.id));
    expect(valuesOf(svg, 'data-invoke').sort()).toEqual([...actors].sort());
  });

  it('has every trigger once that is not implied', () => {
    const events = mergeArrows(edges).flatMap(({ edges }) => edges.map(({ eventType }) => eventType));
    expect(valuesOf(svg, 'data-event').sort()).toEqual(events.sort());
  });

  it('has one arrow between two states, however many edges there are', () => {
    const arrows = [...svg.matchAll(/class="arrow transition[^"]*" data-from="([^"]*)" data-to="([^"]*)"/g)].map(
      ([, ...ends]) => ends.join(' → '),
    );
    expect(new Set(arrows).size).toBe(arrows.length);
    const drawn = [...svg.matchAll(/class="leads[^"]*"[^>]* data-to="([^"]*)"/g)].length;
    const between = mergeArrows(edges).filter(({ fromId, toId }) => toId !== null && toId !== fromId);
    expect(arrows.length).toBeLessThanOrEqual(between.length);
    expect(arrows.length + drawn).toBeGreaterThanOrEqual(between.length);
  });

  it('marks the initial state of each box, and the final states', () => {
    expect(timesIn(svg, 'class="arrow initial"')).toBe(
      chart.nodes.filter(({ initialId }) => initialId !== null).length,
    );
    expect(timesIn(svg, 'class="state final')).toBe(chart.nodes.filter(({ type }) => type === 'final').length);
  });

  it('describes its arrows in words', () => {
    const [, words = ''] = /<desc>([^<]*)<\/desc>/.exec(svg) ?? [];
    expect(svg).toContain('role="img"');
    expect(svg).toContain(`<title>The chart ${chart.id}</title>`);
    for (const { fromId, toId } of chart.edges)
      if (toId !== null) expect(words).toContain(`${pathOf(fromId) || 'any state'} leads to ${pathOf(toId)}`);
  });

  it('is XML', () => {
    expect(findXmlFaults(svg)).toEqual([]);
  });
});

describe('an SVG', () => {
  it('lists in the box of a state the transitions that stay in it and those that re-enter it', async () => {
    const svg = await draw(recipe.chart);
    expect(svg).toMatch(/<g class="stays" data-event="NUDGE">/);
    expect(svg).toMatch(/<g class="reenters" data-event="xstate\.after\.30000\.recipe\.build\.watch\.polling">/);
  });

  it('marks history states and parallel regions', async () => {
    const svg = await draw(recipe.chart);
    expect(svg).toMatch(/<g class="state history leaf" data-state="plan\.remembered">.*>H\*<\/text>/);
    expect(svg).toMatch(/<g class="state compound region" data-state="build\.watch">/);
  });

  it.each(['second.within', '#within'])(
    'shows where what remembers leads while there is nothing to remember: %s',
    async (target) => {
      const states = {
        first: { type: 'history', target },
        second: { initial: 'within', states: { within: { id: 'within' } } },
      };
      const machine = createMachine({
        id: 'memory',
        initial: 'box',
        states: { box: { initial: 'second', states } },
      } as object);
      const svg = await draw(describeChart(machine.root));
      expect(svg).toContain('class="arrow transition" data-from="box.first" data-to="box.second.within"');
      expect(svg).toContain('>nothing remembered</text>');
    },
  );

  it('leaves out what is implied, and names an end that many states lead to in their boxes', async () => {
    const steps = Array.from({ length: 10 }, (_, at) => [
      `step${at}`,
      {
        on: {
          NEXT: at === 9 ? 'done' : `step${at + 1}`,
          GIVE_UP: 'failed',
          BREAK: { target: 'broken', meta: { isImplied: true } },
        },
      },
    ]);
    const states = {
      ...Object.fromEntries(steps),
      done: { type: 'final' },
      failed: { type: 'final' },
      broken: { type: 'final' },
    };
    const svg = await draw(describeChart(createMachine({ id: 'many', initial: 'step0', states } as object).root));
    expect(svg).toContain('class="arrow transition" data-from="step9" data-to="done"');
    expect(timesIn(svg, 'class="leads" data-event="GIVE_UP" data-to="failed"')).toBe(10);
    expect(svg).not.toContain('data-to="broken"');
  });

  it('dims an arrow that only failures take, and colours a failure among other triggers', async () => {
    const [lifecycle] = (await drawKnownCharts()).filter(({ name }) => name === 'lifecycle');
    const svg = await draw(lifecycle?.chart ?? recipe.chart);
    expect(svg).toContain('class="arrow transition error" data-from="openTransport" data-to="shutdown"');
    expect(svg).toContain('class="arrow transition" data-from="configure" data-to="compose"');
    expect(svg).toContain('class="label failure" data-event="xstate.error.actor.readEarlySettings"');
    expect(svg).toContain('class="label failure" data-event="xstate.after.readLimit.lifecycle.configure"');
  });

  it('is light or dark as the viewer is set, or as asked for', async () => {
    const [auto, asLight, asDark] = await Promise.all([
      draw(recipe.chart),
      draw(recipe.chart, 'light'),
      draw(recipe.chart, 'dark'),
    ]);
    expect(auto).toContain('@media (prefers-color-scheme: dark)');
    expect(asLight).not.toContain(dark.paper);
    expect(asDark).not.toContain(`fill: ${light.paper}`);
  });

  it('shows unusual names as they are, and escapes them', async () => {
    const name = '<script>"&\u0007\ud800 漢字 \u202e';
    const machine = createMachine({
      id: 'odd',
      initial: name,
      states: { [name]: { description: ']]> & "' } },
    } as object);
    const svg = await draw(describeChart(machine.root));
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;&quot;&amp;\\u0007\ufffd 漢字 \\u202e');
    expect(findXmlFaults(svg)).toEqual([]);
  });
});

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s colours', (_, palette: Palette) => {
  it.each(['ink', 'quietInk', 'actor', 'error'] as const)('keep text in %s readable, also four boxes deep', (name) => {
    for (const background of onWells(palette, 4))
      expect(contrastOf(palette[name], background)).toBeGreaterThanOrEqual(4.5);
  });

  it('keep lines and borders of arrows visible', () => {
    for (const background of onWells(palette, 1))
      expect(contrastOf(palette.line, background)).toBeGreaterThanOrEqual(3);
  });
});
