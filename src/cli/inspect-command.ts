import type { Command } from 'commander';
import { AppError } from '../domain/app-error.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import { stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { isSameProcessAlive } from '../services/platform/process-identity.ts';
import { createServerRecordReader } from '../services/server-records/server-record-reader.ts';
import { compareStateFormat } from '../services/state-folder/state-format.ts';
import type { CliHost } from './cli-host.ts';
import { paintFor } from './paint.ts';
import { streamServers } from './stream-servers.ts';

interface InspectOptions {
  readonly stream?: boolean;
  readonly server?: string;
  readonly json?: boolean;
  readonly oldInspect?: boolean;
}

/** `maitred inspect`: shows what the charts of the running servers of this user do. */
export function addInspectCommand(program: Command, host: CliHost): void {
  program
    .command('inspect')
    .description('show what the charts of the running servers of this user do, as it happens')
    .helpOption('-h, --help', 'print help')
    .option('--stream', 'print a line for each event, until the servers leave')
    .option('--server <ID>', 'of this server only; maitred status shows the ids')
    .option('--json', 'print the messages as they come, for programs')
    .option('--old-inspect', 'print what the receivers of @xstate/inspect 0.8 read, with losses')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred inspect --stream\n  $ maitred inspect --stream --json | jq -c \'select(.type == "@xstate.event").event\'',
    )
    .action(
      async ({ stream = false, server, json: asJson = false, oldInspect: asOldInspect = false }: InspectOptions) => {
        if (!stream)
          throw new AppError('invalid_input', 'this version has the stream only: maitred inspect --stream [--json]');
        if (asJson && asOldInspect) throw new AppError('invalid_input', 'one of --json and --old-inspect is enough');
        const folder = stateFolderAt(stateDirFrom(host.env, host.homeDir));
        compareStateFormat(folder);
        const { records } = createServerRecordReader({ folder, ownUid: readOwnUid() }).list();
        const running = records.filter((record) => isSameProcessAlive(record.process));
        const chosen = choose(running, server, folder.dir);
        await streamServers(host, { folder, servers: chosen, asJson, asOldInspect, paint: paintFor(host) });
      },
    );
}

/** @throws AppError `not_found` where there is none to look at */
function choose(running: readonly ServerRecord[], id: string | undefined, stateDir: string): readonly ServerRecord[] {
  const chosen = id === undefined ? running : running.filter(({ serverId }) => serverId === id);
  if (chosen.length > 0) return chosen;
  const nobody = `no server runs on ${stateDir}: start one with maitred serve, or let a client start it`;
  const others = running.map(({ serverId }) => serverId).join(', ');
  throw new AppError('not_found', others === '' ? nobody : `no server ${id} runs; there are ${others}`);
}
