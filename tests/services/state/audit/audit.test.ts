import { execFileSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { type FailureRecord, isFailure } from '../../../../src/domain/failure-record.schema.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { type AuditDeps, createAudit } from '../../../../src/services/state/audit/audit.ts';
import { type AuditFile, type AuditFiles, auditFiles } from '../../../../src/services/state/audit/audit-files.ts';
import { addIndexLine, addSession, writeAuditState } from '../../../fixtures/audit-state.ts';

const nowMs = Date.parse('2026-03-02T12:00:00Z');
const recently = '2026-03-02T11:00:00Z';
const never = new AbortController().signal;
const quietly = { signal: never, report: () => undefined };

let dir: string;
let stateFolder: StateFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'maitred-audit-'));
  stateFolder = stateFolderAt(dir);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const auditWith = (deps: Partial<AuditDeps> = {}) => createAudit({ stateFolder, now: () => nowMs, ...deps });

async function readReport(deps: Partial<AuditDeps> = {}) {
  const audit = auditWith(deps);
  await audit.load(quietly);
  return audit.report(never);
}

function failure(changes: Partial<FailureRecord> = {}): FailureRecord {
  return {
    timestamp: recently,
    skill_command: '/kitchen:implement',
    exit_code: 1,
    subtype: 'error',
    needs_retry: true,
    retry_reason: 'resume',
    stderr: 'no fire',
    ...changes,
  };
}

const addFailures = (dirName: string, ...records: readonly unknown[]) =>
  addSession(stateFolder, { dirName, timestamp: recently, contents: JSON.stringify(records) });

const addText = (dirName: string, contents: string) =>
  addSession(stateFolder, { dirName, timestamp: recently, contents });

const setFence = async (text: string) => {
  await mkdir(stateFolder.logsDir, { recursive: true });
  await writeFile(stateFolder.clearedAtFile, text);
};

/** The real files, and which were opened. */
function watchedFiles(): { readonly files: AuditFiles; readonly opened: readonly string[] } {
  const opened: string[] = [];
  const open: AuditFiles['open'] = (path) => {
    opened.push(path);
    return auditFiles.open(path);
  };
  return { files: { open }, opened };
}

const nothingSkipped = { lines: 0, records: 0, files: 0 };

