import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { DatabaseEngine } from '../../../src/services/database/database-engine.ts';
import { databaseErrorOf, toProblem } from '../../../src/services/database/database-problem.ts';
import type { DatabaseAnswer } from '../../../src/services/database/databases.ts';
import { createNodeEngine } from '../../../src/services/database/node-engine.ts';
import { readDatabase } from '../../../src/services/database/read-database.ts';
import {
  programVariables,
  type ReadingResult,
  type ReadingSpec,
} from '../../../src/services/database/reading-program.ts';
import { loadWasmEngine } from '../../../src/services/database/wasm-engine.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aDatabase, aDatabaseLeftBy, contentsOf, nodeSqlite } from '../../support/a-database.ts';

const people =
  "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO person VALUES (1, 'Ada'), (2, 'Émile'), (3, NULL)";

interface Answer extends Partial<DatabaseAnswer> {
  readonly code?: string;
  readonly error?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const node = createNodeEngine(nodeSqlite);
const builds: readonly (readonly [name: string, engine: DatabaseEngine | null])[] = [
  ['as WebAssembly', loadWasmEngine()],
  ['of Node', node],
];

type Read = (spec: ReadingSpec, text: { query: string; params: string }) => ReadingResult;

/** Reads in a process of its own. */
const readApart: Read = (spec, { query, params }) => {
  const env = {
    [programVariables.spec]: JSON.stringify(spec),
    [programVariables.query]: query,
    [programVariables.params]: params,
  };
  const program = join(inject('programDir'), 'read-database.js');
  const options = { env, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--no-warnings', program], options));
};

/** A database in a folder of its own, and the means to query it. */
function aDatabaseReadBy(read: Read, statements: string) {
  const dir = tempFolder();
  const copiesDir = tempFolder();
  const path = aDatabase(join(dir, 'people.db'), statements);
  const ask = (query: string, params: unknown = [], from = path): Answer => {
    const spec = { path: from, dir: `${copiesDir}/copy`, offset: 0, maxRows: 100, maxBytes: 40_000 };
    mkdirSync(spec.dir, { recursive: true });
    const result = read(spec, { query, params: JSON.stringify(params) });
    if ('answer' in result) return result.answer;
    const { code, message: error, details = {} } = databaseErrorOf(result.problem, from);
    return { code, error, details };
  };
  return { dir, path, ask, copies: () => readdirSync(copiesDir) };
}

for (const [name, engine] of builds)
  describe.skipIf(engine === null)(`A database that is read by the SQLite ${name}`, () => {
    const readHere: Read = (spec, text) => {
      try {
        return { answer: readDatabase(engine ?? expect.unreachable('is skipped'), spec, text) };
      } catch (thrown) {
        return { problem: toProblem(thrown) };
      }
    };

    const aSource = (statements = people, read = readHere) => aDatabaseReadBy(read, statements);

    it('answers with the rows of a query', () => {
      const { ask } = aSource();
      expect(ask('SELECT id, name FROM person ORDER BY id DESC;')).toEqual({
        columnNames: ['id', 'name'],
        rows: [
          { id: 3, name: null },
          { id: 2, name: 'Émile' },
          { id: 1, name: 'Ada' },
        ],
        truncated: false,
        shortenedValues: 0,
      });
      const named = 'WITH named AS (SELECT * FROM person WHERE name IS NOT NULL) SELECT count(*) AS n FROM named';
      expect(ask(named)).toMatchObject({ rows: [{ n: 2 }] });
      expect(ask('SELECT name FROM person WHERE id = 7')).toMatchObject({ columnNames: ['name'], rows: [] });
      expect(ask("SELECT name FROM pragma_table_info('person')")).toMatchObject({
        rows: [{ name: 'id' }, { name: 'name' }],
      });
    });

    it('returns values of every type without loss', () => {
      const query =
        "SELECT 9007199254740991 AS exact, 9007199254740992 AS large, -9223372036854775808 AS least, 0.1 AS part, 9e999 AS endless, -9e999 AS low, x'00ff' AS blob, x'' AS empty, NULL AS none, '€😀' AS text";
      expect(aSource().ask(query).rows).toEqual([
        {
          exact: 9_007_199_254_740_991,
          large: '9007199254740992',
          least: '-9223372036854775808',
          part: 0.1,
          endless: 'Infinity',
          low: '-Infinity',
          blob: 'AP8=',
          empty: '',
          none: null,
          text: '€😀',
        },
      ]);
    });

    it('returns texts as they are stored, with U+FFFD for bytes that are not UTF-8', () => {
      // caf\xE9, in Latin-1.
      const latin = "CAST(x'636166e9' AS TEXT)";
      const { ask } = aSource(
        `CREATE TABLE note (text, more); INSERT INTO note VALUES (${latin}, 'a' || char(0) || 'b'), (char(65279) || 'é€😀', CAST(x'eda080' AS TEXT)), (printf('%.*c', 40, 'é') || ${latin}, '')`,
      );
      expect(ask('SELECT text, more FROM note ORDER BY rowid; -- all').rows).toEqual([
        { text: 'caf\ufffd', more: 'a\0b' },
        { text: '\ufeffé€😀', more: '\ufffd\ufffd\ufffd' },
        { text: `${'é'.repeat(40)}caf\ufffd`, more: '' },
      ]);
    });

    it('with texts in UTF-16 is read, or the error says which Node can read it', () => {
      const { path, ask } = aSource();
      const bytes = readFileSync(path);
      // The schema is not converted: the engine that reads UTF-16 finds a damaged one.
      bytes.writeUInt32BE(2, 56);
      writeFileSync(path, bytes);
      expect(ask('SELECT * FROM person')).toMatchObject(
        engine === node
          ? { code: 'invalid_input' }
          : { code: 'unavailable', error: expect.stringMatching(/UTF-16.*Node 24/) },
      );
    });

    it('keeps columns of the same name apart', () => {
      expect(aSource().ask("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a, 5 AS '__proto__'")).toMatchObject({
        columnNames: ['a', 'a_3', 'a_2', 'a_4', '__proto__'],
        rows: [JSON.parse('{ "a": 1, "a_3": 2, "a_2": 3, "a_4": 4, "__proto__": 5 }')],
      });
    });

    it.each([
      ['SELECT ?, ?, ?, ? AS d', ['a', 1.5, null, true], ['a', 1.5, null, 1]],
      ['SELECT ?2 AS a, ?1 AS b, ? AS c, ?1 AS d', [1, 2, 3], [2, 1, 3, 1]],
      ['SELECT ? AS a, :b AS b, ?2 AS c, ? AS d', [1, 2, 3], [1, 2, 2, 3]],
      ['SELECT :a AS a, @b AS b, $c AS c, :a AS d', { ':a': 1, b: 2, c: 3 }, [1, 2, 3, 1]],
      ['SELECT :a AS a, @a AS b, $a AS c', { ':a': 1, '@a': 2, a: 3 }, [1, 2, 3]],
      ["SELECT ':no', \"?\", [$no], ? -- ?\n /* :no */ FROM (SELECT 1 AS '?', 2 AS '$no')", [3], [':no', 1, 2, 3]],
    ])('gets the parameters by position and by name: %s', (query, params, values) => {
      const [row = {}] = aSource().ask(query, params).rows ?? [];
      expect(Object.values(row)).toEqual(values);
    });

    it('returns rows that are only in the write-ahead log', () => {
      const { ask, dir } = aSource();
      const path = aDatabaseLeftBy(
        join(dir, 'wal.db'),
        `PRAGMA journal_mode = WAL; ${people}; PRAGMA wal_checkpoint(TRUNCATE)`,
        "INSERT INTO person VALUES (4, 'Grace'); UPDATE person SET name = 'Ada L.' WHERE id = 1",
      );
      expect(existsSync(`${path}-wal`)).toBe(true);
      const { rows } = ask('SELECT name FROM person', [], path);
      expect(rows?.map(({ name }) => name)).toEqual(['Ada L.', 'Émile', null, 'Grace']);
    });

    it('is left with no file beside it, and no copy of it stays', () => {
      const { ask, dir, copies } = aSource();
      aDatabase(join(dir, 'quiet-wal.db'), `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; ${people}`);
      aDatabaseLeftBy(join(dir, 'wal.db'), 'PRAGMA journal_mode = WAL', people);
      const before = contentsOf(dir);
      for (const name of ['people.db', 'quiet-wal.db', 'wal.db']) {
        const path = join(dir, name);
        expect(ask('SELECT count(*) AS n FROM person', [], path).rows).toEqual([{ n: 3 }]);
        expect(ask('SELECT * FROM nothing', [], path)).toMatchObject({ code: 'invalid_input' });
      }
      expect(contentsOf(dir)).toEqual(before);
      expect(copies()).toEqual([]);
    });

    it('shows no rows of an unfinished transaction', () => {
      const { ask, dir } = aSource();
      const path = aDatabaseLeftBy(
        join(dir, 'left.db'),
        'PRAGMA cache_size = 2; CREATE TABLE t (a, b); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT 1, hex(zeroblob(200)) FROM n',
        'BEGIN; UPDATE t SET a = 2, b = hex(randomblob(200))',
      );
      const before = contentsOf(dir);
      expect(ask('SELECT min(a) AS min, max(a) AS max FROM t', [], path)).toMatchObject(
        engine === node
          ? { rows: [{ min: 1, max: 1 }] }
          : { code: 'unavailable', error: expect.stringContaining('call again') },
      );
      expect(contentsOf(dir)).toEqual(before);
    });

    it.each(['WAL', 'DELETE', 'PERSIST'])(
      'shows one consistent state while it is being written (journal_mode %s), or the error says to call again',
      async (mode) => {
        // A process has its locks only once: where several reads would share them, each needs its own process.
        const { ask, dir } = aSource(people, engine === node ? readApart : readHere);
        const path = join(dir, 'accounts.db');
        const writer = spawn(process.execPath, ['--no-warnings', 'tests/fixtures/database-writer.cjs', path, mode], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        onTestFinished(async () => {
          writer.kill('SIGKILL');
          if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
        });
        await once(writer.stdout, 'data');
        const query =
          "SELECT sum(amount) AS sum, count(*) AS n FROM account UNION ALL SELECT count(*), 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        const answers = Array.from({ length: 4 }, () => ask(query, [], path));
        const isState = ({ code }: Answer) => code === undefined;
        expect(answers.filter(isState).length).toBeGreaterThan(0);
        for (const answer of answers)
          expect(answer).toMatchObject(
            isState(answer)
              ? {
                  rows: [
                    { sum: 20_000, n: 2_000 },
                    { sum: 0, n: 0 },
                  ],
                }
              : { code: 'unavailable', error: expect.stringContaining('call again') },
          );
        expect(writer.exitCode).toBeNull();
      },
    );

    it.each([
      'WITH a AS (SELECT 1) DELETE FROM person',
      'WITH a AS (SELECT 9) INSERT INTO person SELECT *, NULL FROM a RETURNING id',
      "WITH a AS (SELECT 1) UPDATE person SET name = 'x'",
    ])('is not changed by %s', (query) => {
      const { ask, dir } = aSource();
      const before = contentsOf(dir);
      expect(ask(query)).toMatchObject({
        code: 'invalid_input',
        details: { hint: 'Only SELECT queries are allowed' },
      });
      expect(contentsOf(dir)).toEqual(before);
    });

    it.each([
      "SELECT load_extension('x')",
      "SELECT writefile('new.db', 'x')",
      "SELECT readfile('/etc/passwd')",
      "SELECT fts3_tokenizer('simple', x'00')",
      "SELECT edit('x')",
      "SELECT * FROM pragma_journal_mode('WAL')",
      'SELECT * FROM pragma_query_only(0)',
      'SELECT * FROM pragma_wal_checkpoint',
    ])('is no way to the rest of the system: %s', (query) => {
      const { ask, dir } = aSource();
      const before = contentsOf(dir);
      expect(ask(query)).toMatchObject({ code: 'invalid_input' });
      expect(contentsOf(dir)).toEqual(before);
      expect(existsSync('new.db')).toBe(false);
    });

    it.each([
      ['SELECT * FORM person', 'near "FORM": syntax error'],
      ['SELECT * FROM persons', 'no such table: persons'],
    ])('rejects %s with the message of the engine', (query, output) => {
      const error = expect.stringContaining('details.output');
      expect(aSource().ask(query)).toMatchObject({ code: 'invalid_input', error, details: { output } });
    });

    it.each([
      ['text', 'not an SQLite database', () => Buffer.from('long enough to be read as a header'.repeat(10))],
      ['half a database', 'damaged', (whole: Buffer) => whole.subarray(0, 4_096)],
    ])('is refused with the reason when it is %s', (_, why, contents) => {
      const { path, ask } = aSource(`${people}; CREATE INDEX names ON person (name)`);
      writeFileSync(path, contents(readFileSync(path)));
      expect(ask('SELECT * FROM person')).toMatchObject({
        code: 'invalid_input',
        error: expect.stringContaining(why),
      });
    });

    it('is refused when more than 2 GiB would have to be copied', () => {
      const { path, ask } = aSource(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; ${people}`);
      truncateSync(path, 3 * 1_024 ** 3);
      expect(ask('SELECT 1')).toMatchObject({ code: 'invalid_input', error: expect.stringContaining('2 GiB') });
    });
  });

// In a process of its own, which can be ended: whoever opens a pipe may wait without end.
it.each([
  ['a pipe', (log: string) => execFileSync('mkfifo', [log])],
  ['a link to a device', (log: string) => symlinkSync('/dev/null', log)],
  ['a link to a file', (log: string) => symlinkSync(process.execPath, log)],
])('A database is refused without waiting when its write-ahead log is %s', (_, put) => {
  const { path, ask } = aDatabaseReadBy(readApart, people);
  put(`${path}-wal`);
  expect(ask('SELECT 1')).toMatchObject({ code: 'invalid_input', error: expect.stringContaining('cannot be read') });
});
