import * as z from 'zod';
import { fitAnswer } from '../../domain/answer-budget.ts';
import type { LiveRun, RunProgress } from '../../domain/recipe-run/live-run.ts';
import { type RunReport, summaryJson } from '../../domain/recipe-run/run-report.ts';
import { startTimer } from '../../domain/timers.ts';
import { type CallScope, defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { hasEnded, readReport, runId, summaryFields } from './run-fields.ts';

type Services = Pick<ToolServices, 'journals' | 'recipeRuns'>;

/** How often the client gets progress, and how often the journal of a run is read that another server works on. */
const lookEveryMs = 1_000;

export const runStatus = defineTool({
  name: 'run_status',
  title: 'Status of a run',
  description: `Reports how a recipe run is: its state, its step, its cost, and what must happen next. With wait_s it waits until the state changes, such as for a person (waiting) or to an end. Use it after start_run, and again while the state is running. It works for the runs of all servers; for an overview use list_runs.
Example: {"run_id": "20261201-1200-demo-a1b2", "wait_s": 60}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    run_id: runId,
    wait_s: z.number().min(0).max(600).default(0).describe('Seconds to wait at most for another state.'),
  }),
  output: () =>
    z.object({
      ...summaryFields(),
      step: z.string().nullable().describe('The step in work, or the next one; null if there is none.'),
      working: z
        .object({
          visit: z.number().int(),
          attempt: z.number().int().describe('From 0.'),
          tool: z.string().nullable(),
          seconds: z.number().describe('How long it has been in work.'),
          text: z.string().nullable().describe('What the tool reported last.'),
        })
        .nullable()
        .describe('The step in work; null if there is none, or if another server works on it.'),
      gate: z
        .object({
          step: z.string(),
          asks: z.enum(['approval', 'outcome']).describe('approval: approve or reject. outcome: done or again.'),
          shown: z.string().nullable().describe('What a person is to be shown; null if another server works on it.'),
        })
        .nullable()
        .describe('What a person has to decide; null if nothing.'),
      paused: z.string().nullable().describe('Why the run is paused, and what to do; null if it is not.'),
      inputs: z.record(z.string(), z.unknown()),
      project: z.string(),
      budgets: z.record(z.string(), z.number()).describe('Limits of the run by usd, tokens, turns, ms, visits.'),
      spent: z.object({
        usd: z.number(),
        has_unknown_usd: z.boolean().describe('Whether a price was not known, so that usd is too low.'),
        tokens: z.number(),
        turns: z.number(),
        ms: z.number(),
      }),
      reason: z.string().nullable().describe('Why it has ended; null if it has not.'),
      output: z.record(z.string(), z.unknown()).nullable().describe('What it puts out; null for nothing.'),
    }),
  async handler({ run_id: id, wait_s: waitS }, services: Services, scope) {
    const first = await readReport(services, id);
    const run = services.recipeRuns.find(id);
    const report =
      waitS === 0 || hasEnded(first) ? first : await whenChanged(first, run, waitS * 1_000, services, scope);
    const progress = hasEnded(report) ? null : (run?.progress ?? null);
    const { step, gate, inputs, cwd, budgets, spent, reason, output } = report;
    const { hasUnknownUsd, ...used } = progress?.spent ?? spent;
    return fitAnswer({
      ...summaryJson(report),
      step: progress?.step?.name ?? step,
      working: workingOf(progress),
      gate:
        gate === null
          ? null
          : {
              step: gate.step,
              asks: gate.asks,
              shown: progress?.gate?.gate === gate.gate ? progress.gate.shown : null,
            },
      paused: progress?.pause ?? null,
      inputs: { ...inputs },
      project: cwd,
      budgets: { ...budgets },
      spent: { ...used, has_unknown_usd: hasUnknownUsd },
      reason,
      output: output === null ? null : { ...output },
    });
  },
});

function workingOf(progress: RunProgress | null) {
  if (progress?.step == null) return null;
  const { visit, attempt, tool, startedAtMs, text } = progress.step;
  return { visit, attempt, tool, seconds: Math.max(0, Date.now() - startedAtMs) / 1_000, text };
}

/** The report when another state or gate is there, or when the time is over. @throws the reason of the signal */
async function whenChanged(
  first: RunReport,
  run: LiveRun | null,
  waitMs: number,
  services: Services,
  scope: CallScope,
): Promise<RunReport> {
  const untilMs = performance.now() + waitMs;
  const before = kindOf(first);
  for (let report = first; ; ) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || kindOf(report) !== before) return report;
    await changeOf(run, Math.min(leftMs, lookEveryMs), scope.signal);
    report = run === null || liveKindOf(run.progress) !== before ? await readReport(services, first.runId) : report;
    scope.report(progressText(report, run?.progress ?? null));
  }
}

const kindOf = ({ state, gate }: { readonly state: string; readonly gate: { readonly gate: string } | null }) =>
  state === 'waiting' ? `waiting ${gate?.gate}` : state;

const liveKindOf = ({ state, gate }: RunProgress) =>
  state === 'ended' ? 'ended' : kindOf({ state: state === 'waiting' ? 'waiting' : 'running', gate });

/** Settles when a run of this server has another state or gate, or when the time is over. @throws the reason of the signal */
async function changeOf(run: LiveRun | null, waitMs: number, signal: AbortSignal): Promise<void> {
  const undo: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    const settle = () => resolve();
    const timer = startTimer(settle, waitMs);
    signal.addEventListener('abort', settle, { once: true });
    undo.push(
      () => clearTimeout(timer),
      () => signal.removeEventListener('abort', settle),
    );
    if (signal.aborted) settle();
    if (run === null) return;
    const before = liveKindOf(run.progress);
    undo.push(
      run.subscribe({
        onProgress(progress) {
          if (liveKindOf(progress) !== before) settle();
        },
      }),
    );
  });
  for (const each of undo) each();
  signal.throwIfAborted();
}

function progressText({ runId: id, state, step }: RunReport, progress: RunProgress | null): string {
  const { name, text } = progress?.step ?? { name: step, text: null };
  return [
    `The run ${id} is ${state}`,
    name === null ? '' : `, at the step ${name}`,
    text === null ? '' : `: ${text}`,
  ].join('');
}
