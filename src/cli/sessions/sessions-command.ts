import { type Command, InvalidArgumentError } from 'commander';
import type { StateFolder } from '../../domain/state-folder.ts';
import { createSessionReader, type SessionReader } from '../../services/state/agent-sessions/read-sessions.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { serverRecordsIn, stateFolderOf } from '../state-folder-of.ts';
import { listSessions } from './sessions-list.ts';
import { showSession } from './sessions-show.ts';
import { tailSession } from './sessions-tail.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface ListOptions extends JsonOption {
  readonly limit: number;
}

/** `maitred sessions`: the agents that servers run without a person, and their outcomes. */
export function addSessionsCommand(program: Command, host: CliHost): void {
  const sessions = program
    .command('sessions')
    .description('show the agent sessions of this user: what they do, and why they ended')
    .addHelpText(...examples('maitred sessions list', 'maitred sessions tail 7d1f'));
  sessions
    .command('list')
    .description('list the sessions that run, then those that have ended, newest first')
    .option('--limit <N>', 'show at most N sessions that have ended', readLimit, usualLimit)
    .option(...jsonOption)
    .addHelpText(...examples('maitred sessions list', 'maitred sessions list --json | jq ".running[].owner"'))
    .action(({ limit, json: asJson = false }: ListOptions) => {
      const { reader } = openSessions(host);
      return listSessions(host, reader, { limit, asJson });
    });
  sessions
    .command('show')
    .description('show what a session did, turn by turn, and why it ended')
    .argument('<ID>', idHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred sessions show 7d1f', 'maitred sessions show 7d1f --json | jq .written_paths'))
    .action((id: string, { json: asJson = false }: JsonOption) => {
      const { reader } = openSessions(host);
      return showSession(host, reader, id, asJson);
    });
  sessions
    .command('tail')
    .description('print what a session does while it runs, until it ends')
    .argument('<ID>', idHelp)
    .option('--json', 'print JSON lines, for programs')
    .addHelpText(...examples('maitred sessions tail 7d1f', 'maitred sessions tail 7d1f --json | jq -r .type'))
    .action((id: string, { json: asJson = false }: JsonOption) => {
      const { reader, folder } = openSessions(host);
      return tailSession(host, reader, { folder, id, asJson });
    });
}

const jsonOption = ['--json', 'print JSON, for programs'] as const;
const idHelp = 'an id from maitred sessions list, or the beginning of one';
const usualLimit = 20;

function openSessions(host: CliHost): { readonly folder: StateFolder; readonly reader: SessionReader } {
  const folder = stateFolderOf(host);
  compareStateFormat(folder);
  const { liveServerIds } = serverRecordsIn(folder);
  return { folder, reader: createSessionReader({ folder, liveServerIds }) };
}

function readLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1) return limit;
  throw new InvalidArgumentError('Give a number from 1 to 999999.');
}
