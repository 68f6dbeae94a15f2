import * as z from 'zod';
import { type RunReport, type RunSummary, reportOf } from '../../domain/recipe-run/run-report.ts';
import type { ToolServices } from '../tool-services.ts';

export const runId = z.string().min(1).describe('A run_id of start_run or list_runs.');

export const runStates = [
  'running',
  'waiting',
  'interrupted',
  'damaged',
  'succeeded',
  'failed',
  'stopped',
  'cancelled',
  'budget_exhausted',
] as const satisfies readonly RunSummary['state'][];

export const summaryFields = () => ({
  run_id: z.string(),
  recipe: z.string().describe('Empty if the run is damaged.'),
  state: z.enum(runStates).describe('waiting: for a person. interrupted: not ended, and no process works on it.'),
  owner: z.string().nullable().describe('The server that works on it; null if none does.'),
  started_at: z.string().nullable().describe('ISO 8601; null if the run is damaged.'),
  last_at: z.string().nullable().describe('When its last record was written.'),
  next: z.string().describe('What must happen next.'),
});

/** Who calls, for people and for the journal. */
export const callerOf = ({ read }: Pick<ToolServices['status'], 'read'>): string =>
  read().clientName ?? 'an MCP client';

/** @throws AppError as `Journals.read` */
export async function readReport({ journals }: Pick<ToolServices, 'journals'>, id: string): Promise<RunReport> {
  // First, so that a run that ends meanwhile has ended, and is not interrupted.
  const owner = journals.ownerOf(id);
  const { records, state } = await journals.read(id);
  return reportOf(records.at(-1) ?? state.started, state, owner);
}

export function hasEnded({ state }: Pick<RunReport, 'state'>): boolean {
  return state !== 'running' && state !== 'waiting' && state !== 'interrupted';
}
