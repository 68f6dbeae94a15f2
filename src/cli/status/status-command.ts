import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { whyFallback } from '../../services/state/fallback-state-dir.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { jsonText, paintFor, writeRemark } from '../report.ts';
import { stateFolderOf } from '../state-folder-of.ts';
import { retentionOf, runClean } from './status-clean.ts';
import { statusJson } from './status-json.ts';
import { reportStatus, type StatusReport } from './status-report.ts';
import { statusText } from './status-text.ts';

interface StatusOptions {
  readonly json?: boolean;
  readonly clean?: boolean;
  readonly yes?: boolean;
}

/**
 * `maitred status`: what this user's servers do now, or how the last one ended. Writes no file.
 * With `--clean --yes` it removes files from the state folder that are too old or too many, and large command output.
 */
export function addStatusCommand(program: Command, host: CliHost): void {
  program
    .command('status')
    .description("show this user's servers: what they do, what they wait for, and where their log is")
    .option('--clean', 'list instead the files of maitred that are too old or too many, and command output above 1 MiB')
    .option('--yes', 'with --clean: remove them')
    .option('--json', 'print JSON, for programs')
    .addHelpText(...examples('maitred status --json | jq ".servers[].slow_task"', 'maitred status --clean --yes'))
    .action(({ json: asJson = false, clean = false, yes: isConfirmed = false }: StatusOptions) => {
      if (isConfirmed && !clean)
        throw new AppError('invalid_input', '--yes needs --clean: maitred status --clean --yes removes files');
      const folder = stateFolderOf(host);
      compareStateFormat(folder);
      if (clean) {
        runClean(host, { stateDir: folder.dir, retention: retentionOf(folder), isConfirmed, asJson });
        return;
      }
      const report = reportStatus(
        folder,
        whyFallback(folder.dir, { env: host.env, homeDir: host.homeDir, uid: readOwnUid() }),
      );
      host.stdout.write(asJson ? jsonText(statusJson(report)) : statusText(report, paintFor(host)));
      if (report.leftOut > 0) writeRemark(host, leftOutText(report));
    });
}

const leftOutText = ({ leftOut, stateDir }: StatusReport) =>
  `ignored ${countText(leftOut, 'file')} in ${stateDir}/servers: not a server record of this user`;
