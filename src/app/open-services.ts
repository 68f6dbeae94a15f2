import { toFault } from '../domain/app-error.ts';
import type { Config } from '../domain/config.schema.ts';
import { mayRequestScenario } from '../domain/scenario/scenario-request.ts';
import type { StartupTaskName } from '../domain/startup-task.ts';
import type { StateFolder } from '../domain/state-folder.ts';
import { readConfig } from '../services/config/read-config.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import type { Host } from './host.ts';
import type { OpenScenario } from './open-scenario.ts';
import { repeatRetention } from './repeat-retention.ts';
import { createSharedServices, type SharedServices } from './services.ts';
import type { TaskFunction } from './task-runner.ts';

/** The functions of the start-up tasks that come after the loading of the backend. */
export type LaterTasks = Readonly<Partial<Record<StartupTaskName, TaskFunction>>>;

/** What a host needs to work, whichever clients it has. */
export interface OpenServices {
  readonly config: Config;
  /** What records or replays the programs of calls; null: nothing does. */
  readonly scenario: OpenScenario | null;
  readonly services: SharedServices;
  readonly tasks: LaterTasks;
}

/**
 * Opens the whole configuration, the state folder and the services.
 * @throws AppError `invalid_input` for a bad configuration, `conflict` for a state folder of another format; for a scenario as `openScenario`
 */
export async function openServices(
  host: Host,
  signal: AbortSignal,
  onGateOpened?: Parameters<typeof createSharedServices>[3],
): Promise<OpenServices> {
  const { context } = host;
  const { place, log, files, nodeProcess } = context;
  rejectOtherFormat(place.stateFolder);
  const { config, warnings } = readConfig(place.sources);
  for (const { place: at, message } of warnings) log.warning('setting_ignored', { place: at, message });
  const scenario = mayRequestScenario(place.scenarioFlags, nodeProcess.env)
    ? await files.load<typeof import('./scenario.ts')>('scenario').openScenario(host, config)
    : null;
  signal.throwIfAborted();
  const services = createSharedServices(host, config, scenario, onGateOpened);
  return { config, scenario, services, tasks: laterTasksOf(host, services) };
}

function laterTasksOf(host: Host, { audit, background }: SharedServices): LaterTasks {
  const { context } = host;
  const { files, log } = context;
  const maintenance = () => files.load<typeof import('./maintenance.ts')>('maintenance');
  const removeExpired = async (until: AbortSignal) => maintenance().removeExpired(context, until);
  return {
    recovery: async (task) => {
      // Loading the file blocks the event loop: the calls that waited for the backend are answered first.
      await new Promise((resolve) => setImmediate(resolve));
      await maintenance()
        .recover(host, task)
        .catch((problem) => degrade(host, 'crash recovery', problem));
    },
    audit: (task) => audit.load(task),
    upkeep: async ({ signal }) => {
      await removeExpired(signal);
      signal.throwIfAborted();
      repeatRetention({ background, removeExpired, log });
    },
    drift: ({ signal }) => maintenance().repairHooks(context, signal),
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
