import { describe, expect, it } from 'vitest';
import { adjudicateSession, crashedDirNameOf, type SessionEvidence } from '../../src/domain/crashed-session.ts';
import { type Enrollment, enrollmentSchema } from '../../src/domain/enrollment.schema.ts';

const enrollment: Enrollment = {
  schema_version: 2,
  pid: 4_242,
  boot_id: 'this-boot',
  starttime_ticks: 99,
  session_id: 'session-a',
  enrolled_at: '2026-03-02T11:00:00Z',
  kitchen_id: 'kitchen-1',
  order_id: '',
  comm: 'claude',
};
const nowMs = Date.parse('2026-03-02T12:00:00Z');

const adjudicate = (changes: Partial<SessionEvidence> = {}) =>
  adjudicateSession({
    enrollment,
    traceMtimeMs: nowMs - 30_000,
    firstComm: 'claude',
    nowMs,
    bootId: 'this-boot',
    isAlive: () => false,
    ...changes,
  });

describe('The files of a session show that it', () => {
  it('has crashed, when its process is gone and its trace has rested for 30 seconds', () => {
    expect(adjudicate()).toBe('crashed');
  });

  it('is young, when its trace was written to less than 30 seconds ago, whatever else is said', () => {
    const traceMtimeMs = nowMs - 29_999;
    expect(adjudicate({ traceMtimeMs })).toBe('young');
    expect(adjudicate({ traceMtimeMs, enrollment: null })).toBe('young');
    expect(adjudicate({ traceMtimeMs, bootId: 'next-boot' })).toBe('young');
    expect(adjudicate({ traceMtimeMs: nowMs + 5_000 })).toBe('young');
  });

  it('has no enrollment', () => {
    expect(adjudicate({ enrollment: null })).toBe('unenrolled');
  });

  it('is of another boot, without asking for a process', () => {
    const isAlive = () => {
      throw new Error('asked');
    };
    expect(adjudicate({ bootId: 'next-boot', isAlive })).toBe('other-boot');
  });

  it('is alive, when the very process that was enrolled is', () => {
    const asked: unknown[] = [];
    const isAlive = (identity: unknown) => asked.push(identity) > 0;
    expect(adjudicate({ isAlive, firstComm: 'another' })).toBe('alive');
    expect(asked).toEqual([{ pid: 4_242, startTicks: 99, bootId: 'this-boot' }]);
  });

  it('is alive in another pid namespace as long as its trace shows it, for which the one who looks is told both', () => {
    const asked: unknown[] = [];
    const isAlive = (...question: unknown[]) => asked.push(question) > 0;
    expect(adjudicate({ isAlive, enrollment: { ...enrollment, pid_namespace: '4026532178' } })).toBe('alive');
    expect(asked).toEqual([[expect.objectContaining({ pidNamespace: '4026532178' }), nowMs - 30_000]]);
  });

  it('is alien, when its trace begins with another program than was enrolled', () => {
    expect(adjudicate({ firstComm: 'bash' })).toBe('alien');
  });

  it('has crashed all the same, when no program was enrolled or none was seen', () => {
    expect(adjudicate({ firstComm: 'bash', enrollment: { ...enrollment, comm: '' } })).toBe('crashed');
    expect(adjudicate({ firstComm: null })).toBe('crashed');
  });

  it('is of this boot, where the system does not say which that is', () => {
    expect(adjudicate({ bootId: null })).toBe('crashed');
  });
});

describe('The folder of a crashed session', () => {
  it('has one name for one process', () => {
    expect(crashedDirNameOf(enrollment)).toBe('crashed_4242_99');
    expect(crashedDirNameOf({ ...enrollment, session_id: 'b' })).toBe('crashed_4242_99');
    expect(crashedDirNameOf({ ...enrollment, starttime_ticks: 100 })).toBe('crashed_4242_100');
  });
});

describe('An enrollment', () => {
  it('may say more than is known', () => {
    expect(enrollmentSchema.parse({ ...enrollment, novelty: 1 })).toEqual(enrollment);
  });

  it.each([
    { schema_version: 1 },
    { pid: 0 },
    { pid: -1 },
    { pid: 1.5 },
    { boot_id: '' },
    { starttime_ticks: '99' },
    { starttime_ticks: -1 },
    { enrolled_at: 'yesterday' },
    { enrolled_at: '2026-03-02T11:00:00' },
    { session_id: undefined },
    { comm: null },
  ])('is none with %o', (changes) => {
    expect(enrollmentSchema.safeParse({ ...enrollment, ...changes }).success).toBe(false);
  });
});
