import { tmpdir } from 'node:os';
import type { Config, ToolSettings } from '../domain/config.schema.ts';
import type { Background } from '../services/background/background.ts';
import { readPluginVersion } from '../services/client-plugin/read-plugin-version.ts';
import { createGitHubToken } from '../services/github/github-token.ts';
import { createKitchenGate } from '../services/kitchen-gate/kitchen-gate.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import { createAudit } from '../services/state/audit/audit.ts';
import { withoutSecrets } from '../services/state/server-records/without-secrets.ts';
import { createTimingLog } from '../services/state/timing-log.ts';
import { createWorkspace, type WorkspaceOptions } from '../services/workspace/workspace.ts';
import { workspacePlacesOf } from '../services/workspace/workspace-places.ts';
import { tools } from '../tools/index.ts';
import type { ToolServices } from '../tools/tool-services.ts';
import type { Door } from './door.ts';
import { loadChunk } from './load-part.ts';
import { recordServer } from './record-server.ts';
import { redactorFor } from './secrets.ts';

/** Builds every service, in order of need. What takes much to load is loaded when it is first asked for something. */
export function createServices(door: Door, config: Config, onListChanged: () => Promise<void>): ToolServices {
  const { place, session } = door;
  const parts = lateChunks(door);
  const redact = redactorFor(door);
  const audit = createAudit({ stateFolder: place.stateFolder, writeFileAtomically });

  const startPrograms = once(() => parts.processes().createServerProcesses(door));
  const processes: ChildProcesses = { run: async (order, options) => startPrograms().run(order, options) };
  const git = once(() => parts.localWork().createGit(parts.localWork().createOwnedCommands(processes)));
  const databases = once(() => parts.databases().createServerDatabases(door, processes));
  let background: Background | null = null;
  const supervise = once(() => {
    background = parts.background().createServerBackground(door, audit);
    return background;
  });

  return {
    processes,
    workspace: createWorkspace(workspaceOptionsOf(door, config)),
    git: {
      fetchBranch: async (...question) => git().fetchBranch(...question),
      changedFiles: async (...question) => git().changedFiles(...question),
    },
    emptyFolder: async (...order) => parts.localWork().emptyFolder(...order),
    databases: { read: async (question, options) => databases().read(question, options) },
    gate: createKitchenGate(session, onListChanged),
    status: {
      read: () => withoutSecrets(recordServer(door), redact),
      stateDir: place.stateFolder.dir,
      logFile: door.logFile(),
      isHeadless: session.isHeadless,
      pluginVersion: () => readPluginVersion(place.stateFolder.pluginDir),
    },
    settings: toolSettingsOf(config),
    redact,
    audit,
    timing: createTimingLog(),
    catalogue: tools,
    background: {
      submit: (order) => supervise().submit(order),
      get running() {
        return background?.running ?? [];
      },
    },
    githubToken: createGitHubToken({
      configured: config.github.token,
      env: door.host.env,
      askGh: async () => parts.github().askGhForToken(door),
      onKnown: (token) => door.secrets.add(token),
      log: door.earlyLog.log,
    }),
  };
}

const lateChunks = ({ files }: Door) => ({
  processes: () => loadChunk<typeof import('./processes.ts')>(files, 'processes'),
  localWork: () => loadChunk<typeof import('./local-work.ts')>(files, 'local-work'),
  databases: () => loadChunk<typeof import('./databases.ts')>(files, 'databases'),
  background: () => loadChunk<typeof import('./background.ts')>(files, 'background'),
  github: () => loadChunk<typeof import('./github.ts')>(files, 'github'),
});

/** Makes it when it is first asked for; a failure is tried again. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | null = null;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** Where tools may work, and what they never delete: what the user and this server live in. */
function workspaceOptionsOf({ place, host }: Door, { workspace, safety }: Config): WorkspaceOptions {
  const { homeDir, sources, stateFolder } = place;
  const { projectDir } = sources;
  const tempDir = tmpdir();
  return {
    roots: workspacePlacesOf(workspace, { projectDir, homeDir, tempDir }).roots,
    kept: [homeDir, projectDir, `${projectDir}/.maitred`, stateFolder.dir, host.cwd(), tempDir],
    marker: safety.reset_guard_marker,
  };
}

const toolSettingsOf = ({
  test_check,
  classify_fix,
  reset_workspace,
  safety,
  read_db,
  github: { token, ...github },
}: Config): ToolSettings => ({ test_check, classify_fix, reset_workspace, safety, read_db, github });
