import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProcessSpec } from '../../../src/domain/child-process.ts';
import { createDatabases } from '../../../src/services/database/create-databases.ts';
import type { FinishedProcess } from '../../../src/services/platform/process/child-processes.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { programsThatEnd } from '../../doubles/tool-calls.ts';

const answer = { columnNames: ['one'], rows: [{ one: 1 }], truncated: false, shortenedValues: 0 };
const answered = `${JSON.stringify({ answer })}\n`;
const limits = { offset: 2, maxRows: 3, maxBytes: 4_000 };
const query = { path: '/shop.db', query: 'SELECT ? AS one', params: '[1]', timeLimitMs: 1_500, ...limits };

/** Databases whose reading program ends in this way. `copies` holds the folder for the copy, as each program found it. */
function databasesWhoseProgram(ending: Parameters<typeof programsThatEnd>[0] = { stdout: answered }) {
  const copiesDir = `${tempFolder()}/databases`;
  const { processes, started } = programsThatEnd(ending, { elapsedMs: 1_234, lastLine: '' });
  const copies: string[] = [];
  const databases = createDatabases({
    processes: {
      run(spec, options) {
        const { dir } = readSpec(spec);
        copies.push(dir);
        // As the program leaves it when it is killed while it copies.
        writeFileSync(`${dir}/copy.db`, '');
        return processes.run(spec, options);
      },
    },
    execPath: '/bin/node',
    program: '/dist/read-database.js',
    copiesDir,
    serverId: 'server-a',
  });
  const read = (change: Partial<typeof query> = {}, signal = new AbortController().signal, seen: number[] = []) =>
    databases.read({ ...query, ...change }, { signal, onProgress: (elapsedMs) => seen.push(elapsedMs) });
  return { read, started, copies, copiesDir };
}

const readSpec = ({ env }: ProcessSpec) => JSON.parse(env.MAITRED_READ_DB ?? '') as { readonly dir: string };

describe('A query', () => {
  it('is read by a program of its own, which finds its texts in its environment and a folder for a copy', async () => {
    const { read, started, copies, copiesDir } = databasesWhoseProgram();
    const seen: number[] = [];
    expect(await read({}, undefined, seen)).toEqual(answer);
    expect(seen).toEqual([1_234]);
    expect(started).toEqual([
      {
        file: '/bin/node',
        args: ['--no-warnings', '--max-old-space-size=512', '/dist/read-database.js'],
        label: 'read shop.db',
        cwd: copiesDir,
        env: {
          NODE_OPTIONS: '',
          MAITRED_READ_DB: JSON.stringify({ path: '/shop.db', ...limits, dir: copies[0] }),
          MAITRED_READ_DB_QUERY: 'SELECT ? AS one',
          MAITRED_READ_DB_PARAMS: '[1]',
        },
        timeLimitMs: 1_500,
        outputLimitBytes: 4 * 1_024 ** 2,
        tailBytes: 4 * 1_024 ** 2,
      },
    ]);
    expect(copies[0]?.startsWith(`${copiesDir}/server-a.`)).toBe(true);
    expect(readdirSync(copiesDir)).toEqual([]);
  });

  it.each(['DELETE FROM item', 'SELECT 1; SELECT 2', 'SELECT ?, ?'])('starts no program for %s', async (text) => {
    const { read, started, copiesDir } = databasesWhoseProgram();
    await expect(read({ query: text })).rejects.toMatchObject({ code: 'invalid_input' });
    expect([started, existsSync(copiesDir)]).toEqual([[], false]);
  });

  it.each<[string, Partial<Omit<FinishedProcess, 'stdout' | 'stderr'>> & { stdout?: string; stderr?: string }, object]>(
    [
      [
        'with a problem',
        { stdout: `${JSON.stringify({ problem: { kind: 'damaged', output: 'malformed' } })}\n` },
        { code: 'invalid_input', message: expect.stringContaining('/shop.db is damaged') },
      ],
      [
        'with its time',
        { reason: 'timedOut' },
        { code: 'timed_out', message: expect.stringMatching(/longer than 1\.5 s.* larger timeout/) },
      ],
      [
        'without room for its answer',
        { isOutputDiskFull: true },
        { code: 'unavailable', message: expect.stringContaining('MAITRED_STATE_DIR') },
      ],
      [
        'for lack of room',
        { reason: 'diskLow' },
        { code: 'unavailable', message: expect.stringContaining('MAITRED_STATE_DIR') },
      ],
      [
        'in the middle of its answer',
        { stdout: '{"answer": {', exit: { code: null, signal: 'SIGABRT' }, stderr: 'heap out of memory' },
        {
          code: 'process_failed',
          message: expect.stringContaining('(SIGABRT), usually because it ran out of memory'),
          details: { output: 'heap out of memory' },
        },
      ],
    ],
  )('whose program ends %s leaves no copy', async (_, ending, error) => {
    const { read, copiesDir } = databasesWhoseProgram(ending);
    await expect(read()).rejects.toMatchObject(error);
    expect(readdirSync(copiesDir)).toEqual([]);
  });

  it('that is cancelled has no answer, and leaves no copy', async () => {
    const calling = new AbortController();
    const { read, copiesDir } = databasesWhoseProgram();
    const reading = read({}, calling.signal);
    calling.abort(new Error('cancelled'));
    await expect(reading).rejects.toThrow('cancelled');
    expect(readdirSync(copiesDir)).toEqual([]);
  });

  it('waits while four others run', async () => {
    const { read, started } = databasesWhoseProgram();
    const reading = Array.from({ length: 5 }, () => read());
    expect(started).toHaveLength(4);
    await Promise.all(reading);
    expect(started).toHaveLength(5);
  });

  it('is unavailable where the state folder cannot be written', async () => {
    const { read, copiesDir } = databasesWhoseProgram();
    writeFileSync(copiesDir, 'a file');
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
