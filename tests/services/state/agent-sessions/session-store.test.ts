import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  runningSessionSchema,
  sessionEventSchema,
} from '../../../../src/domain/agent-session/session-record.schema.ts';
import type { SessionEvent } from '../../../../src/domain/agent-session/session-record.ts';
import { failureRecordSchema, isFailure } from '../../../../src/domain/failure-record.schema.ts';
import { filesIn } from '../../../../src/services/state/agent-sessions/session-dir.ts';
import {
  aFailedSession,
  aResult,
  aRunningSession,
  aSettledSession,
  atSecond,
  someTokens,
} from '../../../doubles/agent-sessions.ts';
import { aSecret, aSessionSite, jsonIn, linesIn, namesIn, sessionsOf } from './a-session-site.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const aText = (text: string, second = 1): SessionEvent => ({ at: atSecond(second), type: 'text', text });

async function aBegunSession(change = {}) {
  const site = aSessionSite();
  const session = await site.store.begin(aRunningSession(change));
  onTestFinished(() => session.discard());
  return { ...site, session };
}

describe('A session that runs', () => {
  it('has a folder of its own with its record, private to its user', async () => {
    const { session, folder } = await aBegunSession();
    expect(session.dir).toBe(`${folder.agentSessionsDir}/server-a.1`);
    expect(namesIn(session.dir)).toEqual(['events.jsonl', 'record.json']);
    expect(modeOf(session.dir)).toBe(0o700);
    for (const name of namesIn(session.dir)) expect(modeOf(`${session.dir}/${name}`)).toBe(0o600);
    expect(runningSessionSchema.parse(jsonIn(`${session.dir}/record.json`))).toEqual(aRunningSession());
  });

  it('shows the last of its changes in its record', async () => {
    const { session } = await aBegunSession();
    session.update({ state: 'draining' });
    session.update({ state: 'ending', pid: null });
    expect(session.record).toMatchObject({ state: 'ending', pid: null });
    await expect
      .poll(() => jsonIn(`${session.dir}/record.json`))
      .toEqual(aRunningSession({ state: 'ending', pid: null }));
  });

  it('writes its events within 50 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { session } = await aBegunSession();
    session.append(aText('one'));
    session.append(aText('two'));
    vi.advanceTimersByTime(50);
    vi.useRealTimers();
    const texts = () => linesIn(`${session.dir}/events.jsonl`).map(({ text }) => text);
    await expect.poll(texts).toEqual(['one', 'two']);
  });

  it('writes no secret, neither in its record nor in its events', async () => {
    const { session } = await aBegunSession({ skill_command: `/deploy ${aSecret}` });
    session.append(aText(`the password is ${aSecret}`));
    session.append({
      at: atSecond(2),
      type: 'toolCall',
      id: '1',
      name: 'Bash',
      input: { command: `echo ${aSecret}` },
      filePath: null,
    });
    session.update({ step_name: `deploy ${aSecret}` });
    const textOf = (name: string) => readFileSync(`${session.dir}/${name}`, 'utf8');
    await expect.poll(() => textOf('record.json')).toContain('deploy [redacted]');
    await expect.poll(() => linesIn(`${session.dir}/events.jsonl`)).toHaveLength(2);
    expect(textOf('record.json')).not.toContain(aSecret);
    expect(textOf('events.jsonl')).not.toContain(aSecret);
    expect(session.record.skill_command).toBe(`/deploy ${aSecret}`);
  });

  it('truncates long texts, and keeps their end, where the result lines are', async () => {
    const { session, folder } = await aBegunSession();
    const text = `${'x'.repeat(300_000)}\nplan_path = /p`;
    session.append({ at: atSecond(1), type: 'result', result: aResult({ text }) });
    session.append({
      at: atSecond(2),
      type: 'toolCall',
      id: '1',
      name: 'Write',
      input: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`part${at}`, 'y'.repeat(70_000)])),
      filePath: '/p',
    });
    await session.settle(aSettledSession());
    const lines = readFileSync(`${folder.sessionsDir}/session-1/events.jsonl`, 'utf8').trimEnd().split('\n');
    const [result, call] = lines.map((line) => sessionEventSchema.parse(JSON.parse(line)));
    expect(result).toMatchObject({
      result: { text: expect.stringMatching(/^x{32768}\[… .* left out\]x+\nplan_path/) },
    });
    expect(lines[0]?.length).toBeLessThan(67_000);
    expect(call).toMatchObject({ name: 'Write', filePath: '/p' });
    expect(lines[1]?.length).toBeLessThan(1_048_576);
  });

  it('keeps what decides its outcome when its events are too large, and says how many are left out', async () => {
    const { session, folder } = await aBegunSession();
    // The last ones are so short that no other event finds room.
    const texts = [...Array(300).fill(65_000), ...Array(100).fill(1_000), ...Array(900).fill(1)];
    for (const length of texts) session.append(aText('x'.repeat(length)));
    session.append({ at: atSecond(301), type: 'usage', messageId: 'm', model: 'sonnet', usage: someTokens });
    session.append({ at: atSecond(302), type: 'result', result: aResult() });
    session.append({ at: atSecond(303), type: 'state', state: 'draining', reason: 'exited' });
    await session.settle(aSettledSession());
    const path = `${folder.sessionsDir}/session-1/events.jsonl`;
    expect(statSync(path).size).toBeLessThan(17 * 1_048_576);
    const events = linesIn(path);
    const kept = events.filter(({ type }) => type === 'text').length;
    expect(events.slice(kept)).toMatchObject([
      { type: 'usage' },
      { type: 'result' },
      { type: 'state' },
      { type: 'leftOut', events: texts.length - kept },
    ]);
  });

  it('that never began leaves nothing', async () => {
    const { session, folder } = await aBegunSession();
    session.append(aText('one'));
    session.update({ state: 'spawning' });
    await session.discard();
    await session.discard();
    expect(namesIn(folder.agentSessionsDir)).toEqual([]);
  });

  it('cannot begin where its folder cannot be made, and leaves nothing', async () => {
    const { folder, store } = aSessionSite();
    mkdirSync(folder.dir, { recursive: true });
    writeFileSync(folder.agentSessionsDir, '');
    await expect(store.begin(aRunningSession())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${folder.agentSessionsDir}/server-a.1 cannot be written`),
    });
    rmSync(folder.agentSessionsDir);
    expect(namesIn(folder.dir)).toEqual([]);
  });
});

describe('A session that settles', () => {
  it('has a folder in the session log and a line in the index, and no other folder', async () => {
    const { session, folder } = await aBegunSession();
    session.append(aText('one'));
    writeFileSync(`${session.dir}/prompt.txt`, 'made by its adapter');
    expect(await session.settle(aSettledSession())).toBe('session-1');
    expect(sessionsOf(folder)).toEqual({ running: [], settled: ['session-1'], lines: ['session-1'] });
    expect(namesIn(folder.agentSessionsDir)).toEqual([]);
    const dir = `${folder.sessionsDir}/session-1`;
    expect(namesIn(dir)).toEqual([
      'audit_log.json',
      'events.jsonl',
      'step_timing.json',
      'summary.json',
      'token_usage.json',
    ]);
    expect(modeOf(dir)).toBe(0o700);
    for (const name of namesIn(dir)) expect(modeOf(`${dir}/${name}`), name).toBe(0o600);
    expect(linesIn(`${dir}/events.jsonl`)).toEqual([aText('one')]);
  });

  it('has the keys of the reference in its summary and its line, and ours', async () => {
    const { session, folder } = await aBegunSession();
    await session.settle(aSettledSession());
    const dir = `${folder.sessionsDir}/session-1`;
    const shared = {
      session_id: 'session-1',
      dir_name: 'session-1',
      key: 'server-a.1',
      cwd: '/work/shop',
      kitchen_id: 'kitchen-1',
      order_id: 'order-7',
      claude_code_log: '/home/me/.claude/projects/-work-shop/session-1.jsonl',
      agent: 'claude',
      model: 'sonnet',
      skill_command: '/make-plan add a search box',
      step_name: 'plan',
      success: true,
      needs_retry: false,
      subtype: 'success',
      cli_subtype: 'success',
      exit_code: 0,
      ...someTokens,
      cost_usd: 0.42,
      write_call_count: 1,
      snapshot_count: 0,
      anomaly_count: 0,
    };
    expect(jsonIn(`${dir}/summary.json`)).toEqual({
      ...shared,
      server_id: 'server-a',
      pid: 4_242,
      retry_reason: 'none',
      ending: 'exited',
      termination_reason: 'natural_exit',
      kill_reason: 'natural_exit',
      stop_reason: null,
      channel_confirmation: 'channel_a',
      start_ts: atSecond(0),
      end_ts: atSecond(90),
      duration_seconds: 90,
      running_seconds: 80,
      paused_seconds: 10,
      turns: 2,
      tool_calls: 3,
      written_paths: ['/work/shop/plan.md'],
      write_path_warnings: [],
      remarks: [],
      clone_contamination_reverted: false,
      survivors: [],
      tracer_target_resolution_version: 2,
    });
    expect(linesIn(folder.sessionIndexFile)).toEqual([{ ...shared, timestamp: atSecond(90), elapsed_seconds: 80 }]);
    expect(jsonIn(`${dir}/token_usage.json`)).toEqual({
      step_name: 'plan',
      ...someTokens,
      timing_seconds: 80,
      order_id: 'order-7',
    });
    expect(jsonIn(`${dir}/step_timing.json`)).toEqual({ step_name: 'plan', total_seconds: 80, order_id: 'order-7' });
  });

  it('has the trace of its processes, and what it shows', async () => {
    const { session, folder } = await aBegunSession();
    writeFileSync(filesIn(session.dir).trace, '{"seq":0}\n');
    writeFileSync(filesIn(session.dir).anomalies, '{"kind":"fd_high"}\n');
    const trace = {
      snapshots: 7,
      anomalies: 1,
      peakRssKb: 900,
      peakOomScore: 9,
      peakFdRatio: 0.25,
      trackedComm: 'claude',
      hasDrifted: false,
    };
    await session.settle(aSettledSession({ trace }));
    const dir = `${folder.sessionsDir}/session-1`;
    expect(linesIn(`${dir}/proc_trace.jsonl`)).toEqual([{ seq: 0 }]);
    expect(linesIn(`${dir}/anomalies.jsonl`)).toEqual([{ kind: 'fd_high' }]);
    const shared = {
      snapshot_count: 7,
      anomaly_count: 1,
      peak_rss_kb: 900,
      peak_oom_score: 9,
      tracked_comm: 'claude',
      tracked_comm_drift: false,
    };
    expect(jsonIn(`${dir}/summary.json`)).toMatchObject({ ...shared, peak_fd_ratio: 0.25 });
    expect(linesIn(folder.sessionIndexFile)).toMatchObject([shared]);
  });

  it('without a step has no figures of a step', async () => {
    const { session, folder } = await aBegunSession({ step_name: '' });
    await session.settle(aSettledSession());
    expect(namesIn(`${folder.sessionsDir}/session-1`)).toEqual(['audit_log.json', 'events.jsonl', 'summary.json']);
  });

  it('with success is not a failure for the audit, whatever ended its process', async () => {
    const { session, folder } = await aBegunSession();
    await session.settle(
      aSettledSession({
        ending: 'completed',
        killReason: 'kill_after_completion',
        outcome: { subtype: 'recovered_from_stale' },
        skillResult: { exit_code: -15, stderr: 'Terminated' },
      }),
    );
    const [record, ...others] = failureRecordSchema
      .array()
      .parse(jsonIn(`${folder.sessionsDir}/session-1/audit_log.json`));
    expect({ record, others }).toEqual({
      record: {
        timestamp: atSecond(90),
        skill_command: '/make-plan add a search box',
        exit_code: 0,
        subtype: 'success',
        needs_retry: false,
        retry_reason: 'none',
        stderr: '',
      },
      others: [],
    });
  });

  it('has in its audit record why it has not succeeded, also where its stderr does not say so', async () => {
    const { session, folder } = await aBegunSession();
    await session.settle(
      aFailedSession({ remarks: ['It lacks a line.', 'Terminated'], skillResult: { stderr: 'Terminated\n' } }),
    );
    expect(jsonIn(`${folder.sessionsDir}/session-1/audit_log.json`)).toMatchObject([
      { stderr: 'Terminated\nIt lacks a line.' },
    ]);
  });

  it('without success is a failure for the audit, with the end of its stderr and without secrets', async () => {
    const { session, folder } = await aBegunSession({
      skill_command: `/fix ${aSecret} ${'y'.repeat(500)}`,
      step_name: `fix ${aSecret}`,
      order_id: aSecret,
    });
    const stderr = `${'x'.repeat(2_000)} ${aSecret} boom`;
    await session.settle(
      aFailedSession({ outcome: { kind: 'retriable', retryReason: 'resume' }, skillResult: { stderr } }),
    );
    const [record] = failureRecordSchema.array().parse(jsonIn(`${folder.sessionsDir}/session-1/audit_log.json`));
    expect(record && isFailure(record)).toBe(true);
    expect(record).toMatchObject({
      exit_code: 1,
      subtype: 'missing_completion_marker',
      needs_retry: true,
      retry_reason: 'resume',
      stderr: expect.stringMatching(/^x+ \[redacted\] boom$/),
    });
    expect(record?.skill_command).toHaveLength(200);
    expect(record?.stderr).toHaveLength(500);
    expect(namesIn(`${folder.sessionsDir}/session-1`)).toContain('step_timing.json');
    for (const name of namesIn(`${folder.sessionsDir}/session-1`))
      expect(readFileSync(`${folder.sessionsDir}/session-1/${name}`, 'utf8'), name).not.toContain(aSecret);
  });

  it('after a crash says why in a file', async () => {
    const { session, folder } = await aBegunSession();
    await session.settle(aFailedSession({ outcome: { subtype: 'crashed', result: 'TypeError: no such round' } }));
    expect(readFileSync(`${folder.sessionsDir}/session-1/crash_exception.txt`, 'utf8')).toBe(
      'TypeError: no such round\nboom\n',
    );
  });

  it.each(['', '../../etc', 'a/b', '.hidden', 'x'.repeat(129), 'with space'])(
    'under its start time where its id is no name: %j',
    async (session_id) => {
      const { session, folder } = await aBegunSession({ session_id });
      const settled = aSettledSession({ skillResult: { session_id } });
      expect(await session.settle(settled)).toBe('no_session_2026-03-02T11-00-00.000Z');
      expect(sessionsOf(folder).settled).toEqual(['no_session_2026-03-02T11-00-00.000Z']);
    },
  );

  it('under a number where its name is taken, as by a session that was resumed', async () => {
    const { store, folder } = aSessionSite();
    const sessions = await Promise.all([1, 2, 3].map((at) => store.begin(aRunningSession({ key: `server-a.${at}` }))));
    const names = await Promise.all(sessions.map((session) => session.settle(aSettledSession())));
    expect([...names].sort()).toEqual(['session-1', 'session-1-2', 'session-1-3']);
    expect([...sessionsOf(folder).lines].sort()).toEqual([...names].sort());
    for (const name of names) expect(jsonIn(`${folder.sessionsDir}/${name}/summary.json`).dir_name).toBe(name);
  });

  it('twice settles once', async () => {
    const { session, folder } = await aBegunSession();
    const names = await Promise.all([session.settle(aSettledSession()), session.settle(aFailedSession())]);
    expect(names).toEqual(['session-1', 'session-1']);
    expect(sessionsOf(folder).lines).toEqual(['session-1']);
  });

  it('keeps its folder where the session log cannot be written, and settles with the next attempt', async () => {
    const { session, folder } = await aBegunSession();
    mkdirSync(folder.logsDir, { recursive: true });
    writeFileSync(folder.sessionsDir, '');
    await expect(session.settle(aSettledSession())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${folder.sessionsDir} cannot be written`),
    });
    expect(sessionsOf({ ...folder, sessionsDir: '/none' })).toEqual({
      running: ['server-a.1'],
      settled: [],
      lines: [],
    });
    rmSync(folder.sessionsDir);
    await session.settle(aSettledSession());
    expect(sessionsOf(folder)).toEqual({ running: [], settled: ['session-1'], lines: ['session-1'] });
  });
});
