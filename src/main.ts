#!/usr/bin/env node
import { chooseStateDir } from './app/choose-state-dir.ts';
import { createProgramFiles } from './app/program-files.ts';
import { refuseOldNode } from './app/refuse-old-node.ts';
import { errorKinds, isAppError } from './domain/app-error.ts';

const { argv, env } = process;
const [command, ...args] = argv.slice(2);
/** What follows `--` is another command. */
const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
const asksForHelp = ownArgs.includes('--help') || ownArgs.includes('-h');
const homeDir = env.HOME || lookUpHome();
const stateDir = chooseStateDir(process, homeDir);
const files = createProgramFiles(__dirname, `${stateDir}/code`, process);

try {
  refuseOldNode(process);
  start();
} catch (thrown) {
  if (!isAppError(thrown)) throw thrown;
  process.stderr.write(`maitred: ${thrown.message}\n`);
  process.exitCode = errorKinds[thrown.code].exitCode;
}

/** Without a command: help on a terminal; on a pipe, a client has started the program. */
function start(): void {
  if (command === 'wrap' && !asksForHelp) {
    files.load<typeof import('./app/wrap.ts')>('wrap').wrap({ nodeProcess: process, files, homeDir, args });
  } else if ((command === 'serve' && !asksForHelp) || (command === undefined && !process.stdin.isTTY)) {
    files.load<typeof import('./app/open.ts')>('open').serve({ nodeProcess: process, files, homeDir, args });
  } else {
    const { runCommandLine } = files.load<typeof import('./app/command-line.ts')>('command-line');
    void runCommandLine(process, homeDir, files).then(() => files.keepCompiledCode('existing'));
  }
}

/** node:os is loaded only where it is needed: it costs the first list a third of a millisecond. */
function lookUpHome(): string {
  try {
    return (require('node:os') as typeof import('node:os')).userInfo().homedir;
  } catch {
    // A user unknown to the system has no home: paths in it start at the root.
    return '';
  }
}
