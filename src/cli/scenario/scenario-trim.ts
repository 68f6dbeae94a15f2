import { countText } from '../../domain/count-text.ts';
import { printable } from '../../domain/printable-text.ts';
import { trimScenario } from '../../services/scenario/trim-scenario.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText } from '../report.ts';

export interface TrimRequest {
  readonly isDryRun: boolean;
  readonly asJson: boolean;
}

/** `maitred scenario trim`: a line for each thing that is removed or corrected, and what is kept. @throws AppError as the trim does */
export async function printTrim(host: CliHost, dir: string, { isDryRun, asJson }: TrimRequest): Promise<void> {
  const trimmed = await trimScenario(dir, isDryRun);
  const { removed, corrected, calls, state } = trimmed;
  if (asJson) {
    host.stdout.write(jsonText({ folder: dir, dry_run: isDryRun, removed, corrected, calls, state }));
    return;
  }
  const verb = (done: string, planned: string) => (isDryRun ? `would ${planned}` : done);
  const lines = [
    ...removed.map((path) => `${verb('removed', 'remove')} ${path}`),
    ...corrected.map((path) => `${verb('corrected', 'correct')} ${path}: hash and size of what was edited`),
    `${verb('kept', 'keep')} ${countText(calls, 'call')}; the scenario ${isDryRun ? 'would be' : 'is'} ${state}`,
  ];
  host.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
}
