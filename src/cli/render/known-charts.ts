import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { type DrawnChart, hashChart } from '../../drawing/chart.ts';
import { quote } from '../../services/yaml/describe-value.ts';

const ending = '.json';

/** The names of the charts in the build. */
export const chartNames = (programDir: string): string[] =>
  inBuild(programDir, (dir) => readdirSync(dir))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/**
 * @param name as in the docs or as the id of the chart: `startup-task`, `startupTask`
 * @throws AppError `not_found`, with the name that was probably meant
 */
export function readKnownChart(name: string, programDir: string): DrawnChart {
  const names = chartNames(programDir);
  const folded = name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  if (!names.includes(folded)) throw unknownChart(name, folded, names);
  const drawn = inBuild(
    programDir,
    (dir) => JSON.parse(readFileSync(join(dir, folded + ending), 'utf8')) as DrawnChart,
  );
  if (drawn.hash !== hashChart(drawn.chart)) throw brokenBuild(programDir);
  return drawn;
}

function unknownChart(name: string, folded: string, names: readonly string[]): AppError {
  const meant = nearestName(folded, names);
  const hint = meant === undefined ? `the charts are ${names.join(', ')}` : `did you mean ${meant}?`;
  return new AppError('not_found', `there is no chart ${quote(name)}; ${hint}`);
}

function inBuild<T>(programDir: string, read: (chartsDir: string) => T): T {
  try {
    return read(join(programDir, 'charts'));
  } catch (cause) {
    throw brokenBuild(programDir, cause);
  }
}

const brokenBuild = (programDir: string, cause?: unknown) =>
  new AppError('unavailable', `the charts in ${programDir}/charts do not belong to this build; reinstall maitred`, {
    cause,
  });
