import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { printCheck } from './scenario-check.ts';
import { showScenario } from './scenario-show.ts';
import { printTrim } from './scenario-trim.ts';

interface ShowOptions {
  readonly full?: boolean;
  readonly json?: boolean;
}

interface TrimOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `maitred scenario`: folders in which a server has recorded what its programs did. */
export function addScenarioCommand(program: Command, host: CliHost): void {
  const scenario = program
    .command('scenario')
    .description('show, check and trim scenarios: what programs did once, to be replayed without them')
    .addHelpText(
      'after',
      '\nRecord one with maitred serve --record-scenario DIR, and replay it with --replay-scenario DIR.',
    )
    .addHelpText(...examples('maitred scenario show scenarios/build', 'maitred scenario check scenarios/build'));
  scenario
    .command('show')
    .description('show the calls of a scenario in order, and what each program printed, wrote and how it ended')
    .argument('<DIR>', dirHelp)
    .option('--full', 'show outputs, arguments and variables whole')
    .option('--json', 'print JSON, for programs; with --full it also has the outputs')
    .addHelpText(
      ...examples(
        'maitred scenario show scenarios/build',
        'maitred scenario show scenarios/build --json | jq -r ".calls[].name"',
      ),
    )
    .action((dir: string, { full: isFull = false, json: asJson = false }: ShowOptions) =>
      showScenario(host, resolve(host.cwd(), dir), { isFull, asJson }),
    );
  scenario
    .command('check')
    .description('check that a scenario can be replayed and holds no secret; exit code 1 if there is an error')
    .argument('<DIR>', dirHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred scenario check scenarios/build'))
    .action((dir: string, { json: asJson = false }: { readonly json?: boolean }) =>
      printCheck(host, resolve(host.cwd(), dir), asJson),
    );
  scenario
    .command('trim')
    .description('remove what a replay does not need from a scenario')
    .argument('<DIR>', dirHelp)
    .option('--dry-run', 'only say what would be removed')
    .option(...jsonOption)
    .addHelpText(
      ...examples('maitred scenario trim scenarios/build --dry-run', 'maitred scenario trim scenarios/build'),
    )
    .action((dir: string, { dryRun: isDryRun = false, json: asJson = false }: TrimOptions) =>
      printTrim(host, resolve(host.cwd(), dir), { isDryRun, asJson }),
    );
}

const dirHelp = 'the folder of the scenario';
const jsonOption = ['--json', 'print JSON, for programs'] as const;
