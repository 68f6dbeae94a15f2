import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawKnownCharts } from './draw-known-charts.mts';

/** Writes what `maitred render` and the inspector read: a file a chart. */
export async function writeKnownCharts(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const drawn of await drawKnownCharts())
    await writeFile(join(dir, `${drawn.name}.json`), `${JSON.stringify(drawn)}\n`);
}
