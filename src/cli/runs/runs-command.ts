import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { addBudgetOption } from '../order/read-budgets.ts';
import { runExitCodeHelp } from '../order/run-here.ts';
import { openRuns } from './open-runs.ts';
import { answerGate } from './runs-answer.ts';
import { cancelRun } from './runs-cancel.ts';
import { type CleanOptions, cleanRuns } from './runs-clean.ts';
import { type ListOptions, listRuns } from './runs-list.ts';
import { type LogsOptions, printLogs } from './runs-logs.ts';
import { type ResumeOptions, resumeRun } from './runs-resume.ts';
import { showRun } from './runs-show.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface ApproveOptions extends JsonOption {
  readonly done?: boolean;
  readonly again?: boolean;
}

const jsonOption = ['--json', 'print JSON, for programs'] as const;
const runHelp = 'an id from maitred runs list, or the beginning of one';
const stepHelp = 'the step whose gate is open (default: that step)';
const usualLimit = 20;

/** `maitred runs`: the runs of recipes, and what people decide about them. */
export function addRunsCommand(program: Command, host: CliHost): void {
  const runs = program
    .command('runs')
    .description('show the runs of recipes, answer their gates, resume and cancel them')
    .addHelpText(...examples('maitred runs list', 'maitred runs show 20261201-13', 'maitred runs approve 20261201-13'));
  runs
    .command('list')
    .description('list the runs, newest first, and what must happen next')
    .option('--limit <N>', 'show at most N runs that have ended', readLimit, usualLimit)
    .option(...jsonOption)
    .addHelpText(
      ...examples(
        'maitred runs list',
        `maitred runs list --json | jq -r '.runs[] | select(.state == "waiting").run_id'`,
      ),
    )
    .action((options: ListOptions) => listRuns(host, openRuns(host).journals, options));
  runs
    .command('show')
    .description('show what a run did, step by step, and what its open gate asks')
    .argument('<RUN>', runHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred runs show 20261201-13', 'maitred runs show 20261201-13 --json | jq .gate.step'))
    .action((run: string, { json: asJson = false }: JsonOption) => showRun(host, openRuns(host).journals, run, asJson));
  runs
    .command('logs')
    .description('print the journal of a run, a line for each record')
    .argument('<RUN>', runHelp)
    .option('--follow', 'go on until the run has ended')
    .option('--json', 'print JSON lines, for programs')
    .addHelpText(
      ...examples('maitred runs logs 20261201-13 --follow', 'maitred runs logs 20261201-13 --json | jq -r .k'),
    )
    .action((run: string, options: LogsOptions) => printLogs(host, openRuns(host), run, options));
  addAnswerCommands(runs, host);
  const resume = runs
    .command('resume')
    .description('go on with a run that no process works on')
    .argument('<RUN>', runHelp);
  addBudgetOption(resume, 'a new total; needs a person')
    .option('--accept-changes', 'follow the recipe as it is now; needs a person')
    .option('--detach', 'run it in the background, and print its id')
    .option('--json', 'print JSON at the end, for programs')
    .addHelpText('after', runExitCodeHelp)
    .addHelpText(...examples('maitred runs resume 20261201-13', 'maitred runs resume 20261201-13 --budget usd=10'))
    .action((run: string, options: ResumeOptions) => resumeRun(host, openRuns(host).journals, run, options));
  runs
    .command('cancel')
    .description('end a run in order')
    .argument('<RUN>', runHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred runs cancel 20261201-13'))
    .action((run: string, { json: asJson = false }: JsonOption) =>
      cancelRun(host, openRuns(host).journals, run, asJson),
    );
  runs
    .command('clean')
    .description('list the runs that have ended, and remove them')
    .option('--yes', 'remove them')
    .option(...jsonOption)
    .addHelpText(...examples('maitred runs clean', 'maitred runs clean --yes'))
    .action((options: CleanOptions) => cleanRuns(host, openRuns(host), options));
}

function addAnswerCommands(runs: Command, host: CliHost): void {
  runs
    .command('approve')
    .description('agree to what the open gate of a run shows; needs a person on a terminal')
    .argument('<RUN>', runHelp)
    .argument('[STEP]', stepHelp)
    .option('--done', 'the step that was in work at a crash has done its work')
    .option('--again', 'that step is to be done again')
    .option(...jsonOption)
    .addHelpText(...examples('maitred runs approve 20261201-13', 'maitred runs approve 20261201-13 commit --done'))
    .action((run: string, step: string | undefined, options: ApproveOptions) => {
      const { done = false, again = false, json: asJson = false } = options;
      if (done && again) throw new AppError('invalid_input', '--done and --again exclude each other: leave one out');
      const decision = done ? 'done' : again ? 'again' : 'approve';
      const request = { run, step, decision, command: 'maitred runs approve', asJson } as const;
      return answerGate(host, openRuns(host).journals, request);
    });
  runs
    .command('reject')
    .description('refuse what the open gate of a run shows; needs a person on a terminal')
    .argument('<RUN>', runHelp)
    .argument('[STEP]', stepHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred runs reject 20261201-13'))
    .action((run: string, step: string | undefined, { json: asJson = false }: JsonOption) =>
      answerGate(host, openRuns(host).journals, {
        run,
        step,
        decision: 'reject',
        command: 'maitred runs reject',
        asJson,
      }),
    );
}

function readLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1) return limit;
  throw new InvalidArgumentError('Give a number from 1 to 999999.');
}
