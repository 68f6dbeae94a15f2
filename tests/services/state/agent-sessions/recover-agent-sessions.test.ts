import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunningSession, SessionEvent } from '../../../../src/domain/agent-session/session-record.ts';
import { createRedactor } from '../../../../src/domain/redact.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { recoverAgentSessions } from '../../../../src/services/state/agent-sessions/recover-agent-sessions.ts';
import { aResult, aRunningSession, aSettledSession, atSecond, someTokens } from '../../../doubles/agent-sessions.ts';
import { aSnapshot } from '../../../doubles/process-snapshots.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import {
  aSecret,
  aSessionSite,
  initOf,
  jsonIn,
  linesIn,
  namesIn,
  plantDeadSession,
  sessionsOf,
} from './a-session-site.ts';

const init = initOf();
const usage: SessionEvent = { at: atSecond(5), type: 'usage', messageId: 'm1', model: 'opus', usage: someTokens };
const result: SessionEvent = { at: atSecond(60), type: 'result', result: aResult() };
const state = (second: number, name: RunningSession['state']): SessionEvent => ({
  at: atSecond(second),
  type: 'state',
  state: name,
  reason: null,
});

const aFolder = () => stateFolderAt(`${tempFolder()}/state`);

function recover(folder: StateFolder, { live = [] as string[], serverId = 'me', ensureServerRecord = () => {} } = {}) {
  return recoverAgentSessions({
    folder,
    serverId,
    isServerAlive: (id) => live.includes(id),
    ensureServerRecord,
    redact: createRedactor(new Set([aSecret])),
    price: async ({ opus }) => (opus?.output_tokens ?? 0) / 1_000,
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

const summaryOf = (folder: StateFolder, name = 'session-1') => jsonIn(`${folder.sessionsDir}/${name}/summary.json`);

describe('A session whose server died', () => {
  it('is recorded beside what is no session: a link is not followed, a pipe is not waited for', async () => {
    const folder = aFolder();
    const elsewhere = tempFolder();
    plantDeadSession(folder, { events: [init, usage, result] });
    symlinkSync(elsewhere, `${folder.agentSessionsDir}/dead.2`);
    writeFileSync(`${folder.agentSessionsDir}/dead.3`, '');
    for (const key of ['dead.0', 'dead.4']) mkdirSync(`${folder.agentSessionsDir}/${key}`);
    execFileSync('mkfifo', [`${folder.agentSessionsDir}/dead.0/record.json`]);
    symlinkSync('/dev/zero', `${folder.agentSessionsDir}/dead.4/record.json`);
    const { recorded, failed } = await recover(folder);
    expect(failed).toEqual([]);
    expect(recorded.map(({ key }) => key)).toEqual(['dead.0', 'dead.1', 'dead.4']);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is adopted with its outcome where its result was complete', async () => {
    const folder = aFolder();
    plantDeadSession(folder, { events: [init, usage, result] });
    expect(await recover(folder)).toEqual({ recorded: [{ key: 'dead.1', dirName: 'session-1' }], failed: [] });
    expect(sessionsOf(folder)).toEqual({ running: [], settled: ['session-1'], lines: ['session-1'] });
    expect(summaryOf(folder)).toMatchObject({
      success: true,
      subtype: 'recovered_from_crash',
      ending: 'hostDied',
      recovered_from: 'record',
      model: 'opus',
      turns: 1,
      cost_usd: 0.42,
      running_seconds: 60,
      ...someTokens,
    });
    expect(jsonIn(`${folder.sessionsDir}/session-1/audit_log.json`)).toMatchObject([
      { exit_code: 0, subtype: 'success' },
    ]);
    expect(linesIn(`${folder.sessionsDir}/session-1/events.jsonl`)).toEqual([init, usage, result]);
    expect(namesIn(folder.agentSessionsDir)).toEqual([]);
  });

  it.each([
    ['without a result', [init, usage], { needs_retry: true, retry_reason: 'resume' }],
    [
      'with a result without its marker',
      [init, { ...result, result: aResult({ text: 'done' }) }],
      { needs_retry: true },
    ],
    ['before its agent had named it', [], { needs_retry: false, session_id: '' }],
  ] as const)('%s is recorded as crashed', async (_, events, expected) => {
    const folder = aFolder();
    plantDeadSession(folder, { record: { session_id: '' }, events });
    const { recorded } = await recover(folder);
    const name = recorded[0]?.dirName ?? '';
    expect(summaryOf(folder, name)).toMatchObject({ success: false, subtype: 'crashed', ...expected });
    expect(jsonIn(`${folder.sessionsDir}/${name}/audit_log.json`)).toMatchObject([
      { exit_code: -1, subtype: 'crashed', stderr: expect.stringContaining('The server dead died') },
    ]);
    expect(readFileSync(`${folder.sessionsDir}/${name}/crash_exception.txt`, 'utf8')).toContain(
      'The server dead died while the session was running',
    );
  });

  it.each(['', '{', '{"schema_version":2}', '\0\0\0'])(
    'is recorded as crashed with what is known where its record is damaged: %j',
    async (record) => {
      const folder = aFolder();
      plantDeadSession(folder, { record, events: [init, usage, result] });
      expect((await recover(folder)).failed).toEqual([]);
      expect(summaryOf(folder)).toMatchObject({
        key: 'dead.1',
        server_id: 'dead',
        session_id: 'session-1',
        agent: 'unknown',
        subtype: 'crashed',
        success: false,
        start_ts: atSecond(1),
        end_ts: atSecond(60),
        ...someTokens,
      });
    },
  );

  it.each([
    ['what it has said', 'running', [init, usage], 0.3],
    ['nothing where its agent had not started', 'preparing', [], 0],
    ['what nobody knows where its agent has not said', 'running', [init], null],
  ] as const)('has cost %s', async (_, state, events, costUsd) => {
    const folder = aFolder();
    plantDeadSession(folder, { record: { state }, events });
    const { recorded } = await recover(folder);
    expect(summaryOf(folder, recorded[0]?.dirName)).toMatchObject({ cost_usd: costUsd });
  });

  it('loses the line that it was writing, and no other', async () => {
    const folder = aFolder();
    const dir = plantDeadSession(folder, { events: [init, usage] });
    appendFileSync(`${dir}/events.jsonl`, JSON.stringify(result).slice(0, 40));
    await recover(folder);
    expect(linesIn(`${folder.sessionsDir}/session-1/events.jsonl`)).toEqual([init, usage]);
  });

  it('has the trace of its processes, without the line that was being written, and what it shows', async () => {
    const folder = aFolder();
    const dir = plantDeadSession(folder, {});
    const lineOf = (second: number, change = {}) =>
      JSON.stringify({ seq: second, event: 'snapshot', pid: 7, ...aSnapshot(second, change) });
    const lines = [lineOf(0), 'noise', lineOf(20, { vm_rss_kb: 300_000 }), lineOf(40, { oom_score: 900 }), ''].join(
      '\n',
    );
    writeFileSync(`${dir}/proc_trace.jsonl`, `${lines}${lineOf(60, { vm_rss_kb: 1e9 }).slice(0, -9)}`);
    writeFileSync(`${dir}/anomalies.jsonl`, '{"kind":"oom_spike"}\n{"kind":"oom_cr');
    await recover(folder);
    expect(summaryOf(folder)).toMatchObject({
      snapshot_count: 3,
      anomaly_count: 2,
      peak_rss_kb: 300_000,
      peak_oom_score: 900,
      tracked_comm: 'claude',
      tracked_comm_drift: false,
    });
    expect(readFileSync(`${folder.sessionsDir}/session-1/proc_trace.jsonl`, 'utf8')).toBe(lines);
    expect(linesIn(`${folder.sessionsDir}/session-1/anomalies.jsonl`)).toEqual([{ kind: 'oom_spike' }]);
  });

  it('has its pauses beside the time that it ran', async () => {
    const folder = aFolder();
    plantDeadSession(folder, {
      events: [init, state(10, 'paused'), state(40, 'running'), { ...usage, at: atSecond(50) }],
    });
    await recover(folder);
    expect(summaryOf(folder)).toMatchObject({ running_seconds: 20, paused_seconds: 30, duration_seconds: 50 });
  });

  it('has no secrets in its files', async () => {
    const folder = aFolder();
    plantDeadSession(folder, {
      record: { skill_command: `/x ${aSecret}` },
      events: [init],
    });
    await recover(folder);
    for (const name of namesIn(`${folder.sessionsDir}/session-1`))
      expect(readFileSync(`${folder.sessionsDir}/session-1/${name}`, 'utf8'), name).not.toContain(aSecret);
  });

  it('is taken over from a server that died while it recovered it', async () => {
    const folder = aFolder();
    plantDeadSession(folder, { name: 'second.dead.1' });
    await recover(folder, { live: ['second'] });
    expect(sessionsOf(folder).running).toEqual(['second.dead.1']);
    await recover(folder);
    expect(sessionsOf(folder)).toMatchObject({ running: [], settled: ['session-1'] });
    expect(summaryOf(folder)).toMatchObject({ key: 'dead.1', server_id: 'dead' });
  });

  it('is claimed only by a server that others see', async () => {
    const folder = aFolder();
    plantDeadSession(folder);
    const ensureServerRecord = () => {
      expect(sessionsOf(folder).running).toEqual(['dead.1']);
      throw new Error('no room');
    };
    await expect(recover(folder, { ensureServerRecord })).rejects.toThrow('no room');
    expect(sessionsOf(folder).running).toEqual(['dead.1']);
  });

  it('that cannot be recorded is named with the cause, and the others are recorded', async () => {
    const folder = aFolder();
    writeFileSync(`${plantDeadSession(folder, { events: [] })}/settled`, 'a file where a folder must be');
    rmSync(`${folder.agentSessionsDir}/dead.1/events.jsonl`);
    mkdirSync(`${folder.agentSessionsDir}/dead.1/events.jsonl`);
    plantDeadSession(folder, { name: 'dead.2', record: { key: 'dead.2' } });
    const { recorded, failed } = await recover(folder);
    expect(recorded).toMatchObject([{ key: 'dead.2' }]);
    expect(failed).toEqual([{ key: 'dead.1', cause: expect.stringContaining('EISDIR') }]);
    expect(sessionsOf(folder).running).toEqual(['me.dead.1']);
  });
});

describe('A session of a server that lives', () => {
  it('is left alone', async () => {
    const folder = aFolder();
    plantDeadSession(folder);
    expect(await recover(folder, { live: ['dead'] })).toEqual({ recorded: [], failed: [] });
    expect(sessionsOf(folder).running).toEqual(['dead.1']);
  });

  it('is left alone by that server itself where it could not settle, and recorded with its outcome by the next', async () => {
    const { folder, store } = aSessionSite();
    const session = await store.begin(aRunningSession());
    session.append(result);
    mkdirSync(folder.logsDir, { recursive: true });
    writeFileSync(folder.sessionsDir, 'a file where a folder must be');
    await expect(session.settle(aSettledSession())).rejects.toThrow('cannot be written');
    renameSync(folder.sessionsDir, `${folder.logsDir}/away`);
    expect(await recover(folder, { serverId: 'server-a' })).toEqual({ recorded: [], failed: [] });
    await recover(folder);
    expect(sessionsOf(folder)).toEqual({ running: [], settled: ['session-1'], lines: ['session-1'] });
  });
});

it('Files that are not of a session are left alone', async () => {
  const folder = aFolder();
  mkdirSync(`${folder.agentSessionsDir}/notes`, { recursive: true });
  writeFileSync(`${folder.agentSessionsDir}/a.b.c.1`, '');
  expect(await recover(folder)).toEqual({ recorded: [], failed: [] });
  expect(namesIn(folder.agentSessionsDir)).toEqual(['a.b.c.1', 'notes']);
});

it('Folders that a killed server did not finish are removed when they are older than an hour, and nothing else', async () => {
  const folder = aFolder();
  const { agentSessionsDir, sessionsDir, logsDir } = folder;
  const unfinished = [
    `${agentSessionsDir}/.dead.1.tmp-aB3xY9`,
    `${sessionsDir}/.pruned.tmp-aB3xY9`,
    `${logsDir}/.sessions.jsonl.lock.tmp-aB3xY9`,
  ];
  for (const dir of unfinished) mkdirSync(`${dir}/deep`, { recursive: true });
  const others = [`${sessionsDir}/.other`, `${sessionsDir}/.pruned.tmp-aB3xY8`];
  for (const dir of others) mkdirSync(dir);
  const setAge = (ageMs: number) => {
    const at = (Date.now() - ageMs) / 1_000;
    for (const dir of [...unfinished, `${sessionsDir}/.other`]) utimesSync(dir, at, at);
  };
  setAge(3_590_000);
  await recover(folder);
  expect(unfinished.filter((dir) => !existsSync(dir))).toEqual([]);
  setAge(3_610_000);
  await recover(folder);
  expect([...unfinished, ...others].filter((dir) => existsSync(dir))).toEqual(others);
});

it('A recovery makes no folder where nothing was ever recorded', async () => {
  const folder = aFolder();
  await recover(folder);
  expect(existsSync(folder.dir)).toBe(false);
});
