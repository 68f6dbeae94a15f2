import { runCli } from '../cli/program.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import { watchOutputs } from './watch-outputs.ts';
import { workingFolderOf } from './working-folder.ts';

/** Everything but the server itself: what people ask on a terminal. */
export function runCommandLine(host: Host, homeDir: string, programDir: string): Promise<void> {
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
    programDir,
    cwd: () => workingFolderOf(host),
    exit: watchOutputs(host),
    serve: () => undefined,
  });
}
