import * as z from 'zod';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';
import { callerOf, hasEnded, readReport, runId, runStates } from './run-fields.ts';

type Services = Pick<ToolServices, 'journals' | 'recipeRuns' | 'status'>;

export const cancelRun = defineTool({
  name: 'cancel_run',
  title: 'Cancel a run',
  description: `Ends a recipe run in order: the step in work is ended, and no other begins. What its steps have done stays. Use it when the person no longer wants the run; to wait for a run use run_status. It cannot be undone.
Example: {"run_id": "20261201-1200-demo-a1b2"}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: false,
  input: z.object({ run_id: runId }),
  output: () =>
    z.object({
      success: z.literal(true),
      run_id: z.string(),
      state: z.enum(runStates).describe('Before the run was asked to end; an ended run stays as it is.'),
      next: z.string().describe('What happens next.'),
    }),
  async handler({ run_id: id }, services: Services) {
    const { journals, recipeRuns, status } = services;
    refuseHeadless(status, 'cancel_run');
    const report = await readReport(services, id);
    const answer = (next: string) => ({ success: true as const, run_id: id, state: report.state, next });
    if (hasEnded(report)) return answer(report.next);
    const run = recipeRuns.find(id);
    if (run === null) await journals.requestCancel(id, callerOf(status));
    else run.cancel(callerOf(status));
    if (run === null && report.owner === null)
      return answer(`No process works on it, so it is cancelled when a person runs maitred runs cancel ${id}.`);
    return answer(`It is ending: run_status with {"run_id": "${id}", "wait_s": 30} says when it has ended.`);
  },
});
