import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureRecordSchema } from '../../../../src/domain/failure-record.schema.ts';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import type { CrashedSession } from '../../../../src/services/state/session-log/session-log.ts';
import { aCrashedSession, anEmptyStateFolder, never, readableOf, sessionLogAt } from './crashed-sessions.ts';

const dirName = 'crashed_4242_99';
const snapshots = [
  {
    captured_at: '2026-03-02T11:00:05.000001+00:00',
    comm: 'claude',
    vm_rss_kb: 900,
    oom_score: 7,
    fd_count: 10,
    fd_soft_limit: 100,
  },
  {
    captured_at: '2026-03-02T11:00:10.000001+00:00',
    comm: 'node',
    vm_rss_kb: 700,
    oom_score: 9,
    fd_count: 50,
    fd_soft_limit: 200,
    pid: 1,
    seq: 'x',
  },
];
const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const record = (folder: StateFolder, session: CrashedSession) => sessionLogAt(folder).record(session, never);
const textIn = (folder: StateFolder, file: string) => readFileSync(`${folder.sessionsDir}/${dirName}/${file}`, 'utf8');
const jsonIn = (folder: StateFolder, file: string): unknown => JSON.parse(textIn(folder, file));
const indexOf = (folder: StateFolder) => readFileSync(folder.sessionIndexFile, 'utf8');
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('A crashed session that is recorded', () => {
  it('has its snapshots, a summary, one failure, and a line in the index', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession(lines(...snapshots)));
    const ours = { event: 'snapshot', pid: 4_242 };
    expect(
      textIn(folder, 'proc_trace.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { ...snapshots[0], ...ours, ts: snapshots[0]?.captured_at, seq: 0 },
      { ...snapshots[1], ...ours, ts: snapshots[1]?.captured_at, seq: 1 },
    ]);
    expect(jsonIn(folder, 'summary.json')).toEqual({
      session_id: 'session-a',
      dir_name: dirName,
      pid: 4_242,
      cwd: '',
      claude_code_log: null,
      skill_command: '',
      success: false,
      subtype: 'crashed',
      cli_subtype: 'unknown',
      exit_code: -1,
      start_ts: '2026-03-02T11:00:00+00:00',
      end_ts: '2026-03-02T11:00:10.000001+00:00',
      duration_seconds: 10,
      snapshot_count: 2,
      trace_lines_left_out: 0,
      anomaly_count: 0,
      peak_rss_kb: 900,
      peak_oom_score: 9,
      peak_fd_ratio: 0.25,
      termination_reason: 'crashed',
      kill_reason: 'not_applicable',
      write_path_warnings: [],
      write_call_count: 0,
      clone_contamination_reverted: false,
      tracked_comm: 'claude',
      tracked_comm_drift: true,
      tracer_target_resolution_version: 2,
      recovered_from: 'trace',
    });
    const failures = jsonIn(folder, 'audit_log.json') as readonly unknown[];
    expect(failures).toHaveLength(1);
    expect(failureRecordSchema.parse(failures[0])).toEqual(failures[0]);
    expect(failures[0]).toMatchObject({ timestamp: '2026-03-02T11:00:10.000Z', subtype: 'crashed', needs_retry: true });
    expect(indexOf(folder).endsWith('}\n')).toBe(true);
    expect(JSON.parse(indexOf(folder))).toEqual({
      session_id: 'session-a',
      dir_name: dirName,
      timestamp: '2026-03-02T11:00:10.000Z',
      cwd: '',
      kitchen_id: 'kitchen-1',
      order_id: 'order-7',
      claude_code_log: null,
      skill_command: '',
      success: false,
      subtype: 'crashed',
      cli_subtype: 'unknown',
      exit_code: -1,
      snapshot_count: 2,
      anomaly_count: 0,
      peak_rss_kb: 900,
      peak_oom_score: 9,
      step_name: '',
      input_tokens: 0,
      output_tokens: 0,
      write_call_count: 0,
      tracked_comm: 'claude',
      tracked_comm_drift: true,
    });
  });

  it('is for its owner only, and leaves nothing beside it', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession(lines(...snapshots)));
    expect(readdirSync(folder.logsDir).sort()).toEqual(['sessions', 'sessions.jsonl']);
    expect(readdirSync(folder.sessionsDir)).toEqual([dirName]);
    for (const dir of [folder.logsDir, folder.sessionsDir, `${folder.sessionsDir}/${dirName}`]) {
      expect(modeOf(dir)).toBe(0o700);
    }
    for (const file of readdirSync(`${folder.sessionsDir}/${dirName}`)) {
      expect(modeOf(`${folder.sessionsDir}/${dirName}/${file}`)).toBe(0o600);
    }
    expect(modeOf(folder.sessionIndexFile)).toBe(0o600);
  });

  it('may have a truncated trace, and lines of other kinds are left out and counted', async () => {
    const folder = anEmptyStateFolder();
    const trace = `[]\nnull\n1\n${lines(snapshots[0])}\n${'x'.repeat(1_048_577)}\n${lines(snapshots[1])}{"captured_at":"20`;
    await record(folder, aCrashedSession(trace));
    expect(textIn(folder, 'proc_trace.jsonl').trimEnd().split('\n')).toHaveLength(2);
    expect(jsonIn(folder, 'summary.json')).toMatchObject({ snapshot_count: 2, trace_lines_left_out: 6 });
  });

  it('includes a complete last snapshot without a newline', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession(lines(...snapshots).trimEnd()));
    expect(jsonIn(folder, 'summary.json')).toMatchObject({ snapshot_count: 2, trace_lines_left_out: 0 });
  });

  it('leaves out unknown values, and ends with the last write of its trace where no snapshot has a time', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession('{}\n{"captured_at":"noon","vm_rss_kb":"much"}\n', { comm: '' }));
    const summary = jsonIn(folder, 'summary.json');
    expect(summary).toMatchObject({ end_ts: '2026-03-02T11:30:00.000Z', duration_seconds: 1_800, snapshot_count: 2 });
    for (const key of ['peak_rss_kb', 'peak_oom_score', 'peak_fd_ratio', 'tracked_comm', 'tracked_comm_drift']) {
      expect(summary).not.toHaveProperty(key);
      expect(JSON.parse(indexOf(folder))).not.toHaveProperty(key);
    }
  });

  it('was of the program of its first snapshot, where none was enrolled', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession(lines(snapshots[0], snapshots[0]), { comm: '' }));
    expect(jsonIn(folder, 'summary.json')).toMatchObject({ tracked_comm: 'claude', tracked_comm_drift: false });
  });

  it('is recorded once, when it is recorded twice, also at the same time', async () => {
    const folder = anEmptyStateFolder();
    const record = () => sessionLogAt(folder).record(aCrashedSession(lines(...snapshots)), never);
    await Promise.all([record(), record(), record()]);
    await record();
    expect(readdirSync(folder.sessionsDir)).toEqual([dirName]);
    expect(indexOf(folder).trimEnd().split('\n')).toHaveLength(1);
  });

  it('has its trace read in chunks of 64 KiB with turns of the loop between, until an abort', async () => {
    const folder = anEmptyStateFolder();
    const controller = new AbortController();
    const reason = new Error('enough');
    const line = Buffer.from(lines({ padding: 'x'.repeat(1_012) }));
    const lengths: number[] = [];
    const trace = readableOf((position, length) => {
      lengths.push(length);
      if (position > 8 * 1_048_576) controller.abort(reason);
      return Buffer.alloc(length, line);
    });
    const session = { ...aCrashedSession(''), trace };
    await expect(sessionLogAt(folder).record(session, controller.signal)).rejects.toBe(reason);
    expect(new Set(lengths)).toEqual(new Set([64 * 1_024]));
    expect(lengths).toHaveLength(8 * 16 + 2);
    expect(readdirSync(folder.sessionsDir)).toEqual([]);
    expect(existsSync(folder.sessionIndexFile)).toBe(false);
  });

  it('is not started when the signal is already aborted', async () => {
    const folder = anEmptyStateFolder();
    const reason = new Error('too late');
    await expect(sessionLogAt(folder).record(aCrashedSession(''), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(existsSync(folder.dir)).toBe(false);
  });
});

