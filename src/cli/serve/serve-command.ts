import { type Command, Option } from 'commander';
import { type ServeOption, serveOptions } from '../../domain/serve-flags.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';

/** `maitred serve`. The options are here only for the help: the server parses them itself. */
export function addServeCommand(program: Command, host: CliHost, run: { isServing: boolean }): void {
  const command = program
    .command('serve')
    .description('serve MCP on stdin and stdout until the client disconnects')
    .usage('[options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(...examples('maitred serve --project ~/shop --set readiness.wait_seconds=5'))
    .action(() => {
      run.isServing = true;
      return host.serve(host.argv.slice(host.argv.indexOf('serve') + 1));
    });
  for (const option of serveOptions) command.addOption(new Option(flagsOf(option), option.description));
}

function flagsOf({ short, long, placeholder }: ServeOption): string {
  const names = short === null ? long : `${short}, ${long}`;
  return placeholder === null ? names : `${names} <${placeholder}>`;
}
