import * as z from 'zod';
import { answerBudgetBytes } from '../../domain/answer-budget.ts';
import { countText } from '../../domain/count-text.ts';
import { mostSeconds } from '../../domain/duration-bounds.ts';
import { textWithoutNul } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import { callAgain, offsetArgument, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

/** For everything in an answer but the names of the columns and the rows. */
const reservedBytes = 1_024;

export const readDb = defineTool({
  name: 'read_db',
  title: 'Read a database',
  description: `Runs one read-only query on an SQLite file and returns the rows. It never writes, and it sees one consistent state even while another program writes. Use it to inspect application data or test results. INSERT, UPDATE, DDL, PRAGMA and ATTACH are refused; for those, and for other database systems, use run_cmd. Long results come in parts, see left_out: aggregate, or use LIMIT.
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
    limit: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe(
        'How many rows to return at most; 0 means read_db.max_rows of the configuration, which is also the most.',
      ),
    offset: offsetArgument.describe(
      'How many rows to skip: next_offset of the answer before, to get what it left out. The query runs again: give it an ORDER BY.',
    ),
  }),
  output: () =>
    z.object({
      column_names: z.array(z.string()).describe('Unique: the second of two columns named a is a_2.'),
      rows: z
        .array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
        .describe(
          'At most read_db.max_rows rows, and as many as fit into 48 KiB; long values of a row that does not fit alone are shortened, each with a mark. Blobs are base64. Integers beyond 2^53 and infinite numbers are strings.',
        ),
      row_count: z.number().int().describe('Number of rows returned.'),
      truncated: z.boolean().describe('Whether the query has more rows than are returned.'),
      ...restFields(),
    }),
  async handler(
    { db_path: path, query, params, timeout, limit, offset },
    { databases, settings, workspace }: Pick<ToolServices, 'databases' | 'settings' | 'workspace'>,
    { signal, report },
  ) {
    const limits = settings.read_db;
    const { columnNames, rows, truncated, shortenedValues } = await databases.read(
      {
        path: workspace.file(path, 'db_path'),
        query,
        params,
        offset,
        maxRows: Math.min(limit || limits.max_rows, limits.max_rows),
        maxBytes: answerBudgetBytes - reservedBytes,
        timeLimitMs: (timeout || limits.timeout) * 1_000,
      },
      { signal, onProgress: (elapsedMs) => report(`reading for ${Math.round(elapsedMs / 1_000)} s`) },
    );
    const nextOffset = truncated ? offset + rows.length : null;
    const notes = [
      nextOffset === null ? null : callAgain('at least 1 row', nextOffset),
      shortenedValues === 0
        ? null
        : `Shortened: ${countText(shortenedValues, 'value')}. Use substr to select a part of a value.`,
    ].filter((note) => note !== null);
    return {
      column_names: [...columnNames],
      rows: [...rows],
      row_count: rows.length,
      truncated,
      next_offset: nextOffset,
      left_out: notes.length === 0 ? null : notes.join(' '),
    };
  },
});
