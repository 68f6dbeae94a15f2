import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import { createAudit } from '../../../src/services/state/audit/audit.ts';
import { createSessionTelemetry } from '../../../src/services/state/session-telemetry.ts';
import { createTimingLog } from '../../../src/services/state/timing-log.ts';
import {
  aFailedSession,
  aRunningSession,
  aSettledSession,
  someTokens,
  startedAtMs,
} from '../../doubles/agent-sessions.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { addIndexLine } from '../../fixtures/audit-state.ts';
import { aSessionSite } from './agent-sessions/a-session-site.ts';

const noon = Date.parse('2026-11-29T12:00:00Z');
const hourMs = 3_600_000;
const { signal } = new AbortController();

/** A state folder, and servers on it with one clock. */
function aPlace() {
  const stateFolder = stateFolderAt(tempFolder());
  const clock = { nowMs: noon };
  let sessions = 0;
  const aServer = (serverId: string) => {
    const timing = createTimingLog();
    const telemetry = createSessionTelemetry({ stateFolder, serverId, timing, now: () => clock.nowMs });
    return { timing, telemetry };
  };
  /** Adds the index line of a session that settles now. */
  const settle = (serverId: string, step_name: string, change: object = {}) => {
    sessions += 1;
    return addIndexLine(stateFolder, {
      dir_name: `session-${sessions}`,
      timestamp: new Date(clock.nowMs).toISOString(),
      key: `${serverId}.${sessions}`,
      skill_command: '/make-plan add a box',
      step_name,
      order_id: '',
      elapsed_seconds: 60,
      ...noTokens,
      output_tokens: 100,
      ...change,
    });
  };
  return { stateFolder, clock, aServer, settle };
}

const namesOf = ({ steps }: { readonly steps: readonly { readonly stepName: string }[] }) =>
  steps.map(({ stepName }) => stepName);

describe('The tokens of steps', () => {
  it('are those of the sessions of all servers, by step, in the order in which they first settled', async () => {
    const { aServer, settle } = aPlace();
    await settle('one', 'plan', { input_tokens: 1, cache_creation_input_tokens: 2, cache_read_input_tokens: 3 });
    await settle('two', 'build');
    await settle('two', 'plan-2');
    expect(await aServer('one').telemetry.tokens('', signal)).toEqual({
      steps: [
        {
          stepName: 'plan',
          tokens: {
            input_tokens: 1,
            output_tokens: 200,
            cache_creation_input_tokens: 2,
            cache_read_input_tokens: 3,
          },
          invocations: 2,
          elapsedMs: 120_000,
          wallClockMs: 60_000,
        },
        expect.objectContaining({ stepName: 'build', elapsedMs: 60_000, wallClockMs: 60_000 }),
      ],
      skippedLines: 0,
    });
  });

  it('of a session without a step count under its skill', async () => {
    const { aServer, settle } = aPlace();
    await settle('one', '');
    await settle('one', ' ', { skill_command: '/maitred:smoke-task' });
    await settle('one', '', { skill_command: '' });
    expect(namesOf(await aServer('two').telemetry.tokens('', signal))).toEqual([
      'make-plan',
      'smoke-task',
      '(no step)',
    ]);
  });

  it('have the wall clock of the calls of this server, where it has timed the step', async () => {
    const { aServer, settle } = aPlace();
    const { timing, telemetry } = aServer('one');
    timing.add({ stepName: 'plan', orderId: '', elapsedMs: 75_000 });
    await settle('one', 'plan');
    expect(await telemetry.tokens('', signal)).toMatchObject({ steps: [{ elapsedMs: 60_000, wallClockMs: 75_000 }] });
  });

  it('are those of one order, if one is asked for', async () => {
    const { aServer, settle } = aPlace();
    await settle('one', 'plan', { order_id: 'a' });
    await settle('one', 'plan', { order_id: 'b' });
    expect(await aServer('two').telemetry.tokens('a', signal)).toMatchObject({ steps: [{ invocations: 1 }] });
  });

  it('are those of the last 24 hours', async () => {
    const { aServer, settle, clock } = aPlace();
    await settle('one', 'old');
    clock.nowMs += 2 * hourMs;
    await settle('one', 'young');
    clock.nowMs += 23 * hourMs;
    expect(namesOf(await aServer('two').telemetry.tokens('', signal))).toEqual(['young']);
  });

  it('are forgotten by all servers after a clear, but not those of later sessions, and no times', async () => {
    const { aServer, settle, clock } = aPlace();
    const [one, two] = [aServer('one'), aServer('two')];
    await settle('one', 'before');
    await one.telemetry.clearTokens('');
    clock.nowMs += 1;
    await settle('one', 'after');
    expect(namesOf(await two.telemetry.tokens('', signal))).toEqual(['after']);
    expect(namesOf(await two.telemetry.timing('', signal))).toEqual(['before', 'after']);
  });

  it('of one order are forgotten by this server alone, until the order goes on', async () => {
    const { aServer, settle, clock } = aPlace();
    const [one, two] = [aServer('one'), aServer('two')];
    await settle('one', 'plan', { order_id: 'a' });
    await settle('one', 'build', { order_id: 'b' });
    await one.telemetry.clearTokens('a');
    expect(namesOf(await one.telemetry.tokens('', signal))).toEqual(['build']);
    expect(namesOf(await two.telemetry.tokens('', signal))).toEqual(['plan', 'build']);
    clock.nowMs += 1;
    await settle('one', 'review', { order_id: 'a' });
    expect(namesOf(await one.telemetry.tokens('a', signal))).toEqual(['review']);
  });
});

