import { usualGraceMs } from '../domain/child-process.ts';
import { farewellFor } from '../domain/ending.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { createGuardian } from '../services/platform/process/guardian.ts';
import { createChildProcesses } from './child-processes.ts';
import type { Door } from './door.ts';

export { build } from './build.ts';

/** The processes of this server. From now on it leaves only with them. */
export function startProcesses(door: Door): ChildProcesses {
  const { host, files, place, serverId } = door;
  const processes = createChildProcesses({
    serverId,
    env: host.env,
    outputDir: place.stateFolder.outputDir,
    table: createProcessTable(),
    guardian: createGuardian({ program: `${files.dir}/guardian.js`, serverId }),
    graceMs: () => (door.view.end === null ? usualGraceMs : farewellFor(door.view.end.reason, 0).childGraceMs),
    recordServer: () => door.recordServer(),
    follow: door.transitions.note,
  });
  door.children = processes;
  return processes;
}
