import { tools } from '../../src/tools/index.ts';
import { chartPage } from './chart-page.mts';
import { findCharts } from './charts.mts';
import { readEventDocs } from './event-docs.mts';
import { settingsPage } from './settings-page.mts';
import { toolsPage } from './tools-page.mts';

export interface GeneratedPage {
  readonly path: string;
  readonly text: string;
}

/** The pages of docs/ that are made from the code. */
export async function generatedPages(): Promise<GeneratedPage[]> {
  const eventDocs = readEventDocs('src/machines');
  const charts = await findCharts();
  return [
    ...charts.map((chart) => ({ path: `docs/machines/${chart.name}.md`, text: chartPage(chart, eventDocs) })),
    { path: 'docs/tools.md', text: toolsPage(tools) },
    { path: 'docs/settings.md', text: settingsPage() },
  ];
}
