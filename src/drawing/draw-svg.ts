import { edgeLabel, mergeArrows } from './arrow.ts';
import { type Chart, pathsOf } from './chart.ts';
import { drawElements } from './draw-elements.ts';
import type { Layout } from './layout.ts';
import type { ColourScheme } from './palette.ts';
import { svgStyle } from './svg-style.ts';
import { xml, xmlText } from './xml.ts';

/**
 * Draws a chart as SVG. Elements that a page may highlight have a class and data attributes: states `data-state` (the path with dots), arrows
 * `data-from` and `data-to`, their triggers `data-event` (as XState spells it), actors `data-invoke` and `data-spawn`.
 */
export function drawSvg(chart: Chart, layout: Layout, scheme: ColourScheme): string {
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
    `\n${xml('desc', {}, xmlText(describeInWords(chart)))}`,
    `\n${xml('style', {}, svgStyle(scheme))}\n`,
    xml(
      'g',
      { transform: 'translate(0.5 0.5)' },
      ...[...drawElements(chart, layout)].map((element) => `\n${element}`),
      '\n',
    ),
    '\n',
  ).concat('\n');
}

/** For people who cannot see the picture. */
function describeInWords(chart: Chart): string {
  const pathOf = pathsOf(chart);
  const nameOfId = (id: string) => pathOf(id) || 'any state';
  const sentences = mergeArrows(chart.edges).flatMap(({ fromId, toId, edges }) =>
    toId === null ? [] : [`${nameOfId(fromId)} leads to ${nameOfId(toId)}: ${edges.map(edgeLabel).join(', ')}.`],
  );
  return [chart.description ?? '', ...sentences].filter((sentence) => sentence !== '').join(' ');
}
