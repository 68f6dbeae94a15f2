import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawKnownCharts } from './draw-known-charts.mts';

/** Writes the files that `maitred render` and the inspector read, one for each chart. */
export async function writeKnownCharts(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const drawn of await drawKnownCharts())
    await writeFile(join(dir, `${drawn.name}.json`), `${JSON.stringify(drawn)}\n`);
}
