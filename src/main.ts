#!/usr/bin/env node
import { openDoor } from './app/open.ts';

const [command, ...args] = process.argv.slice(2);
const asksForHelp = args.includes('--help') || args.includes('-h');

// Without a command: on a terminal a person looks around, on a pipe a client has come.
if ((command === 'serve' && !asksForHelp) || (command === undefined && !process.stdin.isTTY)) openDoor(process, args);
else
  void import('./app/command-line.ts')
    .then(({ runCommandLine }) => runCommandLine(process))
    .catch((problem) => {
      process.stderr.write(`maitred: ${problem instanceof Error ? problem.message : String(problem)}\n`);
      process.exitCode = 70;
    });
