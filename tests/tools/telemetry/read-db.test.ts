import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import type { DatabaseAnswer, DatabaseQuery } from '../../../src/services/database/databases.ts';
import { readDb } from '../../../src/tools/telemetry/read-db.ts';
import { aScope, aWorkspace, callTool } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ read_db: { timeout: 5, max_rows: 7 } });
const args = { db_path: '/shop.db', query: 'SELECT name FROM item' };

function aDatabase(answer: DatabaseAnswer = { columnNames: [], rows: [], truncated: false }) {
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
  it('asks the resolved file with the configured limits, or the time limit of the call', async () => {
    const { services, questions } = aDatabase();
    await callTool(readDb, args, services);
    await callTool(readDb, { ...args, params: '[10]', timeout: 0.5 }, services);
    const question = { path: '/real/shop.db', query: args.query, maxRows: 7 };
    expect(questions).toEqual([
      { ...question, params: '[]', timeLimitMs: 5_000 },
      { ...question, params: '[10]', timeLimitMs: 500 },
    ]);
  });

  it('returns the rows, and whether there are more', async () => {
    const rows = [{ name: 'tea' }, { name: null }];
    const { services } = aDatabase({ columnNames: ['name'], rows, truncated: true });
    expect(await callTool(readDb, args, services)).toEqual({
      column_names: ['name'],
      rows,
      row_count: 2,
      truncated: true,
    });
  });

  it('reports progress', async () => {
    const scope = aScope();
    await callTool(readDb, args, aDatabase().services, scope);
    expect(scope.reports).toEqual(['reading for 2 s']);
  });

  it.each([{ query: '' }, { query: 'SELECT 1\0' }, { db_path: '' }, { timeout: -1 }, { timeout: 86_401 }])(
    'rejects %j',
    (wrong) => {
      expect(readDb.input.safeParse({ ...args, ...wrong }).success).toBe(false);
    },
  );
});
