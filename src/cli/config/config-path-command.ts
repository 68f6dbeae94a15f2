import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { printable } from '../../domain/printable-text.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { jsonText, type Paint, paintFor } from '../report.ts';

/** `maitred config path`: the paths of the configuration files, existing or not. */
export function addConfigPathCommand(config: Command, host: CliHost): void {
  config
    .command('path')
    .description('list the configuration files, and whether they exist; a later file overrides an earlier one')
    .option(...projectOption)
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      ...examples('maitred config path', '$EDITOR "$(maitred config path --json | jq -r .files.project.path)"'),
    )
    .action(({ project, json: asJson = false }: { readonly project?: string; readonly json?: boolean }) => {
      const report = configFilesOf(projectSourcesOf(host, project));
      host.stdout.write(asJson ? jsonText(report) : filesText(report, paintFor(host)));
    });
}

interface ConfigFilesReport {
  readonly project: string;
  /** A later file overrides an earlier one. */
  readonly files: Readonly<Record<'user' | 'project' | 'secrets', { readonly path: string; readonly exists: boolean }>>;
}

export function configFilesOf({ projectDir, userFile, projectFile, secretsFile }: ConfigSources): ConfigFilesReport {
  const fileAt = (path: string) => ({ path, exists: existsSync(path) });
  return {
    project: projectDir,
    files: { user: fileAt(userFile), project: fileAt(projectFile), secrets: fileAt(secretsFile) },
  };
}

function filesText({ files }: ConfigFilesReport, paint: Paint): string {
  return Object.entries(files)
    .map(([layer, { path, exists }]) => {
      const shown = printable(path);
      return `${paint('strong', layer.padEnd(7))}  ${exists ? shown : `${paint('faint', shown)}  (does not exist)`}\n`;
    })
    .join('');
}
