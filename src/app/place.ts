import { resolve } from 'node:path';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { ConfigSources, FlagValues } from '../domain/early-settings.ts';
import { hashText } from '../domain/hash-text.ts';
import type { ServeFlags } from '../domain/serve-flags.ts';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import type { NodeProcess } from './node-process.ts';
import { workingFolderOf } from './working-folder.ts';

/** Where a server works, and what its command line asked for. */
export interface Place {
  readonly projectDir: string;
  readonly homeDir: string;
  readonly stateFolder: StateFolder;
  readonly sources: ConfigSources;
  /** The cache of this project's early settings. */
  readonly earlySettingsFile: string;
  /** Whether the charts are recorded from the start. */
  readonly isInspected: boolean;
  /** What is wrong with the command line, or with the working folder. */
  readonly fault: Fault | null;
}

/** @param readFlags reads the command line */
export function findPlace(
  nodeProcess: Pick<NodeProcess, 'env' | 'cwd'>,
  readFlags: () => ServeFlags,
  homeDir: string,
): Place {
  const { env } = nodeProcess;
  let flags: FlagValues = {};
  let projectDir: string | null = null;
  let isInspected = false;
  let cwd = '/';
  let fault: Fault | null = null;
  try {
    ({ flags, projectDir, isInspected } = readFlags());
    cwd = workingFolderOf(nodeProcess);
  } catch (problem) {
    fault = toFault(problem);
  }
  const project = projectDir === null ? findProject(cwd) : resolve(cwd, projectDir);
  const stateFolder = stateFolderAt(resolve(cwd, stateDirFrom(env, homeDir)));
  return {
    projectDir: project,
    homeDir,
    stateFolder,
    earlySettingsFile: `${stateFolder.earlySettingsDir}/${hashText(project)}.json`,
    isInspected,
    fault,
    sources: configSourcesOf({ projectDir: project, homeDir, env, flags }),
  };
}
