import { tmpdir } from 'node:os';
import type { Config, ToolSettings } from '../domain/config.schema.ts';
import { createAudit } from '../services/audit/audit.ts';
import type { Background } from '../services/background/background.ts';
import type { Databases } from '../services/database/databases.ts';
import { createGitHubToken } from '../services/github-token/github-token.ts';
import { createKitchenGate } from '../services/kitchen-gate/kitchen-gate.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import { readPluginVersion } from '../services/plugin/read-plugin-version.ts';
import { createTimingLog } from '../services/timing/timing-log.ts';
import { createWorkspace } from '../services/workspace/workspace.ts';
import type { ToolServices } from '../tools/index.ts';
import type { Door } from './door.ts';
import { loadPart } from './load-part.ts';
import { recordServer } from './record-server.ts';

/** Builds every service, in order of need. */
export function createServices(door: Door, config: Config, onListChanged: () => Promise<void>): ToolServices {
  const { files, place, session } = door;
  let loaded: ChildProcesses | null = null;
  const loadProcesses = () => {
    loaded ??= loadPart<typeof import('./processes.ts')>(files, 'processes').createServerProcesses(door);
    return loaded;
  };
  const processes: ChildProcesses = { run: async (order, options) => loadProcesses().run(order, options) };
  let databases: Databases | null = null;
  const loadDatabases = () => {
    databases ??= loadPart<typeof import('./databases.ts')>(files, 'databases').createServerDatabases(door, processes);
    return databases;
  };
  const audit = createAudit({ stateFolder: place.stateFolder, writeFileAtomically });
  let background: Background | null = null;
  const loadBackground = () => {
    background ??= loadPart<typeof import('./background.ts')>(files, 'background').createServerBackground(door, audit);
    return background;
  };
  return {
    // A server that starts no program does not load what it takes.
    processes,
    databases: { read: async (question, options) => loadDatabases().read(question, options) },
    workspace: createWorkspace({
      roots: config.workspace.roots,
      projectDir: place.sources.projectDir,
      homeDir: place.homeDir,
      tempDir: tmpdir(),
    }),
    gate: createKitchenGate(session, onListChanged),
    status: {
      read: () => recordServer(door),
      stateDir: place.stateFolder.dir,
      logFile: door.logFile(),
      isHeadless: session.isHeadless,
      pluginVersion: () => readPluginVersion(place.stateFolder.pluginDir),
    },
    settings: toolSettingsOf(config),
    audit,
    timing: createTimingLog(),
    background: {
      submit: (order) => loadBackground().submit(order),
      get running() {
        return background?.running ?? [];
      },
    },
    githubToken: createGitHubToken({
      configured: config.github.token,
      env: door.host.env,
      askGh: async () => loadPart<typeof import('./github.ts')>(files, 'github').askGhForToken(door),
      onKnown: (token) => door.secrets.add(token),
      log: door.earlyLog.log,
    }),
  };
}

const toolSettingsOf = ({
  test_check,
  classify_fix,
  reset_workspace,
  safety,
  read_db,
  github: { token, ...github },
}: Config): ToolSettings => ({
  github,
  test_check,
  classify_fix,
  reset_workspace,
  safety,
  read_db,
});
