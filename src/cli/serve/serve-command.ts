import { type Command, Option } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { type ServeOption, serveOptions } from '../../domain/serve-flags.ts';
import { examples } from '../help-text.ts';
import { optionNames } from '../option-names.ts';

/** `maitred serve`. Only the help is here: `main.ts` starts the server, which parses its options itself and loads no text of the help. */
export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .description('serve MCP on stdin and stdout until the client disconnects')
    .usage('[options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      ...examples(
        'maitred serve --project ~/shop --set readiness.wait_seconds=5',
        'npx @modelcontextprotocol/inspector --cli maitred serve --open-kitchen --method tools/list',
      ),
    )
    .action(() => {
      throw new AppError('invalid_input', '`serve` must be the first argument: maitred serve');
    });
  for (const option of serveOptions) command.addOption(new Option(optionNames(option), descriptions[option.long]));
}

const descriptions: Readonly<Record<ServeOption['long'], string>> = {
  '--project': 'the project to serve (default: the nearest parent folder with .maitred or .git)',
  '--visibility': 'which tools a new session lists: auto, gated or always',
  '--open-kitchen':
    'open the kitchen from the start: gated tools are listed and can be called at once, also by a client that starts one process a call',
  '--log-level': 'the lowest level to log: DEBUG, INFO, WARNING or ERROR',
  '--verbose': 'same as --log-level DEBUG',
  '--set': 'set a configuration key, such as readiness.wait_seconds=5; repeatable',
  '--inspect': 'record the charts from the start, for maitred inspect',
  '--log-calls': 'append each answered call to this file, as a line of JSON without secrets',
  '--record-scenario': 'record the programs that calls start into this folder: a scenario, which can be replayed',
  '--replay-scenario': 'answer the programs that calls would start from this folder, and start none',
  '--replay-speed':
    'replay with the delays of the recording: 1 as they were, 2 twice as fast (default: without delays)',
  '--strict': 'exit with 1 if the replay was not as recorded: a step was not used, or a program had none',
};
