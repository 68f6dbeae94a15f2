import * as z from 'zod';
import type { ToolSettings } from '../../domain/config.schema.ts';
import type { Databases } from '../../services/database/databases.ts';
import type { Workspace } from '../../services/workspace/workspace.ts';
import { toolFamily } from '../define-tool.ts';

const longestTimeoutSeconds = 24 * 60 * 60;

export interface ReadDbServices {
  readonly databases: Databases;
  readonly workspace: Workspace;
  readonly settings: ToolSettings;
}

const defineReadingTool = toolFamily<ReadDbServices>();

export const readDb = defineReadingTool({
  name: 'read_db',
  title: 'Read a database',
  description:
    'Asks an SQLite database with one SELECT, and writes nothing. The rows are those of one moment, also while another program writes. Long answers are cut: aggregate, or use LIMIT.',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  input: z.object({
    db_path: z.string().min(1).describe('The database: the absolute path of an SQLite file in one of workspace.roots.'),
    query: z
      .string()
      .min(1)
      .refine((query) => !query.includes('\0'), 'must not hold a NUL character')
      .describe('One SELECT, WITH … SELECT or VALUES, at most 64 KiB.'),
    params: z
      .string()
      .default('[]')
      .describe(
        'Values for ?, :name, @name and $name in the query: a JSON array by position, or a JSON object by name.',
      ),
    timeout: z
      .number()
      .min(0)
      .max(longestTimeoutSeconds)
      .default(0)
      .describe('After this many seconds the query is ended; 0 is read_db.timeout of the configuration.'),
  }),
  output: z.object({
    column_names: z.array(z.string()).describe('Each once: of columns with the same name the second is a_2.'),
    rows: z
      .array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
      .describe(
        'At most read_db.max_rows, and 1 MiB. A blob is base64; a whole number beyond 2^53 and an infinite one are texts.',
      ),
    row_count: z.number().int().describe('How many rows are here.'),
    truncated: z.boolean().describe('Whether there are more.'),
  }),
  async handler({ db_path: path, query, params, timeout }, { databases, workspace, settings }, { signal, report }) {
    const limits = settings.read_db;
    const { columnNames, rows, truncated } = await databases.read(
      {
        path: workspace.file(path, 'db_path'),
        query,
        params,
        maxRows: limits.max_rows,
        timeLimitMs: (timeout || limits.timeout) * 1_000,
      },
      { signal, onProgress: (elapsedMs) => report(`reading for ${Math.round(elapsedMs / 1_000)} s`) },
    );
    return { column_names: [...columnNames], rows: [...rows], row_count: rows.length, truncated };
  },
});
