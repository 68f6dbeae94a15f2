// Starts a program for each line that it reads, and answers when that has exited: child_process.spawn and nothing else.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, params } = JSON.parse(line);
  const [file, ...args] = params.command;
  spawn(file, args, { stdio: 'ignore' }).once('exit', () => process.stdout.write(`{"id":${id}}\n`));
}