describe('The times of steps', () => {
  it('are the calls of this server, then sessions of others; a session of this server is not counted twice', async () => {
    const { aServer, settle } = aPlace();
    const { timing, telemetry } = aServer('one');
    timing.add({ stepName: 'plan', orderId: '', elapsedMs: 75_000 });
    timing.add({ stepName: 'test', orderId: '', elapsedMs: 5_000 });
    await settle('one', 'plan');
    await settle('one-2', 'plan');
    await settle('two', 'build');
    expect(await telemetry.timing('', signal)).toEqual({
      steps: [
        { stepName: 'plan', totalMs: 135_000, invocations: 2 },
        { stepName: 'test', totalMs: 5_000, invocations: 1 },
        { stepName: 'build', totalMs: 60_000, invocations: 1 },
      ],
      skippedLines: 0,
    });
  });

  it('include sessions of this server without a step, whose calls were not timed', async () => {
    const { aServer, settle } = aPlace();
    await settle('one', '');
    expect(namesOf(await aServer('one').telemetry.timing('', signal))).toEqual(['make-plan']);
  });

  it('are forgotten after a clear: the sessions by all servers, the calls by this one', async () => {
    const { aServer, settle, clock } = aPlace();
    const [one, two] = [aServer('one'), aServer('two')];
    for (const { timing } of [one, two]) timing.add({ stepName: 'call', orderId: '', elapsedMs: 1 });
    await settle('three', 'session');
    await one.telemetry.clearTiming('');
    clock.nowMs += 1;
    expect(namesOf(await one.telemetry.timing('', signal))).toEqual([]);
    expect(namesOf(await two.telemetry.timing('', signal))).toEqual(['call']);
    expect(namesOf(await two.telemetry.tokens('', signal))).toEqual(['session']);
  });

  it('of one order are forgotten by this server, calls and sessions', async () => {
    const { aServer, settle } = aPlace();
    const { timing, telemetry } = aServer('one');
    for (const orderId of ['a', 'b']) timing.add({ stepName: `call ${orderId}`, orderId, elapsedMs: 1 });
    for (const order_id of ['a', 'b']) await settle('two', `session ${order_id}`, { order_id });
    await telemetry.clearTiming('a');
    expect(namesOf(await telemetry.timing('', signal))).toEqual(['call b', 'session b']);
  });
});

