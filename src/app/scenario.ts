import { tmpdir } from 'node:os';
import type { AnyActor } from 'xstate';
import type { Config } from '../domain/config.schema.ts';
import { countText } from '../domain/count-text.ts';
import type { StartedBy } from '../domain/inspection.ts';
import { createListeners } from '../domain/listeners.ts';
import { type CallOrigins, createCallOrigins } from '../domain/scenario/call-origins.ts';
import { createPlaceholders, type Placeholders } from '../domain/scenario/placeholders.ts';
import type { ScenarioRequest } from '../domain/scenario/scenario-request.ts';
import type { RunOptions } from '../services/platform/process/child-processes.ts';
import { realPathOf } from '../services/platform/real-path.ts';
import { createScenarioPlayer } from '../services/scenario/create-scenario-player.ts';
import { createScenarioRecorder } from '../services/scenario/create-scenario-recorder.ts';
import { readContent } from '../services/scenario/read-content.ts';
import { readScenario } from '../services/scenario/read-scenario.ts';
import { createRecordingProcesses } from '../services/scenario/recording-processes.ts';
import type { PlayingCall, ScenarioPlayer } from '../services/scenario/scenario-player.ts';
import type { RecordingCall } from '../services/scenario/scenario-recorder.ts';
import { createWrittenFiles } from '../services/scenario/written-files.ts';
import { workspacePlacesOf } from '../services/workspace/workspace-places.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import { rootOf } from './inspection-messages.ts';
import type { OpenScenario, RecordedScenario, ReplayedScenario } from './open-scenario.ts';
import { requestedScenario } from './requested-scenario.ts';
import { redactorFor } from './secrets.ts';
import type { ServerContext } from './server-context.ts';
import { writeLastProblem } from './stderr.ts';

/* The entry of the chunk `scenario.js`: what records the programs of calls into a scenario, or answers them from one. */

export { build } from './build.ts';

const opened = new WeakMap<Host, Promise<OpenScenario | null>>();

/**
 * Opens the scenario that the command line or the environment asks for, once: an attempt to load the backend that fails later leaves it open.
 * @returns null: they ask for none
 * @throws AppError `invalid_input` for a bad option, variable or scenario, `conflict` where another server records into the folder,
 * `not_found` where there is no scenario, `unavailable` where it cannot be written
 */
export function openScenario(host: Host, config: Pick<Config, 'workspace'>): Promise<OpenScenario | null> {
  const already = opened.get(host);
  if (already !== undefined) return already;
  const opening = openRequested(host, config);
  opened.set(host, opening);
  opening.catch(() => opened.delete(host));
  return opening;
}

async function openRequested(host: Host, config: Pick<Config, 'workspace'>): Promise<OpenScenario | null> {
  const request = requestedScenario(host.context);
  if (request === null) return null;
  const folders = foldersOf(host, config);
  return request.kind === 'record' ? openRecorder(host, request, folders) : openPlayer(host, request, folders);
}

async function openRecorder(
  { context, workers, lifecycle }: Host,
  { dir, recipe }: Extract<ScenarioRequest, { kind: 'record' }>,
  folders: Folders,
): Promise<RecordedScenario> {
  const origins = createCallOrigins<RecordingCall>();
  const recorder = await createScenarioRecorder({
    dir,
    recipe,
    version: build.version,
    placeholders: placeholdersIn(folders, context),
    redact: redactorFor(context),
    log: context.log,
  });
  workers.add({
    async drain(_, signal) {
      await recorder.whenQuiet(signal);
      recorder.finish();
    },
    leave: recorder.finish,
  });
  return {
    kind: 'record',
    calls: {
      begin({ tool, args, signal }) {
        const call = recorder.beginCall({ tool, args });
        origins.begin(signal, call);
        return call.settle;
      },
    },
    follow: followIn(origins),
    record: (processes) =>
      createRecordingProcesses(processes, {
        callOf: callIn(origins),
        writtenFiles: createWrittenFiles({
          places: { ...folders, scenarioDir: dir },
        }),
        isShuttingDown: () => lifecycle.shutdown !== null,
      }),
  };
}

