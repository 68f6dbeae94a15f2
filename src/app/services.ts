import { tmpdir } from 'node:os';
import { usualGraceMs } from '../domain/child-process.ts';
import type { Config } from '../domain/config.schema.ts';
import { farewellFor } from '../domain/ending.ts';
import { createAudit } from '../services/audit/audit.ts';
import { createKitchenGate } from '../services/kitchen-gate/kitchen-gate.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { createGuardian } from '../services/platform/process/guardian.ts';
import { createWorkspace } from '../services/workspace/workspace.ts';
import type { ToolServices } from '../tools/index.ts';
import { createChildProcesses } from './child-processes.ts';
import type { Door } from './door.ts';
import { recordServer } from './record-server.ts';

/** Builds every service, in order of need. */
export function createServices(door: Door, config: Config, onListChanged: () => void): ToolServices {
  const { host, files, place, session, serverId } = door;
  const processes = createChildProcesses({
    serverId,
    env: host.env,
    outputDir: place.stateFolder.outputDir,
    table: createProcessTable(),
    guardian: createGuardian({ program: `${files.dir}/guardian.js`, serverId }),
    graceMs: () => (door.view.end === null ? usualGraceMs : farewellFor(door.view.end.reason, 0).childGraceMs),
    recordServer: () => door.recordServer(),
    inspect: door.transitions.inspect,
  });
  door.children = processes;
  return {
    processes,
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
    },
    audit: createAudit({ stateFolder: place.stateFolder, writeFileAtomically }),
  };
}
