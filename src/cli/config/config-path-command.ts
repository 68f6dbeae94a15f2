import type { Command } from 'commander';
import { printable } from '../../domain/printable-text.ts';
import type { CliHost } from '../cli-host.ts';
import { type Paint, paintFor } from '../paint.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { type ConfigFilesReport, configFilesOf } from './config-files-report.ts';

/** `maitred config path`: where the configuration's files lie, also those that are not there. */
export function addConfigPathCommand(config: Command, host: CliHost): void {
  config
    .command('path')
    .description('say where the files of the configuration lie, later ones win, and which of them exist')
    .helpOption('-h, --help', 'print help')
    .option(...projectOption)
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred config path\n  $ $EDITOR "$(maitred config path --json | jq -r .files.project.path)"',
    )
    .action(({ project, json: asJson = false }: { readonly project?: string; readonly json?: boolean }) => {
      const report = configFilesOf(projectSourcesOf(host, project));
      host.stdout.write(asJson ? `${JSON.stringify(report, null, 2)}\n` : filesText(report, paintFor(host)));
    });
}

function filesText({ files }: ConfigFilesReport, paint: Paint): string {
  return Object.entries(files)
    .map(([layer, { path, exists }]) => {
      const shown = printable(path);
      return `${paint('strong', layer.padEnd(7))}  ${exists ? shown : `${paint('faint', shown)}  (not there)`}\n`;
    })
    .join('');
}
