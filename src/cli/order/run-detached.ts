import { printable } from '../../domain/printable-text.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, writeRemark } from '../report.ts';

/**
 * Starts a command of this program in the background, and prints the id of its run.
 * @throws AppError as `CliHost.startDetached` does
 */
export async function runDetached(host: CliHost, args: readonly string[], asJson: boolean): Promise<void> {
  const runId = await host.startDetached(args);
  host.stdout.write(asJson ? jsonText({ run_id: runId }) : `${printable(runId)}\n`);
  writeRemark(host, `it runs in the background; maitred runs logs ${runId} --follow shows what it does`);
}
