import { type EarlySettings, earlySettingKeys } from '../domain/early-settings.ts';
import type { StartupTaskName } from '../domain/startup-task.ts';
import { isListed } from '../domain/tool-visibility.ts';
import type { Kitchen } from '../front/front.ts';
import { createBridge } from '../server/bridge.ts';
import { serveTools } from '../server/serve-tools.ts';
import { readConfig } from '../services/config/read-config.ts';
import { earlySettingsOf } from '../services/config/read-early-settings.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import { tools } from '../tools/index.ts';
import { build } from './build.ts';
import type { Door } from './door.ts';
import { loadChunk } from './load-part.ts';
import { repeatRetention } from './repeat-retention.ts';
import { createServices } from './services.ts';
import { viewpointOf } from './session.ts';
import { withConfiguredVerbosity } from './settings.ts';
import type { TaskFunction } from './task-runner.ts';

export { build } from './build.ts';

/** The kitchen once it is loaded: the MCP server behind the door, and the rest of the startup tasks. */
export interface LoadedKitchen extends Kitchen {
  readonly tasks: Readonly<Partial<Record<StartupTaskName, TaskFunction>>>;
}

/**
 * Opens everything that may be slow: the whole configuration, the state folder, the services and the MCP server.
 * @throws AppError `invalid_input` for a bad configuration, `conflict` for a state folder of another format
 */
export async function openKitchen(door: Door, signal: AbortSignal): Promise<LoadedKitchen> {
  const { place, session, front } = door;
  checkStateFormat(place.stateFolder);
  const { config } = readConfig(place.sources);
  const { log } = door.earlyLog;
  signal.throwIfAborted();
  const bridge = createBridge((message) => front.send(message));
  const onListChanged = () => {
    const listed = front.forgetList();
    server.sendToolListChanged().catch((problem) => log.warning('list_changed_not_sent', { problem }));
    return listed;
  };
  const services = createServices(door, config, onListChanged);
  const server = serveTools({
    version: build.version,
    tools,
    services,
    admission: front.admission,
    log,
    isListed: (tool) => isListed(tool, viewpointOf(session)),
  });
  await server.connect(bridge.transport);
  const settings = withConfiguredVerbosity(earlySettingsOf(config), place.sources);
  if (differs(settings, session.settings)) {
    session.settings = settings;
    void onListChanged();
  }
  tellDegradations(door, (data) =>
    server
      .sendLoggingMessage({ level: 'warning', logger: 'maitred', data })
      .catch((problem) => log.warning('degradation_not_told', { problem })),
  );
  const tmpfsDir = config.linux_tracing.tmpfs_path;
  const maintenance = () => loadChunk<typeof import('./maintenance.ts')>(door.files, 'maintenance');
  const removeExpired = async (until: AbortSignal) => maintenance().removeExpired(door, tmpfsDir, until);
  return {
    onMessage: bridge.onMessage,
    tasks: {
      recovery: async (task) => {
        // Loading the file blocks the event loop: the calls that waited for the kitchen are answered first.
        await new Promise((resolve) => setImmediate(resolve));
        await maintenance().recover(door, tmpfsDir, task);
      },
      audit: (task) => services.audit.load(task),
      upkeep: async ({ signal }) => {
        await removeExpired(signal);
        signal.throwIfAborted();
        repeatRetention({ background: services.background, removeExpired, log });
      },
      drift: ({ signal }) => maintenance().repairHooks(door, signal),
    },
  };
}

function differs(one: EarlySettings, other: EarlySettings): boolean {
  return Object.values(earlySettingKeys).some((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]));
}

/** The client hears of everything that stops working while the rest goes on. */
function tellDegradations(door: Door, tell: (text: string) => void): void {
  let told = 0;
  const tellNew = () => {
    for (const { what, cause } of door.view.degraded.slice(told)) tell(`${what} does not work: ${cause}`);
    told = door.view.degraded.length;
  };
  door.onChange(tellNew);
  tellNew();
}
