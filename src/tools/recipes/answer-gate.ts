import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { type GateAnswer, gateDecisions } from '../../domain/recipe-run/journal-record.ts';
import type { RunReport } from '../../domain/recipe-run/run-report.ts';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';
import { callerOf, hasEnded, readReport, runId } from './run-fields.ts';

type Services = Pick<ToolServices, 'journals' | 'recipeRuns' | 'status'>;

const decisions = [...gateDecisions.approval, ...gateDecisions.outcome] as const;

export const answerGate = defineTool({
  name: 'answer_gate',
  title: 'Answer a gate',
  description: `Passes on what a person has decided about a run that waits for them. Use it only with a code that the person gives you: maitred runs show RUN shows it, on a terminal only, and it counts once. Never decide in the place of a person. Without a code, ask them to run maitred runs approve or reject.
Example: {"run_id": "20261201-1200-demo-a1b2", "step": "approve", "decision": "approve", "code": "K7QM-2XPD"}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: true,
  input: z.object({
    run_id: runId,
    step: z.string().min(1).describe('The step that waits.'),
    decision: z.enum(decisions).describe('approve or reject; done or again, where it asks what came of the step.'),
    code: z.string().default('').describe('From the person.'),
  }),
  output: () =>
    z.object({
      success: z.literal(true),
      run_id: z.string(),
      step: z.string(),
      decision: z.enum(decisions),
      next: z.string().describe('What happens next.'),
    }),
  async handler({ run_id: id, step, decision, code }, services: Services) {
    const { journals, recipeRuns, status } = services;
    refuseHeadless(status, 'answer_gate');
    const report = await readReport(services, id);
    const gate = openGateOf(report, step);
    const allowed: readonly string[] = gateDecisions[gate.asks];
    if (!allowed.includes(decision))
      throw new AppError(
        'invalid_input',
        `The step ${step} asks for ${allowed.join(' or ')}, and decision is ${decision}.`,
      );
    const how = `Ask a person to run maitred runs show ${id} on a terminal, which shows a code, and to give it to you.`;
    if (code.trim() === '') throw new AppError('forbidden', `The decision is a person's, so code is needed. ${how}`);
    if (!(await journals.redeemCode(id, gate.gate, code.trim())))
      throw new AppError('forbidden', `The code is not that of this gate, or was used before. ${how}`);
    const answer: GateAnswer = {
      gate: gate.gate,
      decision,
      who: callerOf(status),
      how: 'answer_gate',
      answeredAt: new Date().toISOString(),
      shownHash: gate.shownHash,
    };
    const run = recipeRuns.find(id);
    await (run === null ? journals.putAnswer(id, answer) : run.answer(answer));
    const next =
      run === null && report.owner === null
        ? `The answer is kept. No process works on the run: a person goes on with maitred runs resume ${id}.`
        : `The run goes on: call run_status with {"run_id": "${id}", "wait_s": 60}.`;
    return { success: true as const, run_id: id, step, decision, next };
  },
});

/** @throws AppError `conflict` where this step does not wait for a person */
function openGateOf(report: RunReport, step: string): NonNullable<RunReport['gate']> {
  const { runId: id, gate, state, reason, next } = report;
  if (hasEnded(report)) throw new AppError('conflict', `The run ${id} has ended as ${state}: ${reason ?? next}`);
  if (gate === null) throw new AppError('conflict', `The run ${id} is ${state}, and waits for nobody. ${next}`);
  if (gate.step !== step)
    throw new AppError('conflict', `The run ${id} waits at the step ${gate.step}, and not at ${step}: name that one.`);
  return gate;
}
