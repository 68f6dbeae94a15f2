import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { writeFileAtomically } from '../../../../src/services/platform/files.ts';
import { type Audit, createAudit } from '../../../../src/services/state/audit/audit.ts';
import { type AuditFiles, auditFiles } from '../../../../src/services/state/audit/audit-files.ts';
import { writeAuditState } from '../../../fixtures/audit-state.ts';

const nowMs = Date.parse('2026-03-02T12:00:00Z');

let dir: string;
let stateFolder: StateFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'maitred-audit-abort-'));
  stateFolder = stateFolderAt(dir);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The real files, with the signal aborted before or after the call of that number, and a count of what is open. */
function filesAbortedAt(abortAt: number, when: 'before' | 'after', abort: () => void) {
  const seen = { calls: 0, open: 0, startedAfterAbort: 0 };
  let isAborted = false;
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    seen.calls += 1;
    const isTheOne = seen.calls === abortAt;
    const abortNow = () => {
      isAborted = true;
      abort();
    };
    if (isTheOne && when === 'before') abortNow();
    try {
      return await call();
    } finally {
      if (isTheOne && when === 'after') abortNow();
    }
  };
  const start = <T>(call: () => Promise<T>): Promise<T> => {
    if (isAborted) seen.startedAfterAbort += 1;
    return around(call);
  };
  const files: AuditFiles = {
    open: (path) =>
      start(async () => {
        const file = await auditFiles.open(path);
        seen.open += 1;
        return {
          read: (buffer) => start(() => file.read(buffer)),
          close: () =>
            around(async () => {
              await file.close();
              seen.open -= 1;
            }),
        };
      }),
  };
  return { files, seen };
}

const works: readonly (readonly [string, (audit: Audit, signal: AbortSignal) => Promise<unknown>])[] = [
  ['load', (audit, signal) => audit.load({ signal, report: () => undefined })],
  ['report', (audit, signal) => audit.report(signal)],
];
const reasons: readonly unknown[] = [
  new Error('enough'),
  new AppError('timed_out', 'The audit took longer than its limit.'),
  new AppError('not_found', 'The caller is gone.'),
];

describe.each(works)('%s', (_name, work) => {
  it.each(['before', 'after'] as const)(
    'ends with the reason of the abort %s any call of the disk, and leaves no file open',
    async (when) => {
      await writeAuditState({ dir, sessions: 2, recordsPerSession: 3, nowMs });
      await writeFileAtomically(stateFolder.clearedAtFile, '2026-03-01T00:00:00.000Z\n');
      let aborts = 0;
      for (let abortAt = 1; ; abortAt += 1) {
        const controller = new AbortController();
        const reason = reasons[abortAt % reasons.length];
        const { files, seen } = filesAbortedAt(abortAt, when, () => controller.abort(reason));
        const audit = createAudit({ stateFolder, files, now: () => nowMs });
        const outcome = await work(audit, controller.signal).then(
          () => 'done',
          (thrown: unknown) => thrown,
        );
        expect(seen.open).toBe(0);
        expect(seen.startedAfterAbort).toBe(0);
        if (seen.calls < abortAt) {
          expect(outcome).toBe('done');
          break;
        }
        expect(outcome).toBe(reason);
        aborts += 1;
      }
      expect(aborts).toBeGreaterThanOrEqual(13);
    },
  );

  it('does not touch the disk when the signal is aborted from the beginning', async () => {
    const { files, seen } = filesAbortedAt(0, 'before', () => undefined);
    const audit = createAudit({ stateFolder, files });
    const reason = new Error('too late');
    await expect(work(audit, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(seen.calls).toBe(0);
  });
});

describe('a report of what was read before', () => {
  it('ends with the reason, also of an abort at the very end', async () => {
    const controller = new AbortController();
    let isSecond = false;
    const audit = createAudit({
      stateFolder,
      files: {
        async open(path) {
          const file = await auditFiles.open(path);
          const close = async () => {
            await file.close();
            if (isSecond) controller.abort(new Error('enough'));
          };
          return { ...file, close };
        },
      },
    });
    await audit.clear();
    await audit.report(controller.signal);
    isSecond = true;
    await expect(audit.report(controller.signal)).rejects.toThrow('enough');
  });
});

describe('an aborted load', () => {
  it('keeps what was read before', async () => {
    const { failures } = await writeAuditState({ dir, sessions: 2, recordsPerSession: 20, nowMs });
    const controller = new AbortController();
    let isSecond = false;
    const audit = createAudit({
      stateFolder,
      now: () => nowMs,
      files: {
        open(path) {
          if (isSecond && path.includes('/sessions/')) controller.abort();
          return auditFiles.open(path);
        },
      },
    });
    await audit.load({ signal: controller.signal, report: () => undefined });
    isSecond = true;
    await expect(audit.load({ signal: controller.signal, report: () => undefined })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await audit.report(new AbortController().signal)).totalFailures).toBe(failures);
  });

  it('stops between two records of a chunk', async () => {
    await writeAuditState({ dir, sessions: 1, recordsPerSession: 600, nowMs });
    const controller = new AbortController();
    let clockMs = 0;
    const audit = createAudit({
      stateFolder,
      now: () => nowMs,
      clockMs: () => {
        clockMs += 1;
        if (clockMs === 100) controller.abort();
        return clockMs;
      },
    });
    await expect(audit.load({ signal: controller.signal, report: () => undefined })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(clockMs).toBeLessThan(110);
  });
});
