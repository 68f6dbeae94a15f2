import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { runningServersIn, stateFolderOf } from '../state-folder-of.ts';
import { findRecording } from './recording-file.ts';
import { saveServer } from './save-server.ts';
import { showInspector } from './show-inspector.ts';
import { streamRecording } from './stream-recording.ts';
import { streamServers } from './stream-servers.ts';

interface InspectOptions {
  readonly stream?: boolean;
  readonly open?: boolean;
  readonly port?: string;
  readonly server?: string;
  readonly save?: string;
  readonly json?: boolean;
  readonly oldInspect?: boolean;
}

/** `maitred inspect`: shows the charts of this user's running servers in a browser, or their events as lines. */
export function addInspectCommand(program: Command, host: CliHost): void {
  program
    .command('inspect')
    .description('show the charts of your running servers in a browser, live')
    .argument('[FILE]', 'a recording to show or, with --stream, to print instead, saved by the inspector')
    .helpOption('-h, --help', 'print help')
    .option('--open', 'open the browser')
    .option('--port <N>', 'serve the inspector on this port of 127.0.0.1 (default: a free one)')
    .option('--stream', 'print a line for each event instead, until the servers end')
    .option('--server <ID>', 'show this server first; with --stream, only this one; maitred status lists the ids')
    .option('--save <FILE>', 'also write what one server sends to a new recording, as it comes, until the server ends')
    .option('--json', 'print JSON, for programs: the link, or with --stream the messages')
    .option('--old-inspect', 'with --stream: print messages for receivers of @xstate/inspect 0.8 (lossy)')
    .addHelpText(
      'after',
      '\nThe inspector finds servers when they start, including those that clients start, and sends them nothing. Events from\nbefore it attached are recorded only by servers started with --inspect (maitred serve, maitred wrap). Ctrl-C ends it.',
    )
    .addHelpText(
      ...examples(
        'maitred inspect --open',
        'maitred inspect RECORDING.jsonl',
        'maitred inspect --stream',
        'maitred inspect --stream RECORDING.jsonl',
        'maitred inspect --save RECORDING.jsonl --server ID',
        'maitred inspect --stream --json | jq -c \'select(.type == "@xstate.event").event\'',
      ),
    )
    .action((file: string | undefined, options: InspectOptions) => inspect(host, file, options));
}

async function inspect(host: CliHost, file: string | undefined, options: InspectOptions): Promise<void> {
  const { stream: isStream = false, open = false, port, server, save, json: asJson = false } = options;
  const { oldInspect: asOldInspect = false } = options;
  validateOptions(file, options);
  const recordingFile = file === undefined ? null : findRecording(host.cwd(), file);
  if (isStream && recordingFile !== null) return streamRecording(host, recordingFile, { asJson, asOldInspect });
  const folder = stateFolderOf(host);
  compareStateFormat(folder);
  const running = runningServersIn(folder);
  const isChosen = isStream || server !== undefined || save !== undefined;
  const chosen = isChosen ? choose(running, server, folder.dir) : running;
  const ending = new AbortController();
  const show = () =>
    isStream
      ? streamServers(host, {
          folder,
          servers: chosen,
          withNew: server === undefined,
          asJson,
          asOldInspect,
          signal: ending.signal,
        })
      : showInspector(host, {
          folder,
          port: readPort(port),
          recordingFile,
          running: recordingFile === null ? running : [],
          preselected: server ?? null,
          isBrowserWanted: open,
          asJson,
        });
  if (save === undefined) return show();
  const endSaving = saveServer(host, { folder, server: onlyOne(chosen), file: save });
  // The page ends itself.
  if (isStream) host.whenAskedToEnd().then(() => ending.abort());
  // A stream ends with its servers, and the recording of such a server at the same time.
  await show().finally(() => endSaving(isStream && !ending.signal.aborted ? 1_000 : 0));
}

function validateOptions(
  file: string | undefined,
  { stream, open, port, server, save, json, oldInspect }: InspectOptions,
) {
  const reject = (what: string) => new AppError('invalid_input', what);
  if (oldInspect && !stream) throw reject('--old-inspect requires --stream: maitred inspect --stream --old-inspect');
  if (oldInspect && json) throw reject('--json and --old-inspect cannot be combined: omit one of them');
  const pageOptions = Object.entries({ '--open': open, '--port': port });
  const [useless] = pageOptions.find(([, value]) => value !== undefined) ?? [];
  if (stream && useless !== undefined)
    throw reject(`${useless} cannot be combined with --stream, which opens no page: omit one of them`);
  if (file !== undefined && save !== undefined)
    throw reject('--save cannot be combined with FILE, which is a recording already: omit one of them');
  if (file !== undefined && server !== undefined)
    throw reject('--server cannot be combined with FILE: a recording has one server');
}

function onlyOne(chosen: readonly ServerRecord[]): ServerRecord {
  const [first, ...others] = chosen;
  if (first !== undefined && others.length === 0) return first;
  const ids = chosen.map(({ serverId }) => serverId).join(', ');
  throw new AppError(
    'invalid_input',
    `--save records one server, but several are running: choose one with --server, of ${ids}`,
  );
}

function readPort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new AppError('invalid_input', '--port must be a number from 1 to 65535');
}

/** @throws AppError `not_found` if no server is running, or not this one */
function choose(running: readonly ServerRecord[], id: string | undefined, stateDir: string): readonly ServerRecord[] {
  const chosen = id === undefined ? running : running.filter(({ serverId }) => serverId === id);
  if (chosen.length > 0) return chosen;
  const others = running.map(({ serverId }) => serverId).join(', ');
  const start = 'start one with maitred serve, or start a client that uses maitred';
  throw new AppError(
    'not_found',
    others === ''
      ? `no server is running in ${stateDir}: ${start}`
      : `no server ${id} is running: choose one of ${others}`,
  );
}
