import { runCli } from '../cli/program.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import { loadChunk } from './load-part.ts';
import type { ProgramFiles } from './program-files.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { watchOutputs } from './watch-outputs.ts';
import { workingFolderOf } from './working-folder.ts';

/** Everything but the server itself: what people ask on a terminal. */
export function runCommandLine(host: Host, homeDir: string, files: ProgramFiles): Promise<void> {
  refuseDebugger(host);
  return runCli({
    argv: host.argv.slice(2),
    env: host.env,
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    version: build.version,
    platform: host.platform,
    homeDir,
    nodeFile: host.execPath,
    programDir: files.dir,
    cwd: () => workingFolderOf(host),
    exit: watchOutputs(host),
    openInspector: (request) =>
      loadChunk<typeof import('./inspector.ts')>(files, 'inspector').openInspector(host, files.dir, request),
    serve: () => undefined,
  });
}
