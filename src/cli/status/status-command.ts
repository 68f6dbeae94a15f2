import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { isSameProcessAlive } from '../../services/platform/process-identity.ts';
import { createServerRecordReader } from '../../services/state/server-records/server-record-reader.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor } from '../paint.ts';
import { stateFolderOf } from '../state-folder-of.ts';
import { runClean } from './clean-command.ts';
import { retentionOf } from './clean-retention.ts';
import { statusJson } from './status-json.ts';
import { reportStatus, type StatusReport } from './status-report.ts';
import { statusText } from './status-text.ts';

interface StatusOptions {
  readonly json?: boolean;
  readonly clean?: boolean;
  readonly yes?: boolean;
}

/**
 * `maitred status`: what the servers of this user do now, or what became of the last one. Writes no file.
 * With `--clean --yes` it removes what lies too long in the state folder, or is too much.
 */
export function addStatusCommand(program: Command, host: CliHost): void {
  program
    .command('status')
    .description('say what the servers of this user do now, what they wait for, and where their log is')
    .helpOption('-h, --help', 'print help')
    .option('--clean', 'say instead which files maitred has left for too long, or too many of')
    .option('--yes', 'with --clean: remove them')
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred status --json | jq ".servers[].slow_task"\n  $ maitred status --clean --yes',
    )
    .action(({ json: asJson = false, clean = false, yes: isConfirmed = false }: StatusOptions) => {
      if (isConfirmed && !clean) {
        throw new AppError('invalid_input', '--yes goes with --clean: maitred status --clean --yes removes files');
      }
      const folder = stateFolderOf(host);
      compareStateFormat(folder);
      const paint = paintFor(host);
      if (clean) {
        const retention = retentionOf(folder, host);
        runClean(host, { stateDir: folder.dir, retention, isConfirmed, asJson, paint });
        return;
      }
      const report = readReport(folder);
      host.stdout.write(asJson ? `${JSON.stringify(statusJson(report), null, 2)}\n` : statusText(report, paint));
      if (report.leftOut > 0) host.stderr.write(leftOutText(report));
    });
}

function readReport(folder: StateFolder): StatusReport {
  return reportStatus({
    folder,
    reader: createServerRecordReader({ folder, ownUid: readOwnUid() }),
    nowMs: Date.now(),
    isAlive: isSameProcessAlive,
  });
}

function leftOutText({ leftOut, stateDir }: StatusReport): string {
  return `maitred: ${countText(leftOut, 'file')} in ${stateDir}/servers: not a server's record of this user; not read\n`;
}