describe('The index', () => {
  const add = (folder: StateFolder, text: string) => {
    mkdirSync(folder.logsDir, { recursive: true });
    appendFileSync(folder.sessionIndexFile, text);
  };

  it('keeps its lines, and a truncated last line does not swallow the next', async () => {
    const folder = anEmptyStateFolder();
    add(folder, '{"dir_name":"other"}\n{"dir_name":"crashed_4242_9');
    await record(folder, aCrashedSession(''));
    const [first, torn, ours, end] = indexOf(folder).split('\n');
    expect([first, torn, end]).toEqual(['{"dir_name":"other"}', '{"dir_name":"crashed_4242_9', '']);
    expect(JSON.parse(ours ?? '')).toMatchObject({ dir_name: dirName });
  });

  it('gets no second line where the first is far inside or has no newline', async () => {
    const folder = anEmptyStateFolder();
    const far = `${'x'.repeat(1_048_577)}\n${lines({ dir_name: dirName })}${lines({ dir_name: 'z' }).repeat(20_000)}`;
    add(folder, far);
    await record(folder, aCrashedSession(''));
    expect(indexOf(folder)).toBe(far);

    writeFileSync(folder.sessionIndexFile, lines({ dir_name: dirName }).trimEnd());
    await record(folder, aCrashedSession(''));
    expect(indexOf(folder)).toBe(lines({ dir_name: dirName }).trimEnd());
  });

  it('gets a line where the name is only part of another or under another key', async () => {
    const folder = anEmptyStateFolder();
    const before = lines({ dir_name: `${dirName}0` }, { dir_name: 'x', cwd: dirName }, [dirName]);
    add(folder, before);
    await record(folder, aCrashedSession(''));
    expect(indexOf(folder).slice(before.length)).toContain(`"dir_name":"${dirName}"`);
  });

  it('that is a link or a folder is unavailable, and its target is unchanged', async () => {
    const folder = anEmptyStateFolder();
    mkdirSync(folder.logsDir, { recursive: true });
    writeFileSync(`${folder.dir}/precious`, 'precious');
    symlinkSync(`${folder.dir}/precious`, folder.sessionIndexFile);
    await expect(record(folder, aCrashedSession(''))).rejects.toMatchObject({ code: 'unavailable' });
    expect(readFileSync(`${folder.dir}/precious`, 'utf8')).toBe('precious');
    rmSync(folder.sessionIndexFile);
    mkdirSync(folder.sessionIndexFile);
    await expect(record(folder, aCrashedSession(''))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(folder.sessionIndexFile),
    });
  });
});

