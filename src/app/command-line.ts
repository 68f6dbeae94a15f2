import type { CliHost, RunWatcher } from '../cli/cli-host.ts';
import { runCli } from '../cli/program.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { hasMarkedAncestor } from '../services/platform/process/marked-ancestor.ts';
import { runOnTerminal } from '../services/platform/process/run-on-terminal.ts';
import { build } from './build.ts';
import { detachedRunIn, startDetachedRun } from './detached-run.ts';
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
  const setExitCode = watchOutputs(nodeProcess);
  const inBackground = detachedRunIn(nodeProcess);
  let hasRun = false;
  const runRecipe: CliHost['runRecipe'] = (request, watcher) => {
    hasRun = true;
    const start = { nodeProcess, files, homeDir };
    const run = (watcher: RunWatcher) =>
      files.load<typeof import('./order.ts')>('order').runRecipe(start, request, watcher);
    return (inBackground?.(run) ?? run)(watcher);
  };
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
    isDetached: inBackground !== null,
    whenAskedToEnd: () => whenAskedToEnd(nodeProcess),
    exit(code) {
      setExitCode(code);
      // Work that ignored the end of its host ends with the process.
      if (hasRun) nodeProcess.stdout.write('', () => nodeProcess.exit());
    },
    redactor: () => redactorFor({ nodeProcess, secrets: new Set() }),
    runOnTerminal,
    runRecipe,
    startDetached: (args) => startDetachedRun(nodeProcess, { homeDir, programDir: files.dir }, args),
    openInspector: (request) =>
      files.load<typeof import('./inspector.ts')>('inspector').openInspector(nodeProcess, files.dir, request),
  });
}
