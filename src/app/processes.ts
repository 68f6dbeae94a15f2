import { toFault } from '../domain/app-error.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { createGuardian } from '../services/platform/process/guardian.ts';
import { createChildProcesses } from './child-processes.ts';
import type { Door } from './door.ts';
import { followRoot } from './follow-root.ts';

export { build } from './build.ts';

/** Makes the service that runs programs and gives it to the door, so that every exit ends them. */
export function createServerProcesses(door: Door): ChildProcesses {
  const { host, files, place, serverId } = door;
  const processes = createChildProcesses({
    serverId,
    env: host.env,
    outputDir: place.stateFolder.outputDir,
    table: createProcessTable(),
    guardian: createGuardian({
      program: `${files.dir}/guardian.js`,
      serverId,
      onLost: (problem) => door.tell({ type: 'DEGRADED', what: 'the guardian', cause: toFault(problem).message }),
    }),
    graceMs: () => door.childGraceMs,
    recordServer: () => door.recordServer(),
    onPrograms: () => door.announce('calls'),
    follow: (name, actor) => followRoot(door, 'processes', name, actor),
  });
  door.children = processes;
  return processes;
}
