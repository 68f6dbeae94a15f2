import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import { type RunSummary, summaryJson, summaryOf, summaryOfDamaged } from '../../domain/recipe-run/run-report.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, type Paint, paintFor, writeRemark } from '../report.ts';
import { titleText } from './run-text.ts';

export interface ListOptions {
  /** How many runs that have ended are shown. */
  readonly limit: number;
  readonly json?: boolean;
}

/** `maitred runs list`: the newest first. */
export async function listRuns(
  host: CliHost,
  journals: Pick<Journals, 'list'>,
  { limit, json: asJson = false }: ListOptions,
): Promise<void> {
  const listed = await journals.list();
  const summaries = listed
    .map((run) => ('last' in run ? summaryOf(run) : summaryOfDamaged(run)))
    .sort((one, other) => startOf(other) - startOf(one));
  let ended = 0;
  const shown = summaries.filter((run) => !hasEnded(run) || ended++ < limit);
  if (asJson) {
    host.stdout.write(jsonText({ runs: shown.map(summaryJson) }));
    return;
  }
  const paint = paintFor(host);
  host.stdout.write(shown.map((run) => lineOf(run, paint)).join('') || 'No recipe has run. maitred order runs one.\n');
  if (shown.length < summaries.length)
    writeRemark(host, `${countText(summaries.length - shown.length, 'older run')} not shown; --limit N shows more`);
}

/** A damaged run comes first: something must be done about it. */
const startOf = ({ startedAt }: RunSummary) => (startedAt === null ? Infinity : Date.parse(startedAt));

const hasEnded = ({ state }: RunSummary) =>
  state === 'succeeded' || state === 'failed' || state === 'stopped' || state === 'cancelled';

function lineOf(run: RunSummary, paint: Paint): string {
  const started = run.startedAt === null ? NaN : Date.parse(run.startedAt);
  const ago = Number.isNaN(started) ? [] : [`${durationText(Math.max(0, Date.now() - started))} ago`];
  const facts = [...(run.recipe === '' ? [] : [run.recipe]), ...ago].join(', ');
  const about = facts === '' ? '' : ` (${facts})`;
  return `${titleText(run, paint)}${printable(`${about}. ${run.next}`)}\n`;
}
