import { drawSvg } from '../../src/drawing/draw-svg.ts';
import { tools } from '../../src/tools/index.ts';
import { drawKnownCharts } from '../charts/draw-known-charts.mts';
import { chartPage } from './chart-page.mts';
import { readEventDocs } from './event-docs.mts';
import { hooksPage } from './hooks-page.mts';
import { settingsPage } from './settings-page.mts';
import { toolsPage } from './tools-page.mts';

export interface GeneratedPage {
  readonly path: string;
  readonly text: string;
}

/** The pages of docs/ that are generated from the code. */
export async function generatedPages(): Promise<GeneratedPage[]> {
  const charts = await drawKnownCharts();
  return [
    ...charts.flatMap(({ name, chart, layout }) => [
      { path: `docs/machines/${name}.md`, text: chartPage(name, chart, readEventDocs('src/machines', name)) },
      { path: `docs/machines/${name}.svg`, text: drawSvg(chart, layout, 'auto') },
    ]),
    { path: 'docs/tools.md', text: toolsPage(tools) },
    { path: 'docs/settings.md', text: settingsPage() },
    { path: 'docs/hooks.md', text: hooksPage() },
  ];
}
