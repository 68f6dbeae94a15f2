import { type EarlySettings, earlySettingKeys } from '../domain/early-settings.ts';
import { encodeJson } from '../domain/encode-json.ts';
import type { Degradation } from '../domain/server-record.ts';
import type { BuildTimeAnswers } from '../front/build-time-answers.ts';
import type { Front } from '../front/front.ts';
import { createBridge } from '../server/bridge.ts';
import { createGateQuestions } from '../server/gate-questions.ts';
import { serveTools } from '../server/serve-tools.ts';
import { earlySettingsOf } from '../services/config/read-early-settings.ts';
import { tools } from '../tools/index.ts';
import { build } from './build.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Host } from './host.ts';
import { type LaterTasks, openServices } from './open-services.ts';
import { createServices } from './services.ts';
import { withConfiguredVerbosity } from './settings.ts';

export { build } from './build.ts';
export { openServices } from './open-services.ts';

/** The backend, ready to be attached, and the functions of the other start-up tasks. */
export interface OpenBackend {
  attach(): void;
  readonly tasks: LaterTasks;
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
  const { place, log } = context;
  const {
    config,
    scenario,
    services: shared,
    tasks,
  } = await openServices(host, signal, (run, gate) => gateQuestions.ask(run, gate));
  const bridge = createBridge((message) => backend.send(message));
  const backend = front.connect(bridge);
  const onListChanged = () => {
    const listed = changeList();
    server.sendToolListChanged().catch((problem) => log.warning('list_changed_not_sent', { problem }));
    return listed;
  };
  const services = createServices(host, connection, shared, onListChanged);
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
  const gateQuestions = createGateQuestions({ server, log, signal: shutdownSignal(host) });
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
  return { attach: backend.attach, tasks };
}

/** Aborted when the server begins to shut down. */
function shutdownSignal({ lifecycle }: Host): AbortSignal {
  const controller = new AbortController();
  lifecycle.subscribe(() => {
    if (lifecycle.shutdown !== null) controller.abort();
  });
  return controller.signal;
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