async function openPlayer(
  { context, workers }: Host,
  { dir, speed, isStrict }: Extract<ScenarioRequest, { kind: 'replay' }>,
  folders: Folders,
): Promise<ReplayedScenario> {
  const origins = createCallOrigins<PlayingCall>();
  const { nodeProcess, log } = context;
  const scenario = await readScenario(dir).catch((thrown) => {
    if (isStrict) nodeProcess.exitCode = 1;
    throw thrown;
  });
  const player = createScenarioPlayer({
    scenario,
    placeholders: placeholdersIn(folders, context),
    redact: redactorFor(context),
    contentOf: readContent,
  });
  const open = createOpenCalls();
  workers.add({
    async drain(_, signal) {
      await open.whenNone(signal);
      const { unused, unanswered } = player;
      if (isAsRecorded(player)) return;
      log.warning('scenario_not_as_recorded', {
        folder: dir,
        steps_not_replayed: unused.length,
        first_steps: unused.slice(0, mostNamed),
        programs_not_answered: unanswered.length,
        first_programs: unanswered.slice(0, mostNamed),
      });
    },
    leave() {
      if (isAsRecorded(player)) return;
      if (isStrict) nodeProcess.exitCode = 1;
      writeLastProblem(describeReplay(player, dir, isStrict));
    },
  });
  return {
    kind: 'replay',
    speed,
    calls: {
      begin({ tool, args, signal }) {
        origins.begin(signal, player.beginCall({ tool, args }));
        return open.begin();
      },
    },
    follow: followIn(origins),
    callOf: callIn(origins),
  };
}

type Played = Pick<ScenarioPlayer, 'unused' | 'unanswered'>;

const isAsRecorded = ({ unused, unanswered }: Played): boolean => unused.length === 0 && unanswered.length === 0;

/** How many steps, and how many programs, are named one by one. */
const mostNamed = 20;

/** What was not as it was recorded: a line for each step and program, up to a limit, and their numbers. */
function describeReplay({ unused, unanswered }: Played, dir: string, isStrict: boolean): string {
  const failure = isStrict ? ', which is a failure because of --strict' : '';
  const linesOf = (what: string, kind: string, names: readonly string[], sumUp: (were: string) => string) => {
    if (names.length === 0) return [];
    const more = names.length - mostNamed;
    return [
      ...names.slice(0, mostNamed).map((name) => `${what}: ${name}`),
      ...(more > 0 ? [`${what}: ${countText(more, `more ${kind}`)}`] : []),
      `${countText(names.length, kind)} ${sumUp(names.length === 1 ? 'was' : 'were')}${failure}.`,
    ];
  };
  return [
    ...linesOf('not answered', 'program', unanswered, (were) => `${were} not answered by the scenario ${dir}`),
    ...linesOf('not replayed', 'step', unused, (were) => `of the scenario ${dir} ${were} not replayed`),
  ].join('\n');
}

/** Counts calls that run. */
function createOpenCalls() {
  let open = 0;
  const { notify, subscribe } = createListeners();
  return {
    /** @returns a function that ends it */
    begin() {
      open += 1;
      return () => {
        open -= 1;
        notify();
      };
    },
    /** Settles when none runs, or the signal is aborted. */
    whenNone: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (open > 0 && !signal.aborted) return;
          unsubscribe();
          signal.removeEventListener('abort', check);
          resolve();
        };
        const unsubscribe = subscribe(check);
        signal.addEventListener('abort', check);
        check();
      }),
  };
}

/** Where this server works: what differs from machine to machine. */
interface Folders {
  readonly projectDir: string;
  readonly worktreesDir: string;
  readonly stateDir: string;
  readonly programDir: string;
  readonly homeDir: string;
  readonly tempDir: string;
}

function foldersOf({ context: { place, files } }: Host, { workspace }: Pick<Config, 'workspace'>): Folders {
  const { projectDir, homeDir, stateFolder } = place;
  const tempDir = tmpdir();
  const { worktreeRoot: worktreesDir } = workspacePlacesOf(workspace, { projectDir, homeDir, tempDir });
  return { projectDir, worktreesDir, stateDir: stateFolder.dir, programDir: files.dir, homeDir, tempDir };
}

function placeholdersIn(folders: Folders, { serverId }: Pick<ServerContext, 'serverId'>): Placeholders {
  const {
    projectDir: project,
    worktreesDir: worktrees,
    stateDir: state,
    programDir: program,
    homeDir: home,
    tempDir: temp,
  } = folders;
  const named = { project, worktrees, state, program, home, temp };
  const all = Object.entries(named).flatMap(([name, dir]) => [dir, realPathOf(dir)].map((value) => ({ name, value })));
  const places = [...all, { name: 'server', value: serverId }];
  return createPlaceholders({
    // The first name of a folder counts.
    places: places.filter(
      ({ value }, at) => value !== '/' && places.findIndex((other) => other.value === value) === at,
    ),
    tempDir: temp,
  });
}

const rootIn = (startedBy: StartedBy): object =>
  startedBy instanceof AbortSignal ? startedBy : rootOf(startedBy as AnyActor);

const followIn =
  (origins: CallOrigins<object>): OpenScenario['follow'] =>
  (chart, startedBy) =>
    origins.follow(chart, startedBy === null ? null : rootIn(startedBy));

const callIn =
  <Call extends object>(origins: CallOrigins<Call>) =>
  ({ signal, startedBy = signal }: Pick<RunOptions, 'signal' | 'startedBy'>): Call | null =>
    origins.of(rootIn(startedBy));
