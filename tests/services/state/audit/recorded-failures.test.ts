import { describe, expect, it } from 'vitest';
import type { FailureRecord } from '../../../../src/domain/failure-record.schema.ts';
import { stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { createAudit } from '../../../../src/services/state/audit/audit.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { addSession } from '../../../fixtures/audit-state.ts';

const never = new AbortController().signal;
const hourMs = 3_600_000;

/** A failure that is named by the hour of its instant. */
const failureAt = (hour: number, second = 0): FailureRecord => ({
  timestamp: new Date(Date.UTC(2026, 2, 2, hour, 0, second)).toISOString(),
  skill_command: `at ${hour}`,
  exit_code: -1,
  subtype: 'background_exception',
  needs_retry: false,
  retry_reason: 'none',
  stderr: '',
});

/** An audit at noon, and one of another server on the same state folder. */
async function anAudit(...read: readonly FailureRecord[]) {
  const stateFolder = stateFolderAt(tempFolder());
  const contents = JSON.stringify(read);
  await addSession(stateFolder, { dirName: 'a', timestamp: '2026-03-02T12:00:00Z', contents });
  const clock = { nowMs: Date.UTC(2026, 2, 2, 12) };
  const open = () => createAudit({ stateFolder, now: () => clock.nowMs });
  const audit = open();
  const told = async () => {
    const { totalFailures, failures, omitted } = await audit.report(never);
    return { totalFailures, names: failures.map(({ skill_command: name }) => name), omitted };
  };
  return { audit, other: open(), clock, told };
}

describe('A failure of the server itself', () => {
  it('is in the report at its place among those that were read, also if it was recorded before the reading', async () => {
    const { audit, told } = await anAudit(failureAt(9), failureAt(11));
    audit.record(failureAt(10));
    await audit.load({ signal: never, report: () => undefined });
    audit.record(failureAt(12));
    expect(await told()).toEqual({ totalFailures: 4, names: ['at 12', 'at 11', 'at 10', 'at 9'], omitted: 0 });
    expect((await told()).totalFailures).toBe(4);
  });

  it('counts towards the 200 that are listed, and is counted beyond them', async () => {
    const { audit, told } = await anAudit(failureAt(1), failureAt(11));
    for (let second = 0; second < 250; second += 1) audit.record(failureAt(10, second));
    const { totalFailures, names, omitted } = await told();
    expect([totalFailures, names.length, omitted]).toEqual([252, 200, 52]);
    expect(names.slice(0, 2)).toEqual(['at 11', 'at 10']);
    expect(names).not.toContain('at 1');
  });

  it('is truncated to the limits of a record', async () => {
    const { audit } = await anAudit();
    audit.record({ ...failureAt(10), skill_command: 'x'.repeat(300), stderr: 'y'.repeat(600) });
    const [failure] = (await audit.report(never)).failures;
    expect([failure?.skill_command.length, failure?.stderr.length]).toEqual([200, 500]);
  });

  it('is cleared with the others; a later one counts', async () => {
    const { audit, clock, told } = await anAudit(failureAt(9));
    for (let second = 0; second < 250; second += 1) audit.record(failureAt(10, second));
    await audit.clear();
    expect(await told()).toEqual({ totalFailures: 0, names: [], omitted: 0 });
    clock.nowMs += hourMs;
    audit.record(failureAt(13));
    expect((await told()).names).toEqual(['at 13']);
  });

  it('is cleared by another server on the same state folder', async () => {
    const { audit, other, told } = await anAudit(failureAt(9));
    audit.record(failureAt(11));
    audit.record(failureAt(13));
    expect((await told()).totalFailures).toBe(3);
    await other.clear();
    expect((await told()).names).toEqual(['at 13']);
  });

  it('no longer counts after a day', async () => {
    const { audit, clock, told } = await anAudit();
    audit.record(failureAt(11));
    audit.record(failureAt(12));
    clock.nowMs += 23.5 * hourMs;
    expect((await told()).names).toEqual(['at 12']);
  });
});
