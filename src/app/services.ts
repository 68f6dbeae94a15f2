import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFault } from '../domain/app-error.ts';
import type { Config, ToolSettings } from '../domain/config.schema.ts';
import type { FailureRecord } from '../domain/failure-record.schema.ts';
import type { ActorReference, StartedBy } from '../domain/inspection.ts';
import { createKitchenGate } from '../domain/kitchen-gate.ts';
import { createBackgroundJobRunner } from '../runners/background-jobs.ts';
import { createChildProcessRunner } from '../runners/child-processes.ts';
import type { RecipeRunnerDeps } from '../runners/recipe-runs.ts';
import { createReplayedProcessRunner } from '../runners/replayed-processes.ts';
import type { RunnerDeps } from '../runners/run-chart.ts';
import { createRecipeRunner } from '../runners/run-recipes.ts';
import { createPrices } from '../services/agents/prices.ts';
import { readPluginVersion } from '../services/client-plugin/plugin.ts';
import { projectDirFrom } from '../services/config/config-sources.ts';
import { createDatabases } from '../services/database/create-databases.ts';
import { createGit } from '../services/git/git.ts';
import { createGitHubToken } from '../services/github/github-token.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import type { ChildProcesses, ConnectedProcesses } from '../services/platform/process/child-processes.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { readDiskSpace } from '../services/platform/process/disk-space.ts';
import { createGuardian } from '../services/platform/process/guardian.ts';
import { createOwnedCommands } from '../services/platform/process/owned-commands.ts';
import { readOutput } from '../services/platform/process/read-output.ts';
import { createSkills, type SkillsDeps } from '../services/skills/skills.ts';
import { createAudit } from '../services/state/audit/audit.ts';
import { createQuotaEvents } from '../services/state/quota-events.ts';
import { createResponseLog } from '../services/state/response-log.ts';
import { createServerRecordReader } from '../services/state/server-records/server-record-reader.ts';
import { withoutSecrets } from '../services/state/server-records/server-record-writer.ts';
import { createSessionTelemetry } from '../services/state/session-telemetry.ts';
import { createTimingLog } from '../services/state/timing-log.ts';
import { emptyFolder } from '../services/workspace/empty-folder.ts';
import { createFindLosses, type FindLosses } from '../services/workspace/find-losses.ts';
import { projectFilesIn } from '../services/workspace/project-setup/project-files.ts';
import { createWorkspace, type WorkspaceOptions } from '../services/workspace/workspace.ts';
import { workspacePlacesOf } from '../services/workspace/workspace-places.ts';
import { adoptCall, callTool, type ToolCalling } from '../tools/call-tool.ts';
import { tools } from '../tools/index.ts';
import type { ToolServices } from '../tools/tool-services.ts';
import { type AgentSessionSettings, createAgentSessions, type FollowChart } from './agent-sessions.ts';
import { type ClientConnection, createRunConnection } from './client-connection.ts';
import type { Host } from './host.ts';
import type { OpenScenario } from './open-scenario.ts';
import type { Chunk } from './program-files.ts';
import { redactorFor } from './secrets.ts';
import type { ServerContext } from './server-context.ts';
import { serverRecordOf } from './server-record-of.ts';

export interface RunnersOptions {
  recordFailure(failure: FailureRecord): void;
  /** What records or replays the programs of calls; null: nothing does. */
  readonly scenario: OpenScenario | null;
}

/**
 * The runners, and the services that need them. It is part of the chunk `work`: what it uses must not use zod, yaml or execa.
 * Each is made when it is first used.
 */
