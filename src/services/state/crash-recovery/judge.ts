import { judgeRemains, type RemainsVerdict } from '../../../domain/crashed-session.ts';
import type { Enrollment } from '../../../domain/enrollment.schema.ts';
import type { OwnFile } from './open-own-file.ts';
import { readFirstComm } from './read-remains.ts';
import type { RecoveryOptions } from './recovery-options.ts';

type World = Pick<RecoveryOptions, 'bootId' | 'isSameProcessAlive' | 'nowMs'>;

/** Says what a session is of which there is this trace. */
export async function judge(
  { bootId, isSameProcessAlive, nowMs = Date.now }: World,
  enrollment: Enrollment | null,
  { handle, mtimeMs }: OwnFile,
): Promise<RemainsVerdict> {
  return judgeRemains({
    enrollment,
    traceMtimeMs: mtimeMs,
    firstComm: await readFirstComm(handle),
    nowMs: nowMs(),
    bootId,
    isAlive: isSameProcessAlive,
  });
}