describe('the audit of a state folder', () => {
  it('holds the exact number of failures and the newest 200 of them, newest first', async () => {
    const state = await writeAuditState({ dir, sessions: 7, recordsPerSession: 150, nowMs, seed: 5 });
    const names = (await readFile(stateFolder.sessionIndexFile, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { dir_name: string }).dir_name);
    const files = await Promise.all(
      names.map((name) => readFile(`${stateFolder.sessionsDir}/${name}/audit_log.json`, 'utf8')),
    );
    const expected = files
      .flatMap((text) => JSON.parse(text) as FailureRecord[])
      .filter(isFailure)
      .sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));

    const report = await readReport();

    expect(report.totalFailures).toBe(expected.length);
    expect(report.totalFailures).toBe(state.failures);
    expect(report.failures).toEqual(expected.slice(0, 200));
    expect(report.omitted).toBe(expected.length - 200);
    expect(report.skipped).toEqual(nothingSkipped);
  });

  it('is empty where no session was ever recorded', async () => {
    expect(await readReport()).toEqual({ totalFailures: 0, failures: [], omitted: 0, skipped: nothingSkipped });
  });

  it('does not count a successful run', async () => {
    await addFailures('a', failure({ exit_code: 0, subtype: 'success', needs_retry: false }), failure());
    expect((await readReport()).totalFailures).toBe(1);
  });

  it('starts 24 hours ago, with any offset of a timestamp', async () => {
    await addFailures(
      'a',
      failure({ timestamp: '2026-03-01T12:00:00Z', stderr: 'in' }),
      failure({ timestamp: '2026-03-01T11:59:59.999Z', stderr: 'out' }),
      failure({ timestamp: '2026-03-01T14:30:00+02:30', stderr: 'in' }),
      failure({ timestamp: '2026-03-01T14:29:59+02:30', stderr: 'out' }),
      failure({ timestamp: '2026-03-01T05:00:00-07:00', stderr: 'in' }),
      failure({ timestamp: '2026-03-01T11:59:59.9999-00:00', stderr: 'out' }),
    );
    expect((await readReport()).failures.map(({ stderr }) => stderr)).toEqual(['in', 'in', 'in']);
  });

  it('lists failures in the order of their instants, not of their texts', async () => {
    await addFailures(
      'a',
      failure({ timestamp: '2026-03-02T10:00:00Z', stderr: 'second' }),
      failure({ timestamp: '2026-03-02T12:00:00+02:30', stderr: 'first' }),
      failure({ timestamp: '2026-03-02T03:30:00.001-07:00', stderr: 'fourth' }),
      failure({ timestamp: '2026-03-02T03:30:00.000999-07:00', stderr: 'third' }),
    );
    expect((await readReport()).failures.map(({ stderr }) => stderr)).toEqual(['fourth', 'third', 'second', 'first']);
  });

  it('does not open the sessions that ended before', async () => {
    await addSession(stateFolder, { dirName: 'old', timestamp: '2026-03-01T11:59:59Z', contents: 'garbage' });
    await addFailures('new', failure());
    const { files, opened } = watchedFiles();
    expect(await readReport({ files })).toMatchObject({ totalFailures: 1, skipped: nothingSkipped });
    expect(opened.filter((path) => path.endsWith('audit_log.json'))).toEqual([
      `${stateFolder.sessionsDir}/new/audit_log.json`,
    ]);
  });

  it('leaves out what was cleared, to the instant of the fence', async () => {
    await setFence('2026-03-02T11:00:00.500+00:00\n');
    const at = (timestamp: string) => failure({ timestamp, stderr: timestamp });
    await addSession(stateFolder, {
      dirName: 'a',
      timestamp: '2026-03-02T11:30:00Z',
      contents: JSON.stringify([
        at('2026-03-02T11:00:00.499Z'),
        at('2026-03-02T11:00:00.500Z'),
        at('2026-03-02T11:00:00.500001Z'),
        at('2026-03-02T13:00:00.501+02:00'),
      ]),
    });
    expect((await readReport()).failures.map(({ stderr }) => stderr)).toEqual([
      '2026-03-02T13:00:00.501+02:00',
      '2026-03-02T11:00:00.500001Z',
    ]);
  });

  it('opens the sessions that ended at the fence or after it, and no others', async () => {
    await setFence('2026-03-02T10:00:00Z');
    for (const timestamp of ['2026-03-02T09:59:59.999Z', '2026-03-02T10:00:00Z', '2026-03-02T10:00:01Z'])
      await addSession(stateFolder, { dirName: timestamp, timestamp, contents: '[]' });
    const { files, opened } = watchedFiles();
    await readReport({ files });
    expect(opened.filter((path) => path.endsWith('audit_log.json'))).toEqual([
      `${stateFolder.sessionsDir}/2026-03-02T10:00:01Z/audit_log.json`,
      `${stateFolder.sessionsDir}/2026-03-02T10:00:00Z/audit_log.json`,
    ]);
  });

  it('reads a last line of the index without a newline', async () => {
    await addFailures('a', failure());
    const index = await readFile(stateFolder.sessionIndexFile, 'utf8');
    await writeFile(stateFolder.sessionIndexFile, index.trimEnd());
    expect((await readReport()).totalFailures).toBe(1);
  });

  it('starts 24 hours ago also with an older fence', async () => {
    await setFence('2026-02-01T00:00:00Z');
    await addFailures('a', failure({ timestamp: '2026-02-15T00:00:00Z' }), failure());
    expect((await readReport()).totalFailures).toBe(1);
  });

  it('counts a session once that is in the index twice', async () => {
    await addFailures('a', failure());
    await addIndexLine(stateFolder, { dir_name: 'a', timestamp: recently });
    expect((await readReport()).totalFailures).toBe(1);
  });
});

