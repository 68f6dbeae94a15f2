import type { ToolSettings } from '../domain/config.schema.ts';
import type { KitchenGate } from '../domain/kitchen-gate.ts';
import type { Redactor } from '../domain/redact.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import type { AgentSessions } from '../runners/agent-sessions.ts';
import type { BackgroundJobs } from '../runners/background-jobs.ts';
import type { RecipeRuns } from '../runners/recipe-runs.ts';
import type { Databases } from '../services/database/databases.ts';
import type { Git } from '../services/git/git.ts';
import type { GitHubToken } from '../services/github/github-token.ts';
import type { Journals } from '../services/journal/journals.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import type { ReadOutput } from '../services/platform/process/read-output.ts';
import type { Recipes } from '../services/recipes/recipes.ts';
import type { Skills } from '../services/skills/skills.ts';
import type { StepSessions } from '../services/state/agent-sessions/step-sessions.ts';
import type { Audit } from '../services/state/audit/audit.ts';
import type { QuotaEvents } from '../services/state/quota-events.ts';
import type { ResponseLog } from '../services/state/response-log.ts';
import type { SessionTelemetry } from '../services/state/session-telemetry.ts';
import type { TimingLog } from '../services/state/timing-log.ts';
import type { EmptyFolder } from '../services/workspace/empty-folder.ts';
import type { ProjectFiles } from '../services/workspace/project-setup/project-files.ts';
import type { Workspace } from '../services/workspace/workspace.ts';
import type { ToolCategory } from './define-tool.ts';

/** What a server reports about itself. */
export interface ServerStatus {
  /** As of now. */
  read(): ServerRecord;
  readonly stateDir: string;
  /** null: there is no log file. */
  readonly logFile: string | null;
  readonly isHeadless: boolean;
  /** The version that made the plugin for Claude Code, read anew; null without a plugin. */
  pluginVersion(): string | null;
}

/** Every service that some tool uses. A handler names the ones that it uses: `Pick<ToolServices, 'audit'>`. */
export interface ToolServices {
  readonly agentSessions: AgentSessions;
  readonly audit: Audit;
  readonly background: BackgroundJobs;
  readonly databases: Databases;
  readonly emptyFolder: EmptyFolder;
  readonly gate: KitchenGate;
  readonly git: Pick<Git, 'fetchBranch' | 'changedFiles'>;
  readonly githubToken: GitHubToken;
  /** The tools that the client lists now, in the order of `tools/index.ts`. */
  listedTools(): readonly { readonly name: string; readonly category: ToolCategory }[];
  /** The journals of all recipe runs, of this server and others. */
  readonly journals: Pick<
    Journals,
    'read' | 'list' | 'ownerOf' | 'readBlob' | 'putAnswer' | 'requestCancel' | 'redeemCode'
  >;
  readonly processes: ChildProcesses;
  /** The files in a project's folder that its tools read. */
  readonly projectFiles: (projectDir: string) => ProjectFiles;
  readonly quotaEvents: Pick<QuotaEvents, 'read'>;
  readonly readOutput: ReadOutput;
  /** The recipe runs of this server. */
  readonly recipeRuns: RecipeRuns;
  readonly recipes: Recipes;
  /** Removes secrets from error texts: the output of a program may contain one. */
  readonly redact: Redactor;
  /** How much the tools have answered. */
  readonly responses: ResponseLog;
  readonly settings: ToolSettings;
  readonly skills: Pick<Skills, 'resolve' | 'checkGate' | 'prepare'>;
  readonly status: ServerStatus;
  readonly stepSessions: StepSessions;
  /** What the steps of recipes took. */
  readonly telemetry: SessionTelemetry;
  /** The calls of this server. */
  readonly timing: TimingLog;
  readonly workspace: Workspace;
  /**
   * Replaces a file as a whole, synced; with the permissions of a new file.
   * @throws AppError `unavailable`, naming the path; the old file is unchanged
   */
  writeTextFile(path: string, text: string): Promise<void>;
}
