import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { CliHost } from '../../../src/cli/cli-host.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { type CliRun, runProgram } from '../run-program.ts';

export interface ConfigWorld {
  readonly homeDir: string;
  readonly projectDir: string;
  readonly userFile: string;
  readonly projectFile: string;
  readonly secretsFile: string;
  /** Runs `maitred config …` in a folder below the project. */
  config(args: readonly string[], host?: Partial<CliHost>, isTTY?: boolean): Promise<CliRun>;
}

/** A project and a home with these files. */
export function aConfigWorld(
  files: { readonly user?: string; readonly project?: string; readonly secrets?: string } = {},
): ConfigWorld {
  const dir = tempFolder();
  const [homeDir, projectDir] = [`${dir}/home`, `${dir}/project`];
  const userFile = `${homeDir}/.config/maitred/config.yaml`;
  const projectFile = `${projectDir}/.maitred/config.yaml`;
  const secretsFile = `${projectDir}/.maitred/.secrets.yaml`;
  mkdirSync(`${projectDir}/.git`, { recursive: true });
  mkdirSync(`${projectDir}/src`);
  for (const [path, text] of [
    [userFile, files.user],
    [projectFile, files.project],
    [secretsFile, files.secrets],
  ] as const) {
    if (text === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
  return {
    homeDir,
    projectDir,
    userFile,
    projectFile,
    secretsFile,
    config: (args, host = {}, isTTY = false) =>
      runProgram(['config', ...args], { homeDir, cwd: () => `${projectDir}/src`, ...host }, isTTY),
  };
}

/** What comes on stdin, to its end. */
export const typed = (text: string): CliHost['stdin'] => Readable.from([Buffer.from(text)]);
