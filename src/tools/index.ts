import type { ToolSettings } from '../domain/config.schema.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Audit } from '../services/state/audit/audit.ts';
import type { TimingLog } from '../services/state/timing-log.ts';
import type { Tool } from './define-tool.ts';
import type { ExecutionServices } from './execution/family.ts';
import { runCmd } from './execution/run-cmd.ts';
import { closeKitchen } from './kitchen/close-kitchen.ts';
import type { KitchenServices } from './kitchen/family.ts';
import { kitchenStatus } from './kitchen/kitchen-status.ts';
import { openKitchen } from './kitchen/open-kitchen.ts';
import { getPipelineReport } from './telemetry/get-pipeline-report.ts';
import { getTimingSummary } from './telemetry/get-timing-summary.ts';
import { type ReadDbServices, readDb } from './telemetry/read-db.ts';
import { classifyFix } from './workspace/classify-fix.ts';
import type { WorkspaceServices } from './workspace/family.ts';
import { resetTestDir } from './workspace/reset-test-dir.ts';
import { resetWorkspace } from './workspace/reset-workspace.ts';
import { testCheck } from './workspace/test-check.ts';

/** Everything that some tool uses. */
export interface ToolServices extends KitchenServices, ExecutionServices, WorkspaceServices, ReadDbServices {
  readonly audit: Audit;
  readonly settings: ToolSettings;
  /** Takes secrets out of what is said in errors: what a program has written may hold one. */
  readonly redact: Redactor;
  readonly timing: TimingLog;
}

export type AnyTool = Tool<ToolServices>;

/** In reading order, which is the order of tools/list and of the docs. */
export const tools: readonly AnyTool[] = [
  openKitchen,
  closeKitchen,
  kitchenStatus,
  runCmd,
  testCheck,
  resetTestDir,
  classifyFix,
  resetWorkspace,
  readDb,
  getPipelineReport,
  getTimingSummary,
];
