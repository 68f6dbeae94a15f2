import type { WrittenFile } from '../../services/workspace/project-setup/write-project-files.ts';
import type { ClientEntry } from '../client-entries.ts';
import type { GivenAnswers, InitAnswers } from './init-answers.ts';

/** What `maitred init` has done. */
export interface InitOutcome {
  readonly projectDir: string;
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly pluginDir: string;
  readonly hasHooks: boolean;
  /** Paths are absolute. */
  readonly files: readonly WrittenFile[];
  readonly given: GivenAnswers;
  readonly answers: InitAnswers;
  /** The faults and warnings of the configuration, one line each. */
  readonly problems: readonly string[];
  /** Whether a shell finds the program by its name. */
  readonly isOnPath: boolean;
  /** Whether a client is installed. */
  isInstalled(client: ClientEntry): boolean;
  /** The names of the servers in the project's `.mcp.json` that are maitred too. */
  readonly projectEntries: readonly string[];
}
