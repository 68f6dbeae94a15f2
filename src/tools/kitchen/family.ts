import type { ToolSettings } from '../../domain/config.schema.ts';
import type { Background } from '../../services/background/background.ts';
import type { GitHubToken } from '../../services/github/github-token.ts';
import type { KitchenGate } from '../../services/kitchen-gate/kitchen-gate.ts';
import type { ServerStatus } from '../../services/server-status/server-status.ts';
import { toolFamily } from '../define-tool.ts';

export interface KitchenServices {
  readonly gate: KitchenGate;
  readonly status: ServerStatus;
  readonly background: Background;
  readonly githubToken: GitHubToken;
  readonly settings: Pick<ToolSettings, 'github'>;
}

export const defineKitchenTool = toolFamily<KitchenServices>();