describe('The reports on steps', () => {
  it('are empty without any session', async () => {
    const { telemetry } = aPlace().aServer('one');
    expect(await telemetry.tokens('', signal)).toEqual({ steps: [], skippedLines: 0 });
    expect(await telemetry.timing('', signal)).toEqual({ steps: [], skippedLines: 0 });
  });

  it('count a session once, also with two lines', async () => {
    const { aServer, settle } = aPlace();
    for (const step of ['plan', 'plan']) await settle('one', step, { dir_name: 'twice' });
    expect(await aServer('two').telemetry.tokens('', signal)).toMatchObject({ steps: [{ invocations: 1 }] });
  });

  it('count lines that they cannot read, and leave out sessions that are only known from a trace', async () => {
    const { stateFolder, aServer, settle } = aPlace();
    await settle('one', 'plan');
    await settle('one', 'plan', { input_tokens: -1 });
    await settle('one', 'plan', { elapsed_seconds: 'long' });
    await settle('one', '', { key: undefined });
    await addIndexLine(stateFolder, 'not json');
    writeFileSync(stateFolder.tokensClearedAtFile, 'yesterday');
    const { telemetry } = aServer('two');
    expect(await telemetry.tokens('', signal)).toMatchObject({ steps: [{ invocations: 1 }], skippedLines: 4 });
    expect(await telemetry.timing('', signal)).toMatchObject({ steps: [{ invocations: 1 }], skippedLines: 3 });
  });

  it('have bounded memory: later steps are counted together', async () => {
    const { stateFolder, aServer, settle, clock } = aPlace();
    await settle('one', 'first');
    const line = (at: number) =>
      JSON.stringify({
        dir_name: `many-${at}`,
        timestamp: new Date(clock.nowMs).toISOString(),
        key: `two.${at}`,
        skill_command: '',
        step_name: `step ${at}`,
        order_id: '',
        elapsed_seconds: 1,
        ...noTokens,
        output_tokens: 1,
      });
    await addIndexLine(stateFolder, Array.from({ length: 2_100 }, (_, at) => line(at)).join('\n'));
    const { steps } = await aServer('three').telemetry.tokens('', signal);
    expect([steps.length, steps[0]?.stepName]).toEqual([2_001, 'first']);
    expect(steps.at(-1)).toMatchObject({ stepName: '(other steps)', invocations: 101 });
    expect(namesOf(await aServer('three').telemetry.timing('', signal))).toHaveLength(2_001);
  });

  it('fail with the name of an index that cannot be read', async () => {
    const { stateFolder, aServer } = aPlace();
    mkdirSync(stateFolder.sessionIndexFile, { recursive: true });
    await expect(aServer('one').telemetry.tokens('', signal)).rejects.toMatchObject({
      code: 'unavailable',
      details: { path: stateFolder.sessionIndexFile },
    });
  });

  it('end with the reason of an aborted call', async () => {
    const { aServer, settle } = aPlace();
    await settle('one', 'plan');
    const reason = new Error('cancelled');
    await expect(aServer('one').telemetry.timing('', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('A session that the store has settled', () => {
  it('is in the tokens and the times of its step, and in the failures if it failed', async () => {
    const { folder: stateFolder, store } = aSessionSite();
    const succeeded = await store.begin(aRunningSession());
    await succeeded.settle(aSettledSession());
    const failed = await store.begin(aRunningSession({ key: 'server-a.2', session_id: 'session-2', step_name: '' }));
    await failed.settle(aFailedSession());
    const now = () => startedAtMs + hourMs;
    const server = { stateFolder, serverId: 'server-b', timing: createTimingLog(), now };
    const telemetry = createSessionTelemetry(server);
    expect(await telemetry.tokens('', signal)).toMatchObject({
      steps: [
        { stepName: 'plan', tokens: someTokens, invocations: 1, elapsedMs: 80_000 },
        { stepName: 'make-plan', invocations: 1 },
      ],
      skippedLines: 0,
    });
    expect(namesOf(await telemetry.timing('order-7', signal))).toEqual(['plan', 'make-plan']);
    expect(namesOf(await createSessionTelemetry({ ...server, serverId: 'server-a' }).timing('', signal))).toEqual([
      'make-plan',
    ]);
    expect(await createAudit({ stateFolder, now }).report(signal)).toMatchObject({ totalFailures: 1 });
  });
});