describe('An unfinished folder', () => {
  it('is removed when it is older than an hour, and nothing else', async () => {
    const folder = anEmptyStateFolder();
    await record(folder, aCrashedSession(''));
    const hidden = [
      `${folder.sessionsDir}/.crashed_1_1.tmp-aB3xY9`,
      `${folder.logsDir}/.sessions.jsonl.lock.tmp-aB3xY9`,
    ];
    for (const dir of hidden) mkdirSync(`${dir}/deep`, { recursive: true });
    mkdirSync(`${folder.sessionsDir}/.other`);
    writeFileSync(`${folder.sessionsDir}/.file.tmp-aB3xY9`, '');
    const before = readdirSync(folder.logsDir, { recursive: true }).length;
    const removeAfter = (ms: number) => sessionLogAt(folder, { nowMs: () => Date.now() + ms }).removeUnfinished(never);
    await removeAfter(3_590_000);
    expect(readdirSync(folder.logsDir, { recursive: true })).toHaveLength(before);
    await removeAfter(3_610_000);
    expect(hidden.filter((dir) => existsSync(dir))).toEqual([]);
    expect(readdirSync(folder.sessionsDir)).toEqual(['.file.tmp-aB3xY9', '.other', dirName]);
  });

  it('does not exist where nothing was ever recorded', async () => {
    const folder = anEmptyStateFolder();
    await sessionLogAt(folder).removeUnfinished(never);
    expect(existsSync(folder.dir)).toBe(false);
  });
});
