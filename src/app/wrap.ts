import { writeSync } from 'node:fs';
import { AppError, errorKinds, toFault } from '../domain/app-error.ts';
import { defaultEarlySettings } from '../domain/early-settings.ts';
import { parseWrapFlags } from '../domain/wrap-flags.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { runHost } from './run-host.ts';
import { createServerContext, type ServerStart } from './server-context.ts';
import { describeWrapHost } from './wrap-host.ts';

export { build } from './build.ts';

const stderrFd = 2;

export interface WrapInput extends Omit<ServerStart, 'readFlags' | 'settings'> {
  /** The arguments after `wrap`. */
  readonly args: readonly string[];
}

/** `maitred wrap`: answers for a command at once, and starts it afterwards. It reads no configuration: its options say everything. */
export function wrap({ args, ...start }: WrapInput): void {
  const { nodeProcess } = start;
  try {
    if (nodeProcess.platform === 'win32')
      throw new AppError('unavailable', 'wrap runs on Linux and macOS; on Windows, run it in WSL.');
    refuseDebugger(nodeProcess);
    const flags = parseWrapFlags(args);
    const { isInspected, logLevel } = flags;
    const context = createServerContext({
      ...start,
      readFlags: () => ({ flags: {}, projectDir: null, isInspected }),
      settings: { ...defaultEarlySettings, logLevel: logLevel ?? defaultEarlySettings.logLevel },
    });
    runHost(context, (host) => describeWrapHost(host, flags));
  } catch (problem) {
    const { code, message } = toFault(problem);
    writeSync(stderrFd, `maitred: ${message}\n`);
    nodeProcess.exit(errorKinds[code].exitCode);
  }
}
