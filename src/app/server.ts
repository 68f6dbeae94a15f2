import { toFault } from '../domain/app-error.ts';
import { type EarlySettings, earlySettingKeys } from '../domain/early-settings.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { mayRequestScenario } from '../domain/scenario/scenario-request.ts';
import type { Degradation } from '../domain/server-record.ts';
import type { StartupTaskName } from '../domain/startup-task.ts';
import type { StateFolder } from '../domain/state-folder.ts';
import type { BuildTimeAnswers } from '../front/build-time-answers.ts';
import type { Front } from '../front/front.ts';
import { createBridge } from '../server/bridge.ts';
import { serveTools } from '../server/serve-tools.ts';
import { readConfig } from '../services/config/read-config.ts';
import { earlySettingsOf } from '../services/config/read-early-settings.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import { tools } from '../tools/index.ts';
import { build } from './build.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Host } from './host.ts';
import { repeatRetention } from './repeat-retention.ts';
import { createServices, createSharedServices } from './services.ts';
import { withConfiguredVerbosity } from './settings.ts';
import type { TaskFunction } from './task-runner.ts';

export { build } from './build.ts';

/** The backend, ready to be attached, and the functions of the other start-up tasks. */
export interface OpenBackend {
  attach(): void;
  readonly tasks: Readonly<Partial<Record<StartupTaskName, TaskFunction>>>;
}

/** The client's side. */
interface FrontOfBackend extends Pick<BuildTimeAnswers, 'changeList'> {
  readonly connection: ClientConnection;
  readonly front: Front;
}

/**
 * Opens everything that may be slow: the whole configuration, the state folder, the services and the MCP server.
 * @throws AppError `invalid_input` for a bad configuration, `conflict` for a state folder of another format; for a scenario as `openScenario`
 */
export async function openBackend(
  host: Host,
  { connection, front, changeList }: FrontOfBackend,
  signal: AbortSignal,
): Promise<OpenBackend> {
  const { context } = host;
  const { place, log, files, nodeProcess } = context;
  rejectOtherFormat(place.stateFolder);
  const { config, warnings } = readConfig(place.sources);
  for (const { place: at, message } of warnings) log.warning('setting_ignored', { place: at, message });
  const scenario = mayRequestScenario(place.scenarioFlags, nodeProcess.env)
    ? await files.load<typeof import('./scenario.ts')>('scenario').openScenario(host, config)
    : null;
  signal.throwIfAborted();
  const bridge = createBridge((message) => backend.send(message));
  const backend = front.connect(bridge);
  const onListChanged = () => {
    const listed = changeList();
    server.sendToolListChanged().catch((problem) => log.warning('list_changed_not_sent', { problem }));
    return listed;
  };
  const services = createServices(host, connection, createSharedServices(host, config, scenario), onListChanged);
  const server = serveTools({
    version: build.version,
    tools,
    services,
    log,
    observer: scenario?.calls,
    isListed: connection.isListed,
    callOf: front.callOf,
    acquireSlot: front.calls.acquireSlot,
  });
  await server.connect(bridge.transport);
  const settings = withConfiguredVerbosity(earlySettingsOf(config), place.sources);
  if (differs(settings, context.settings.current)) {
    context.settings.replace(settings);
    void onListChanged();
  }
  reportDegradations(host, (degradation, data) => {
    log.warning('degraded', { ...degradation });
    server
      .sendLoggingMessage({ level: 'warning', logger: 'maitred', data })
      .catch((problem) => log.warning('degradation_not_sent', { problem }));
  });
  const maintenance = () => files.load<typeof import('./maintenance.ts')>('maintenance');
  const removeExpired = async (until: AbortSignal) => maintenance().removeExpired(context, until);
  return {
    attach: backend.attach,
    tasks: {
      recovery: async (task) => {
        // Loading the file blocks the event loop: the calls that waited for the backend are answered first.
        await new Promise((resolve) => setImmediate(resolve));
        await maintenance()
          .recover(host, task)
          .catch((problem) => degrade(host, 'crash recovery', problem));
      },
      audit: (task) => services.audit.load(task),
      upkeep: async ({ signal }) => {
        await removeExpired(signal);
        signal.throwIfAborted();
        repeatRetention({ background: services.background, removeExpired, log });
      },
      drift: ({ signal }) => maintenance().repairHooks(context, signal),
    },
  };
}

/**
 * A folder that cannot be written does not stop the server: the heartbeat reports it.
 * @throws AppError `conflict`
 */
function rejectOtherFormat(stateFolder: StateFolder): void {
  try {
    checkStateFormat(stateFolder);
  } catch (problem) {
    if (toFault(problem).code !== 'unavailable') throw problem;
  }
}

/** What follows works without it. @throws the problem itself, if it is not `unavailable` */
function degrade({ send }: Host, what: string, problem: unknown): void {
  const { code, message } = toFault(problem);
  if (code !== 'unavailable') throw problem;
  send({ type: 'DEGRADED', what, cause: message });
}

function differs(one: EarlySettings, other: EarlySettings): boolean {
  return Object.values(earlySettingKeys).some((field) => encodeJson(one[field]) !== encodeJson(other[field]));
}

/** Logs each degradation, and notifies the client of it. */
function reportDegradations({ lifecycle }: Host, report: (degradation: Degradation, text: string) => void): void {
  let reported = 0;
  const reportNew = () => {
    const degradations = lifecycle.degraded.slice(reported);
    reported = lifecycle.degraded.length;
    for (const degradation of degradations)
      report(degradation, `${degradation.what} does not work: ${degradation.cause}`);
  };
  lifecycle.subscribe(reportNew);
  reportNew();
}
