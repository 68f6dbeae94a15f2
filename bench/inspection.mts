import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programOptions } from '../scripts/build.mts';
import { type Figure, figure, ratios } from './figure.mts';
import type { Kit } from './kit.mts';
import { median } from './statistics.mts';

const leastRounds = 10;
const ways = ['plain', 'off', 'recorded', 'watched'] as const;

/** The cost of sending an event to a chart without a watcher, while recorded and while watched, over plain XState in the same process. */
export async function measureInspection(kit: Kit): Promise<Figure[]> {
  const outfile = join(kit.workDir, 'inspected-sends.mjs');
  await build({
    ...programOptions(),
    format: 'esm',
    entryPoints: [join(import.meta.dirname, 'peers/inspected-sends.mts')],
    outfile,
  });
  const rounds = String(Math.max(leastRounds, kit.pairs));
  const lines = execFileSync(process.execPath, [outfile, rounds], { encoding: 'utf8' }).trim().split('\n');
  const measured = lines.map((line) => JSON.parse(line) as Record<(typeof ways)[number], number>);
  const us = (way: (typeof ways)[number]) => measured.map((times) => times[way]);
  const over = (way: (typeof ways)[number]) => ratios(us(way), us('plain'));
  const details = (way: (typeof ways)[number]) =>
    `${median(us(way)).toFixed(1)} over ${median(us('plain')).toFixed(1)} µs`;
  return [
    figure('a send without a watcher', 'x', over('off'), { atMost: 1.02 }, details('off')),
    figure('a send while recorded', 'x', over('recorded'), { atMost: 4 }, details('recorded')),
    figure('a send while watched', 'x', over('watched'), { atMost: 4 }, details('watched')),
  ];
}
