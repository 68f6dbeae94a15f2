import type { CliHost } from '../../src/cli/cli-host.ts';
import { runCli } from '../../src/cli/program.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

export interface CliRun {
  readonly out: string;
  readonly err: string;
  /** In order; a correct program ends once. */
  readonly exits: readonly number[];
}

/** Runs the command line in a world of its own, without a terminal. */
export async function runProgram(argv: readonly string[], host: Partial<CliHost> = {}, isTTY = false): Promise<CliRun> {
  let out = '';
  let err = '';
  const exits: number[] = [];
  await runCli({
    argv,
    env: {},
    stdout: {
      write: (text) => {
        out += text;
      },
      isTTY,
      columns: 100,
    },
    stderr: {
      write: (text) => {
        err += text;
      },
      isTTY,
      columns: 100,
    },
    version: '1.2.3',
    platform: process.platform,
    stdin: process.stdin,
    homeDir: tempFolder(),
    nodeFile: process.execPath,
    programDir: 'dist',
    cwd: () => '/',
    isStartedByServer: () => false,
    isDetached: false,
    whenAskedToEnd: () => new Promise(() => undefined),
    exit: (code) => exits.push(code),
    redactor: () => createRedactor([]),
    openInspector: () => {
      throw new Error('nobody asked for the inspector');
    },
    runOnTerminal: () => {
      throw new Error('nobody asked for a program');
    },
    runRecipe: () => {
      throw new Error('nobody asked for a run');
    },
    startDetached: () => {
      throw new Error('nobody asked for a run');
    },
    ...host,
  });
  return { out, err, exits };
}