export function createRunners(host: Host, { recordFailure, scenario }: RunnersOptions) {
  const { context, lifecycle, connections, workers } = host;
  const { nodeProcess, files, place, serverId, log, roots, transitions } = context;
  /** The steps of runs by the signal that their calls have. */
  const stepActors = new WeakMap<AbortSignal, ActorReference>();
  const deps: Omit<RunnerDeps, 'follow'> & { readonly follow: FollowChart } = {
    register: workers.add,
    follow(name, actor, startedBy, more) {
      actor.subscribe(({ value }) => transitions.note(name, value));
      scenario?.follow(actor, startedBy);
      const isSignal = startedBy instanceof AbortSignal;
      const call = isSignal ? callWithSignal(startedBy, connections) : null;
      const starter = isSignal ? (stepActors.get(startedBy) ?? null) : startedBy;
      roots.add({ chunk: 'work', actor, startedBy: starter, call, ...more });
    },
  };

  const table = once(createProcessTable);
  const createRealProcesses = () =>
    createChildProcessRunner({
      ...deps,
      serverId,
      env: nodeProcess.env,
      outputDir: place.stateFolder.outputDir,
      readDiskSpace,
      table: table(),
      guardian: createGuardian({
        program: `${files.dir}/guardian.js`,
        serverId,
        onLost: (problem) => host.send({ type: 'DEGRADED', what: 'the guardian', cause: toFault(problem).message }),
      }),
      graceMs: () => workers.graceMs,
      ensureServerRecord: host.ensureServerRecord,
      onPrograms: workers.notify,
    });
  const processes = once((): ChildProcesses & ConnectedProcesses => {
    if (scenario?.kind === 'replay') {
      const { speed, callOf } = scenario;
      const { outputDir } = place.stateFolder;
      return createReplayedProcessRunner({
        ...deps,
        serverId,
        outputDir,
        speed,
        callOf,
        ensureServerRecord: host.ensureServerRecord,
      });
    }
    const real = createRealProcesses();
    return scenario === null ? real : scenario.record(real);
  });
  const gitFor = (startedBy?: StartedBy) => createGit(createOwnedCommands(processes(), startedBy));
  const background = once(() =>
    createBackgroundJobRunner({
      ...deps,
      log,
      redact: redactorFor(context),
      isShuttingDown: () => lifecycle.shutdown !== null,
      recordFailure,
      writeFileAtomically,
    }),
  );
  const git = once(gitFor);
  const databases = once(() => {
    // A reader's copies are removed by others unless the server record shows that it lives.
    host.ensureServerRecord();
    return createDatabases({
      processes: processes(),
      execPath: nodeProcess.execPath,
      program: `${files.dir}/read-database.js`,
      copiesDir: place.stateFolder.databasesDir,
      serverId,
    });
  });
  const prices = once(() => createPrices(() => files.load<typeof import('./prices.ts')>('prices')));
  return {
    follow: deps.follow,
    get prices() {
      return prices();
    },
    get processes() {
      return processes();
    },
    get background() {
      return background();
    },
    agentSessions: (options: AgentSessionSettings) =>
      createAgentSessions(host, {
        ...deps,
        processes: processes(),
        gitFor,
        table: table(),
        isReplayed: scenario?.kind === 'replay',
        ...options,
      }),
    get git() {
      return git();
    },
    get databases() {
      return databases();
    },
    recipeRuns: (options: RecipeRunSettings) =>
      createRecipeRunner({
        ...deps,
        serverId,
        log,
        redact: redactorFor(context),
        ensureServerRecord: host.ensureServerRecord,
        isShuttingDown: () => lifecycle.shutdown !== null,
        ...options,
        callTool(call) {
          if (!(call.startedBy instanceof AbortSignal)) stepActors.set(call.signal, call.startedBy);
          return options.callTool(call);
        },
      }),
    findLosses: (...[folder, question]: Parameters<FindLosses>) =>
      createFindLosses(gitFor(question.signal))(folder, question),
    emptyFolder,
  };
}

/** What the runner of recipes needs of what is not in the chunk `work`. */
type RecipeRunSettings = Pick<
  RecipeRunnerDeps,
  'journals' | 'openJournal' | 'compile' | 'checkResult' | 'readRecipeText' | 'callTool' | 'adopt' | 'onGateOpened'
