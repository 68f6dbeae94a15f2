import { resolve } from 'node:path';
import { type Fault, toFault } from '../domain/app-error.ts';
import type { ConfigSources } from '../domain/early-settings.ts';
import { hashText } from '../domain/hash-text.ts';
import { noServeFlags, type ServeFlags } from '../domain/serve-flags.ts';
import { type StateFolder, stateDirFrom, stateFolderAt, usualStateDir } from '../domain/state-folder.ts';
import { configSourcesOf, projectDirFrom } from '../services/config/config-sources.ts';
import type { NodeProcess } from './node-process.ts';
import { workingFolderOf } from './working-folder.ts';

/** Where a server works, and what its command line asked for. */
export interface Place {
  /** Where the process was started; the root where that folder is gone. */
  readonly workingDir: string;
  readonly projectDir: string;
  readonly homeDir: string;
  readonly stateFolder: StateFolder;
  readonly sources: ConfigSources;
  /** The cache of this project's early settings. */
  readonly earlySettingsFile: string;
  /** Whether the kitchen is open from the start. */
  readonly isKitchenOpen: boolean;
  /** Whether the charts are recorded from the start. */
  readonly isInspected: boolean;
  /** Where answered calls are written, as it was given; null: nowhere. */
  readonly callLogFile: string | null;
  /** The options that record or replay a scenario, as they were given. */
  readonly scenarioFlags: ServeFlags['scenario'];
  /** What is wrong with the command line, the working folder, the project or the state folder. */
  readonly fault: Fault | null;
}

/** @param readFlags reads the command line */
export function findPlace(
  nodeProcess: Pick<NodeProcess, 'env' | 'cwd'>,
  readFlags: () => ServeFlags,
  homeDir: string,
): Place {
  const { env } = nodeProcess;
  const faults: Fault[] = [];
  const orElse = <Value>(read: () => Value, fallback: Value): Value => {
    try {
      return read();
    } catch (problem) {
      faults.push(toFault(problem));
      return fallback;
    }
  };
  const stateDir = orElse(() => stateDirFrom(env, homeDir), usualStateDir(env, homeDir));
  const flags = orElse(readFlags, noServeFlags);
  const workingDir = orElse(() => workingFolderOf(nodeProcess), '/');
  const projectDir = orElse(() => projectDirFrom(workingDir, flags.projectDir), '/');
  const stateFolder = stateFolderAt(resolve(stateDir));
  return {
    workingDir,
    projectDir,
    homeDir,
    stateFolder,
    earlySettingsFile: `${stateFolder.earlySettingsDir}/${hashText(projectDir)}.json`,
    isKitchenOpen: flags.isKitchenOpen,
    isInspected: flags.isInspected,
    callLogFile: flags.callLogFile,
    scenarioFlags: flags.scenario,
    fault: faults[0] ?? null,
    sources: configSourcesOf({ projectDir, homeDir, env, flags: flags.flags }),
  };
}