describe('defects in the state folder are counted, and do not hide the rest', () => {
  it('lines of the index', async () => {
    await addFailures('good', failure());
    const bad = [
      'not json',
      '[]',
      'null',
      '7',
      { dir_name: 'good' },
      { timestamp: recently },
      { dir_name: 3, timestamp: recently },
      { dir_name: 'good', timestamp: 'today' },
      { dir_name: 'good', timestamp: 5 },
      { dir_name: 'good', timestamp: recently, cwd: 'x'.repeat(1024 * 1024) },
      `{"dir_name":"good","timestamp":"${recently}"`,
    ];
    for (const line of bad) await addIndexLine(stateFolder, line);
    await addIndexLine(stateFolder, '');
    await addFailures('last', failure());
    expect(await readReport()).toMatchObject({
      totalFailures: 2,
      skipped: { lines: bad.length, records: 0, files: 0 },
    });
  });

  it.each(['..', '.', '', 'a/b', '../outside', 'a\\b', 'a\0b', 'x'.repeat(256)])(
    'a session folder named %j, which is not opened',
    async (dirName) => {
      await writeFile(join(dir, 'audit_log.json'), JSON.stringify([failure()]));
      await addIndexLine(stateFolder, { dir_name: dirName, timestamp: recently });
      const { files, opened } = watchedFiles();
      expect(await readReport({ files })).toMatchObject({
        totalFailures: 0,
        skipped: { lines: 1, records: 0, files: 0 },
      });
      expect(opened.filter((path) => path.endsWith('audit_log.json'))).toEqual([]);
    },
  );

  it('records', async () => {
    await addFailures(
      'a',
      failure(),
      failure({ exit_code: 1.5 }),
      { ...failure(), exit_code: true },
      null,
      7,
      failure(),
    );
    expect(await readReport()).toMatchObject({ totalFailures: 2, skipped: { lines: 0, records: 4, files: 0 } });
  });

  it('a record that is longer than 1 MiB', async () => {
    await addFailures('a', failure(), failure({ stderr: 'x'.repeat(1024 * 1024) }), failure());
    expect(await readReport()).toMatchObject({ totalFailures: 2, skipped: { records: 1, files: 0 } });
  });

  it('a record that is just shorter is read and truncated', async () => {
    await addFailures('a', failure({ stderr: 'x'.repeat(1024 * 1024 - 400) }));
    const { failures, skipped } = await readReport();
    expect(failures.map(({ stderr }) => stderr)).toEqual(['x'.repeat(500)]);
    expect(skipped).toEqual(nothingSkipped);
  });

  it('files: missing, empty, not an array, truncated, damaged', async () => {
    const record = JSON.stringify(failure());
    await addIndexLine(stateFolder, { dir_name: 'missing', timestamp: recently });
    await addText('empty', '');
    await addText('object', record);
    await addText('text', 'no json at all');
    await addText('cut', `[${record},${record},${record.slice(0, -20)}`);
    await addText('damaged', `[${record}, oops, ${record}]`);
    await addText('whole', ` [\n${record}\n]\n`);
    expect(await readReport()).toMatchObject({ totalFailures: 4, skipped: { lines: 0, records: 0, files: 6 } });
  });

  it('files: folders, links and pipes, none of which is followed or waited for', async () => {
    for (const dirName of ['folder', 'link', 'pipe']) {
      await addFailures(dirName, failure());
      await unlink(`${stateFolder.sessionsDir}/${dirName}/audit_log.json`);
    }
    await mkdir(`${stateFolder.sessionsDir}/folder/audit_log.json`);
    await writeFile(join(dir, 'elsewhere.json'), JSON.stringify([failure()]));
    await symlink(join(dir, 'elsewhere.json'), `${stateFolder.sessionsDir}/link/audit_log.json`);
    execFileSync('mkfifo', [`${stateFolder.sessionsDir}/pipe/audit_log.json`]);
    await addFailures('file', failure());
    expect(await readReport()).toMatchObject({ totalFailures: 1, skipped: { files: 3 } });
  });

  it('a folder where a file belongs, which is not left open', async () => {
    const path = `${stateFolder.sessionsDir}/a/audit_log.json`;
    await mkdir(path, { recursive: true });
    await addIndexLine(stateFolder, { dir_name: 'a', timestamp: recently });
    await readReport();
    const descriptors = await readdir('/proc/self/fd');
    const open = await Promise.all(descriptors.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')));
    expect(open).not.toContain(path);
  });

  it('a long file that is damaged at its beginning, whose rest is not read', async () => {
    await addText('a', `no array${' '.repeat(1024 * 1024)}`);
    let reads = 0;
    const report = await readReport({
      files: {
        async open(path) {
          const file = await auditFiles.open(path);
          if (!path.endsWith('audit_log.json')) return file;
          const read: AuditFile['read'] = (buffer) => {
            reads += 1;
            return file.read(buffer);
          };
          return { ...file, read };
        },
      },
    });
    expect(report).toMatchObject({ totalFailures: 0, skipped: { files: 1 } });
    expect(reads).toBe(1);
  });

  it('a file whose reading fails half-way', async () => {
    await addFailures('a', failure());
    await addFailures('b', failure());
    const report = await readReport({
      files: {
        async open(path) {
          const file = await auditFiles.open(path);
          if (!path.includes('/a/')) return file;
          return { ...file, read: async () => Promise.reject(new AppError('unavailable', `${path} cannot be read`)) };
        },
      },
    });
    expect(report).toMatchObject({ totalFailures: 1, skipped: { files: 1 } });
  });

  it('a fence that is not a timestamp', async () => {
    await setFence('soon');
    await addFailures('a', failure());
    expect(await readReport()).toMatchObject({ totalFailures: 1, skipped: { lines: 1 } });
  });
});

describe('an audit that fails', () => {
  it('reports an error when a folder has the name of the index', async () => {
    await mkdir(stateFolder.sessionIndexFile, { recursive: true });
    await expect(auditWith().load(quietly)).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      message: `${stateFolder.sessionIndexFile} is not a regular file; move it away.`,
    });
  });

  it("reports an error when a file has the name of the index's folder", async () => {
    await writeFile(stateFolder.logsDir, '');
    await expect(auditWith().load(quietly)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/ENOTDIR.*move that away/),
    });
  });

  it('reports an error when the fence cannot be read, instead of bringing back what was cleared', async () => {
    await mkdir(stateFolder.clearedAtFile, { recursive: true });
    await expect(auditWith().load(quietly)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(stateFolder.clearedAtFile),
    });
  });

  it('is tried again by the next report', async () => {
    await mkdir(stateFolder.sessionIndexFile, { recursive: true });
    const audit = auditWith();
    await expect(audit.report(never)).rejects.toBeInstanceOf(AppError);
    await rm(stateFolder.sessionIndexFile, { recursive: true });
    await addFailures('a', failure());
    expect((await audit.report(never)).totalFailures).toBe(1);
  });

  it('keeps what was read before when a later reading fails', async () => {
    await addFailures('a', failure());
    let isBroken = false;
    const audit = auditWith({
      files: {
        async open(path) {
          if (isBroken && path === stateFolder.sessionIndexFile) throw new AppError('unavailable', 'the disk fails');
          return auditFiles.open(path);
        },
      },
    });
    await audit.load(quietly);
    isBroken = true;
    await expect(audit.load(quietly)).rejects.toBeInstanceOf(AppError);
    expect((await audit.report(never)).totalFailures).toBe(1);
  });
});