>;

interface WorkChunk extends Chunk {
  readonly createRunners: typeof createRunners;
}

export type SharedServices = Omit<ToolServices, 'gate' | 'listedTools' | 'status'>;

/** The services that all clients of a host share. What takes long to load is loaded when it is first used. */
export function createSharedServices(
  host: Host,
  config: Config,
  scenario: OpenScenario | null,
  onGateOpened?: RecipeRunnerDeps['onGateOpened'],
): SharedServices {
  const { context } = host;
  const { nodeProcess, place, log, files } = context;
  const audit = createAudit({ stateFolder: place.stateFolder });
  const servers = once(() => createServerRecordReader({ folder: place.stateFolder, ownUid: readOwnUid() }));
  const runners = once(() =>
    files.load<WorkChunk>('work').createRunners(host, { recordFailure: audit.record, scenario }),
  );
  const timing = createTimingLog();
  const redact = redactorFor(context);
  const quotaEvents = createQuotaEvents({ path: place.stateFolder.quotaEventsFile, redact, log });
  const agentSessions = once(() =>
    runners().agentSessions({
      settings: config.run_skill,
      tracing: config.linux_tracing,
      isServerAlive: (id) => servers().liveServerIds().has(id),
      onQuota: (event) => void quotaEvents.append(event),
    }),
  );
  const ofRecipes = once(() =>
    files.load<typeof import('./recipes.ts')>('recipes').openRecipes(context, servers(), config.workspace.temp_dir),
  );
  const calling = once(
    (): ToolCalling => ({
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      services: createServices(host, createRunConnection(), shared, async () => undefined),
      log,
      observer: scenario?.calls,
    }),
  );
  const recipeRuns = once(() =>
    runners().recipeRuns({
      ...ofRecipes(),
      ...(onGateOpened === undefined ? {} : { onGateOpened }),
      async callTool({ runId, tool, args, key, signal, report, onSpending }) {
        const call = {
          name: tool,
          args,
          scope: { signal, report: (message: string) => report(redact.text(message)), step: { key, onSpending } },
          logFields: { run: runId },
        };
        const outcome = await callTool(call, calling());
        return 'fault' in outcome ? outcome : { output: redact.value(outcome.output) };
      },
      async adopt(call) {
        const adoption = await adoptCall(call, calling());
        return adoption.state === 'done' ? { ...adoption, output: redact.value(adoption.output) } : adoption;
      },
    }),
  );
  let hasRuns = false;
  let hasJobs = false;
  const shared: SharedServices = {
    processes: { run: async (...args) => runners().processes.run(...args) },
    recipes: lazily(() => ofRecipes().recipes),
    journals: lazily(() => ofRecipes().journals),
    stepSessions: lazily(() => ofRecipes().stepSessions),
    recipeRuns: {
      start: async (...args) => started().start(...args),
      resume: async (...args) => started().resume(...args),
      find: (runId) => (hasRuns ? recipeRuns().find(runId) : null),
    },
    workspace: createWorkspace({
      ...workspaceOptionsOf(context, config),
      findLosses: (...args) => runners().findLosses(...args),
    }),
    agentSessions: { run: async (...args) => agentSessions().run(...args) },
    skills: createSkills(skillsDepsOf(context, config)),
    projectFiles: projectFilesIn,
    readOutput,
    git: {
      fetchBranch: async (...args) => runners().git.fetchBranch(...args),
      changedFiles: async (...args) => runners().git.changedFiles(...args),
    },
    emptyFolder: async (...args) => runners().emptyFolder(...args),
    databases: { read: async (...args) => runners().databases.read(...args) },
    background: {
      submit(spec) {
        const job = runners().background.submit(spec);
        hasJobs = true;
        return job;
      },
      get running() {
        return hasJobs ? runners().background.running : [];
      },
    },
    settings: toolSettingsOf(config),
    redact,
    audit,
    timing,
    telemetry: createSessionTelemetry({ stateFolder: place.stateFolder, serverId: context.serverId, timing }),
    responses: createResponseLog(),
    quotaEvents,
    writeTextFile: (path, text) => writeFileAtomically(path, text, newFileMode),
    githubToken: createGitHubToken({
      configured: config.github.token,
      env: nodeProcess.env,
      askGh: async () => files.load<typeof import('./github.ts')>('github').askGhForToken(context),
      onKnown: (token) => context.secrets.add(token),
      log,
    }),
  };
  const started = () => {
    const runs = recipeRuns();
    hasRuns = true;
    return runs;
  };
  return shared;
}

