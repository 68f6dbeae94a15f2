import { toFault } from '../domain/app-error.ts';
import { type DoorSettings, doorKeys } from '../domain/door-settings.ts';
import type { StartupTaskName } from '../domain/startup-task.ts';
import { isListed } from '../domain/tool-visibility.ts';
import type { Kitchen } from '../front/front.ts';
import { createBridge } from '../server/bridge.ts';
import { serveTools } from '../server/serve-tools.ts';
import { nodeConfigFiles } from '../services/config/config-files.ts';
import { doorSettingsOf } from '../services/config/door-settings-of.ts';
import { readConfig } from '../services/config/read-config.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { isSameProcessAlive } from '../services/platform/process-identity.ts';
import { createServerRecordReader } from '../services/server-records/server-record-reader.ts';
import { sweepDeadServers } from '../services/server-records/sweep-dead-servers.ts';
import { checkStateFormat } from '../services/state-folder/state-format.ts';
import { tools } from '../tools/index.ts';
import { build } from './build.ts';
import type { Door } from './door.ts';
import { createServices } from './services.ts';
import { viewpointOf } from './session.ts';
import { withConfiguredVerbosity } from './settings.ts';
import type { TaskFunction } from './task-runner.ts';

export { build } from './build.ts';

/** The kitchen once it is loaded: the MCP server behind the door, and the rest of the startup tasks. */
export interface LoadedKitchen extends Kitchen {
  readonly tasks: Readonly<Partial<Record<StartupTaskName, TaskFunction>>>;
  /** Clears away what dead servers left behind. No answer waits for it. */
  tidyUp(): void;
}

/**
 * Opens everything that may be slow: the whole configuration, the state folder, the services and the MCP server.
 * @throws AppError `invalid_input` for a bad configuration, `conflict` for a state folder of another format
 */
export async function openKitchen(door: Door, signal: AbortSignal): Promise<LoadedKitchen> {
  const { place, session, front } = door;
  checkStateFormat(place.stateFolder);
  const { config } = readConfig(place.sources, nodeConfigFiles);
  const { log } = door.earlyLog;
  signal.throwIfAborted();
  const bridge = createBridge((message) => front.send(message));
  const onListChanged = () => {
    front.forgetList();
    server.sendToolListChanged().catch((problem) => log.warning('list_changed_not_sent', { problem }));
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
  const settings = withConfiguredVerbosity(doorSettingsOf(config), place.sources);
  if (differs(settings, session.settings)) {
    session.settings = settings;
    onListChanged();
  }
  tellDegradations(door, (data) =>
    server
      .sendLoggingMessage({ level: 'warning', logger: 'maitred', data })
      .catch((problem) => log.warning('degradation_not_told', { problem })),
  );
  return {
    onMessage: bridge.onMessage,
    tasks: { audit: (task) => services.audit.load(task) },
    tidyUp: () => sweepDead(door),
  };
}

function differs(one: DoorSettings, other: DoorSettings): boolean {
  return Object.values(doorKeys).some((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]));
}

/** What servers left behind that died without leaving; a failure only means that it stays. */
function sweepDead({ place: { stateFolder: folder }, earlyLog: { log } }: Door): void {
  try {
    const reader = createServerRecordReader({ folder, ownUid: readOwnUid() });
    for (const { serverId } of sweepDeadServers({ folder, reader, isAlive: isSameProcessAlive }))
      log.info('dead_server_swept', { dead_server_id: serverId });
  } catch (problem) {
    log.warning('dead_servers_not_swept', { error: toFault(problem).message });
  }
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
