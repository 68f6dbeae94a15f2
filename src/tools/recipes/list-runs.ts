import * as z from 'zod';
import { summaryJson, summaryOf, summaryOfDamaged } from '../../domain/recipe-run/run-report.ts';
import { defineTool } from '../define-tool.ts';
import { fillPage, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';
import { runStates, summaryFields } from './run-fields.ts';

export const listRuns = defineTool({
  name: 'list_runs',
  title: 'List runs',
  description: `Lists recipe runs, those of all servers, the one with the newest record first: state, owner, times, and what must happen next. Use it to find a run that waits for a person or was interrupted. For all about one run use run_status.
Example: {"state": "waiting"}`,
  category: 'Recipes',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    state: z.enum(runStates).nullable().default(null).describe('Only runs of this state.'),
    ...pageArguments,
  }),
  output: () =>
    z.object({
      runs: z.array(z.object(summaryFields())),
      total_count: z.number().int().describe('All of the state.'),
      ...restFields(),
    }),
  async handler({ state, limit, offset }, { journals }: Pick<ToolServices, 'journals'>) {
    const runs = (await journals.list())
      .map((run) => ('problem' in run ? summaryOfDamaged(run) : summaryOf(run)))
      .filter((run) => state === null || run.state === state)
      .sort((one, other) => ((one.lastAt ?? '') > (other.lastAt ?? '') ? -1 : 1));
    return fillPage({ limit, offset, length: runs.length, noun: 'run' }, ({ of, nextOffset, leftOut }) => ({
      runs: of(runs).map(summaryJson),
      total_count: runs.length,
      next_offset: nextOffset,
      left_out: leftOut,
    }));
  },
});