/** The services of one client: the shared ones, its gate, its tools, and the status of the server as it may see it. */
export function createServices(
  host: Host,
  connection: ClientConnection,
  shared: SharedServices,
  onListChanged: () => Promise<void>,
): ToolServices {
  const { context } = host;
  const { stateFolder } = context.place;
  return {
    ...shared,
    gate: createKitchenGate(connection, onListChanged),
    listedTools: () => tools.filter(connection.isListed),
    status: {
      read: () => withoutSecrets(serverRecordOf(host), shared.redact),
      stateDir: stateFolder.dir,
      logFile: context.logFile(),
      isHeadless: connection.isHeadless,
      pluginVersion: () => readPluginVersion(stateFolder.pluginDir),
    },
  };
}

/** The number of the pending call whose signal this is; null: it is that of something else. */
function callWithSignal(signal: AbortSignal, { clients }: Host['connections']): number | null {
  for (const { calls } of clients) {
    const call = calls.withSignal(signal);
    if (call !== undefined) return call.number;
  }
  return null;
}

/** Less what the umask takes away, as of every new file in a project. */
const newFileMode = 0o666;

/** Makes it when it is first asked for; a failure is tried again. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | null = null;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** Stands for a service that is made when one of its functions is first called. */
const lazily = <Service extends object>(make: () => Service): Service =>
  new Proxy({} as Service, { get: (_, name) => make()[name as keyof Service] });

/** Where tools may work, and the folders that are never deleted: those that the user and this server live in. */
function workspaceOptionsOf(
  { place, nodeProcess }: ServerContext,
  { workspace, safety }: Config,
): Omit<WorkspaceOptions, 'findLosses'> {
  const { homeDir, sources, stateFolder } = place;
  const tempDir = tmpdir();
  const { roots, kept } = workspacePlacesOf(workspace, { projectDir: sources.projectDir, homeDir, tempDir });
  return {
    roots,
    tempDir,
    kept: [...kept, stateFolder.dir, nodeProcess.cwd()],
    marker: safety.reset_guard_marker,
  };
}

/** Where skills are, and what they may see. */
function skillsDepsOf({ place, files }: ServerContext, { workspace, subsets, packs }: Config): SkillsDeps {
  const { homeDir, sources } = place;
  const { worktreeRoot } = workspacePlacesOf(workspace, { projectDir: sources.projectDir, homeDir, tempDir: tmpdir() });
  return {
    bundledDir: `${files.dir}/skills`,
    projectDirOf: (cwd) => projectDirFrom(cwd, null),
    foldersOf: (cwd) => ({ temp: join(cwd, workspace.temp_dir), worktrees: worktreeRoot }),
    choice: { disabledCategories: subsets.disabled, enabledPacks: packs.enabled },
  };
}

const toolSettingsOf = ({
  test_check,
  classify_fix,
  reset_workspace,
  run_cmd,
  run_skill,
  model,
  implement_gate,
  safety,
  read_db,
  github: { token, ...github },
}: Config): ToolSettings => ({
  test_check,
  classify_fix,
  reset_workspace,
  run_cmd,
  run_skill,
  model,
  implement_gate,
  safety,
  read_db,
  github,
});