describe('a session that settles after the first report', () => {
  it('is in the next one, and so is one that settles after a clear', async () => {
    await addFailures('a', failure());
    const audit = auditWith();
    await audit.load(quietly);
    await addFailures('b', failure());
    expect((await audit.report(never)).totalFailures).toBe(2);
    await audit.clear();
    expect((await audit.report(never)).totalFailures).toBe(0);
    await addSession(stateFolder, {
      dirName: 'c',
      timestamp: '2026-03-02T12:30:00Z',
      contents: JSON.stringify([failure({ timestamp: '2026-03-02T12:30:00Z' })]),
    });
    expect((await audit.report(never)).totalFailures).toBe(1);
  });

  it('is the only reason to read all sessions again', async () => {
    await addFailures('a', failure());
    const opened: string[] = [];
    const audit = auditWith({
      files: {
        open(path) {
          opened.push(path);
          return auditFiles.open(path);
        },
      },
    });
    await audit.report(never);
    opened.length = 0;
    await audit.report(never);
    expect(opened).toEqual([stateFolder.clearedAtFile]);
  });
});

describe('clearing', () => {
  it('empties the report at once, and lets later records count', async () => {
    await addFailures('a', failure());
    const audit = auditWith();
    await audit.load(quietly);
    await audit.clear();
    expect((await audit.report(never)).totalFailures).toBe(0);
    await addSession(stateFolder, {
      dirName: 'b',
      timestamp: '2026-03-02T12:30:00Z',
      contents: JSON.stringify([failure({ timestamp: '2026-03-02T12:00:00.001Z' })]),
    });
    await audit.load(quietly);
    expect((await audit.report(never)).totalFailures).toBe(1);
  });

  it('leaves a timestamp with milliseconds, readable by its owner only', async () => {
    await auditWith().clear();
    expect(await readFile(stateFolder.clearedAtFile, 'utf8')).toBe('2026-03-02T12:00:00.000Z\n');
    expect((await stat(stateFolder.clearedAtFile)).mode & 0o777).toBe(0o600);
  });

  it('is seen by the other servers on the same state folder', async () => {
    await addFailures('a', failure());
    const other = auditWith();
    await other.load(quietly);
    expect((await other.report(never)).totalFailures).toBe(1);
    await auditWith().clear();
    await addSession(stateFolder, {
      dirName: 'b',
      timestamp: '2026-03-02T12:30:00Z',
      contents: JSON.stringify([failure({ timestamp: '2026-03-02T12:20:00Z', stderr: 'later' })]),
    });
    const report = await other.report(never);
    expect(report.failures.map(({ stderr }) => stderr)).toEqual(['later']);
  });

  it('clears nothing when the fence cannot be written', async () => {
    await addFailures('a', failure());
    const audit = auditWith();
    await audit.load(quietly);
    await mkdir(stateFolder.clearedAtFile);
    await expect(audit.clear()).rejects.toThrow(`${stateFolder.clearedAtFile} cannot be written (EISDIR)`);
    await rmdir(stateFolder.clearedAtFile);
    expect((await audit.report(never)).totalFailures).toBe(1);
  });

  it('counts over a reading that began before it', async () => {
    await addFailures('a', failure());
    let isCleared = false;
    const audit = auditWith({
      files: {
        async open(path) {
          if (path.includes('/sessions/') && !isCleared) {
            isCleared = true;
            await audit.clear();
          }
          return auditFiles.open(path);
        },
      },
    });
    await audit.load(quietly);
    expect(isCleared).toBe(true);
    expect((await audit.report(never)).totalFailures).toBe(0);
  });

  it('is undone for every reader by removing the fence', async () => {
    await addFailures('a', failure());
    const audit = auditWith();
    await audit.clear();
    await unlink(stateFolder.clearedAtFile);
    await audit.load(quietly);
    expect((await audit.report(never)).totalFailures).toBe(1);
  });
});

