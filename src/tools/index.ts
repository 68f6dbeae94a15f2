import type { Tool } from './define-tool.ts';
import { runCmd } from './execution/run-cmd.ts';
import { runPython } from './execution/run-python.ts';
import { runSkill } from './execution/run-skill.ts';
import { closeKitchen } from './kitchen/close-kitchen.ts';
import { kitchenStatus } from './kitchen/kitchen-status.ts';
import { openKitchen } from './kitchen/open-kitchen.ts';
import { answerGate } from './recipes/answer-gate.ts';
import { cancelRun } from './recipes/cancel-run.ts';
import { listRecipes } from './recipes/list-recipes.ts';
import { listRuns } from './recipes/list-runs.ts';
import { loadRecipe } from './recipes/load-recipe.ts';
import { runStatus } from './recipes/run-status.ts';
import { startRun } from './recipes/start-run.ts';
import { validateRecipe } from './recipes/validate-recipe.ts';
import { getPipelineReport } from './telemetry/get-pipeline-report.ts';
import { getQuotaEvents } from './telemetry/get-quota-events.ts';
import { getTimingSummary } from './telemetry/get-timing-summary.ts';
import { getTokenSummary } from './telemetry/get-token-summary.ts';
import { readDb } from './telemetry/read-db.ts';
import { writeTelemetryFiles } from './telemetry/write-telemetry-files.ts';
import type { ToolServices } from './tool-services.ts';
import { classifyFix } from './workspace/classify-fix.ts';
import { resetTestDir } from './workspace/reset-test-dir.ts';
import { resetWorkspace } from './workspace/reset-workspace.ts';
import { testCheck } from './workspace/test-check.ts';

export type AnyTool = Tool<ToolServices>;

/** The one list of tools: the order of `tools/list`, of the docs, and of the categories in the answer of `open_kitchen`. */
export const tools: readonly AnyTool[] = [
  openKitchen,
  closeKitchen,
  kitchenStatus,
  runCmd,
  runSkill,
  runPython,
  testCheck,
  resetTestDir,
  classifyFix,
  resetWorkspace,
  listRecipes,
  loadRecipe,
  validateRecipe,
  startRun,
  runStatus,
  answerGate,
  cancelRun,
  listRuns,
  readDb,
  getPipelineReport,
  getTokenSummary,
  getTimingSummary,
  getQuotaEvents,
  writeTelemetryFiles,
];
