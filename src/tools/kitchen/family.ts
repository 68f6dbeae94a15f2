import type { ToolSettings } from '../../domain/config.schema.ts';
import type { KitchenGate } from '../../domain/kitchen-gate.ts';
import type { ServerStatus } from '../../domain/server-status.ts';
import type { BackgroundJobs } from '../../runners/background-jobs.ts';
import type { GitHubToken } from '../../services/github/github-token.ts';
import { toolFamily } from '../define-tool.ts';

export interface KitchenServices {
  readonly gate: KitchenGate;
  readonly status: ServerStatus;
  readonly background: BackgroundJobs;
  readonly githubToken: GitHubToken;
  readonly settings: Pick<ToolSettings, 'github'>;
}

export const defineKitchenTool = toolFamily<KitchenServices>();
