import { AppError, errorKinds, toFault } from '../domain/app-error.ts';
import { parseServeFlags } from '../domain/serve-flags.ts';
import { parseHandshake } from '../front/handshake.ts';
import { build } from './build.ts';

import { type ProgramFiles, refuseServeFlagWith, upgradedTo } from './program-files.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { runHost } from './run-host.ts';
import { createServerContext, type ServerStart } from './server-context.ts';
import { writeLastProblem } from './stderr.ts';
import { describeStdioHost, type ServerHandshake } from './stdio-host.ts';

export { build } from './build.ts';

/** What `main` hands down. */
export interface ServeInput extends Omit<ServerStart, 'readFlags'> {
  /** The arguments after `serve`. */
  readonly args: readonly string[];
}

/** `maitred serve`: opens the transport at once, and lives until the end of the life cycle. */
export function serve({ args, ...start }: ServeInput): void {
  const { nodeProcess, files } = start;
  try {
    if (nodeProcess.platform === 'win32')
      throw new AppError('unavailable', 'serve runs on Linux and macOS; on Windows, run it in WSL.');
    refuseDebugger(nodeProcess);
    const handshake = readHandshake(files);
    runHost(
      createServerContext({ ...start, readFlags: () => parseServeFlags(args, refuseServeFlagWith(files)) }),
      (host) => describeStdioHost(host, handshake),
    );
  } catch (problem) {
    const { code, message } = toFault(problem);
    writeLastProblem(message);
    nodeProcess.exit(errorKinds[code].exitCode);
  }
}

function readHandshake(files: ProgramFiles): ServerHandshake {
  let handshake: ServerHandshake | null;
  try {
    handshake = parseHandshake(files.read('handshake'), build.id);
  } catch (cause) {
    throw new AppError('unavailable', `${files.dir}/handshake cannot be read: install maitred again.`, { cause });
  }
  if (handshake === null) throw upgradedTo('another version');
  return handshake;
}
