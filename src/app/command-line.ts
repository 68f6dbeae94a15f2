import { runCli } from '../cli/program.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { hasMarkedAncestor } from '../services/platform/process/marked-ancestor.ts';
import { build } from './build.ts';
import type { NodeProcess } from './node-process.ts';
import type { ProgramFiles } from './program-files.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { redactorFor } from './secrets.ts';
import { watchOutputs } from './watch-outputs.ts';
import { whenAskedToEnd } from './when-asked-to-end.ts';
import { workingFolderOf } from './working-folder.ts';

export { build } from './build.ts';

/** What people type: everything but the server itself. */
export function runCommandLine(nodeProcess: NodeProcess, homeDir: string, files: ProgramFiles): Promise<void> {
  refuseDebugger(nodeProcess);
  return runCli({
    argv: nodeProcess.argv.slice(2),
    env: nodeProcess.env,
    stdin: nodeProcess.stdin,
    stdout: nodeProcess.stdout,
    stderr: nodeProcess.stderr,
    version: build.version,
    platform: nodeProcess.platform,
    homeDir,
    nodeFile: nodeProcess.execPath,
    programDir: files.dir,
    cwd: () => workingFolderOf(nodeProcess),
    isStartedByServer: () => hasMarkedAncestor(nodeProcess.ppid, createProcessTable()),
    whenAskedToEnd: () => whenAskedToEnd(nodeProcess),
    exit: watchOutputs(nodeProcess),
    redactor: () => redactorFor({ nodeProcess, secrets: new Set() }),
    openInspector: (request) =>
      files.load<typeof import('./inspector.ts')>('inspector').openInspector(nodeProcess, files.dir, request),
  });
}