describe('a long reading', () => {
  it('reports its progress, at most every 250 ms', async () => {
    await writeAuditState({ dir, sessions: 20, recordsPerSession: 100, nowMs });
    let clockMs = 0;
    const toldAtMs: number[] = [0];
    const audit = auditWith({
      clockMs: () => {
        clockMs += 0.5;
        return clockMs;
      },
    });
    const report = (detail: string) => {
      expect(detail).toMatch(/^[\d,]+ records in \d+ sessions$/);
      toldAtMs.push(clockMs);
    };
    await audit.load({ signal: never, report });
    const pausesMs = toldAtMs.slice(1).map((atMs, place) => atMs - (toldAtMs[place] ?? 0));
    expect(pausesMs.length).toBeGreaterThan(1);
    expect(Math.min(...pausesMs)).toBeGreaterThanOrEqual(250);
  });

  it('lets the event loop turn, also when the disk never waits', async () => {
    const contents = Buffer.from(JSON.stringify(Array.from({ length: 1_000 }, () => failure())));
    const index = Buffer.from(`${JSON.stringify({ dir_name: 'a', timestamp: recently })}\n`.repeat(1_000));
    const audit = auditWith({
      clockMs: (() => {
        let ms = 0;
        return () => (ms += 1);
      })(),
      files: {
        async open(path) {
          if (path === stateFolder.clearedAtFile) throw new AppError('not_found', 'no fence');
          let rest = path === stateFolder.sessionIndexFile ? index : contents;
          return {
            async read(buffer) {
              const sizeBytes = rest.copy(buffer);
              rest = rest.subarray(sizeBytes);
              return sizeBytes;
            },
            close: async () => undefined,
          };
        },
      },
    });
    let turns = 0;
    let isLoading = true;
    const turn = () => {
      turns += 1;
      if (isLoading) setImmediate(turn);
    };
    setImmediate(turn);
    await audit.load(quietly);
    isLoading = false;
    expect((await audit.report(never)).totalFailures).toBe(1_000);
    expect(turns).toBeGreaterThan(900);
  });
});
