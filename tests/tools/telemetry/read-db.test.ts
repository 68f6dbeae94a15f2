import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import type { DatabaseAnswer, DatabaseQuery } from '../../../src/services/database/databases.ts';
import { readDb } from '../../../src/tools/telemetry/read-db.ts';
import { aScope, aWorkspace, callTool } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ read_db: { timeout: 5, max_rows: 7 } });
const args = { db_path: '/shop.db', query: 'SELECT name FROM item' };

const noRows = { columnNames: [], rows: [], truncated: false, shortenedValues: 0 };

function aDatabase(answer: DatabaseAnswer = noRows) {
  const questions: DatabaseQuery[] = [];
  const databases = {
    async read(question: DatabaseQuery, { onProgress }: { onProgress?(elapsedMs: number): void }) {
      questions.push(question);
      onProgress?.(2_400);
      return answer;
    },
  };
  return { services: { databases, settings, workspace: aWorkspace }, questions };
}

describe('read_db', () => {
  it('asks the resolved file with the configured limits, or those of the call, which cannot raise the number of rows', async () => {
    const { services, questions } = aDatabase();
    await callTool(readDb, args, services);
    await callTool(readDb, { ...args, params: '[10]', timeout: 0.5 }, services);
    await callTool(readDb, { ...args, limit: 3, offset: 20 }, services);
    await callTool(readDb, { ...args, limit: 8 }, services);
    const question = { path: '/real/shop.db', query: args.query, offset: 0, maxRows: 7, maxBytes: 47 * 1_024 };
    expect(questions).toEqual([
      { ...question, params: '[]', timeLimitMs: 5_000 },
      { ...question, params: '[10]', timeLimitMs: 500 },
      { ...question, params: '[]', timeLimitMs: 5_000, offset: 20, maxRows: 3 },
      { ...question, params: '[]', timeLimitMs: 5_000 },
    ]);
  });

  it('returns the rows, and says what is left out and how to get it', async () => {
    const rows = [{ name: 'tea' }, { name: null }];
    const { services } = aDatabase({ columnNames: ['name'], rows, truncated: true, shortenedValues: 1 });
    expect(await callTool(readDb, { ...args, offset: 5 }, services)).toEqual({
      column_names: ['name'],
      rows,
      row_count: 2,
      truncated: true,
      next_offset: 7,
      left_out:
        'Left out: at least 1 row. Call again with "offset": 7 to get the rest. Shortened: 1 value. Use substr to select a part of a value.',
    });
    expect(await callTool(readDb, args, aDatabase().services)).toMatchObject({ next_offset: null, left_out: null });
  });

  it('reports progress', async () => {
    const scope = aScope();
    await callTool(readDb, args, aDatabase().services, scope);
    expect(scope.reports).toEqual(['reading for 2 s']);
  });

  it.each([
    { query: '' },
    { query: 'SELECT 1\0' },
    { db_path: '' },
    { timeout: -1 },
    { timeout: 86_401 },
    { limit: -1 },
    { offset: 1.5 },
  ])('rejects %j', (wrong) => {
    expect(readDb.input.safeParse({ ...args, ...wrong }).success).toBe(false);
  });
});
