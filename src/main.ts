#!/usr/bin/env node
import { createProgramFiles } from './app/program-files.ts';
import { stateDirFrom } from './domain/state-folder.ts';

const { argv, env } = process;
const [command, ...args] = argv.slice(2);
const asksForHelp = args.includes('--help') || args.includes('-h');
// node:os is loaded only where it is needed: it costs the first list a third of a millisecond.
const homeDir = env.HOME || (require('node:os') as typeof import('node:os')).homedir();
const files = createProgramFiles(__dirname, `${stateDirFrom(env, homeDir)}/code`, process);

// Without a command: on a terminal a person looks around, on a pipe a client has come.
if ((command === 'serve' && !asksForHelp) || (command === undefined && !process.stdin.isTTY)) {
  const { openDoor } = files.load('open') as typeof import('./app/open.ts');
  openDoor({ host: process, files, homeDir, args });
} else {
  const { runCommandLine } = files.load('command-line') as typeof import('./app/command-line.ts');
  void runCommandLine(process, homeDir, __dirname).then(() => files.keepCompiledCode('existing'));
}
