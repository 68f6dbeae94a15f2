import { edgeLabel, mergeArrows } from './arrow.ts';
import type { Chart } from './chart.ts';
import { drawParts } from './draw-parts.ts';
import type { Layout } from './layout.ts';
import type { Look } from './look.ts';
import { pathsOf } from './paths-of.ts';
import { svgStyle } from './svg-style.ts';
import { xml, xmlText } from './xml.ts';

/**
 * Draws a chart as SVG. What a page may want to light or to dim has a class and says what it is: states `data-state` (the words of the state from the
 * chart down, with dots), arrows `data-from` and `data-to`, what takes them `data-event` (as XState spells it), actors `data-invoke` and `data-spawn`.
 */
export function drawSvg(chart: Chart, layout: Layout, look: Look): string {
  const [width, height] = [layout.width + 1, layout.height + 1];
  return xml(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'maitred',
      role: 'img',
      'data-chart': chart.id,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    `\n${xml('title', {}, xmlText(`The chart ${chart.id}`))}`,
    `\n${xml('desc', {}, xmlText(inWords(chart)))}`,
    `\n${xml('style', {}, svgStyle(look))}\n`,
    xml('g', { transform: 'translate(0.5 0.5)' }, ...[...drawParts(chart, layout)].map((part) => `\n${part}`), '\n'),
    '\n',
  ).concat('\n');
}

/** For who does not see the picture. */
function inWords(chart: Chart): string {
  const pathOf = pathsOf(chart);
  const nameOfId = (id: string) => pathOf(id) || 'any state';
  const sentences = mergeArrows(chart.edges).flatMap(({ fromId, toId, edges }) =>
    toId === null ? [] : [`${nameOfId(fromId)} leads to ${nameOfId(toId)}: ${edges.map(edgeLabel).join(', ')}.`],
  );
  return [chart.description ?? '', ...sentences].filter((sentence) => sentence !== '').join(' ');
}
