import * as z from 'zod';
import { mostSeconds } from '../../domain/duration-bounds.ts';
import { textWithoutNul } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

export const readDb = defineTool({
  name: 'read_db',
  title: 'Read a database',
  description: `Runs one read-only query on an SQLite file and returns the rows. It never writes, and it sees one consistent state even while another program writes. Use it to inspect application data or test results. INSERT, UPDATE, DDL, PRAGMA and ATTACH are refused; for those, and for other database systems, use run_cmd. Long results are truncated: aggregate, or use LIMIT.
Example: {"db_path": "/home/ann/shop/shop.db", "query": "SELECT name FROM item WHERE price > ?", "params": "[10]"}`,
  category: 'Telemetry & Diagnostics',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    db_path: z.string().min(1).describe('SQLite file: an absolute path within workspace.roots.'),
    query: textWithoutNul.describe('One SELECT, WITH … SELECT or VALUES statement, at most 64 KiB.'),
    params: z
      .string()
      .default('[]')
      .describe(
        'Values for ?, :name, @name and $name in the query, as JSON text: an array by position, or an object by name.',
      ),
    timeout: z
      .number()
      .min(0)
      .max(mostSeconds)
      .default(0)
      .describe('Seconds after which the query is ended; 0 means read_db.timeout of the configuration.'),
  }),
  output: z.object({
    column_names: z.array(z.string()).describe('Unique: the second of two columns named a is a_2.'),
    rows: z
      .array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
      .describe(
        'At most read_db.max_rows rows and 1 MiB. Blobs are base64. Integers beyond 2^53 and infinite numbers are strings.',
      ),
    row_count: z.number().int().describe('Number of rows returned.'),
    truncated: z.boolean().describe('Whether the query has more rows than are returned.'),
  }),
  async handler(
    { db_path: path, query, params, timeout },
    { databases, settings, workspace }: Pick<ToolServices, 'databases' | 'settings' | 'workspace'>,
    { signal, report },
  ) {
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
